/** The moderators' page: who is in, what is live, what is asked for, and what a deed comes to. */

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { device, report } from './desk.js';
import { Player, ok, refused } from './desk-player.js';

const queue = (ids, next = null) => ok({ pool: 'main', pools: ['main'], reports: ids.map((id) => report(id)), next });
const ids = (player) => player.state.lists.queue.rows.map(({ id }) => id);
const filled = (change = {}) => ({ note: '', device: '', forS: 86_400, word: '', ...change });
const inQueue = (page = queue([9, 8], 8)) => Player.inside().does({ type: 'tab', tab: 'queue' }).answers('queue', page);

describe('signing in', () => {
  test('whoever has a session is in, and the figures are asked for', () => {
    const player = new Player();
    assert.equal(player.state.screen, 'loading');
    player.answers('session', ok({ session: '1', expires_at: 5 }));
    assert.deepEqual([player.state.screen, player.state.expiresAt, player.asked('figures').path], ['figures', 5, 'admin/figures']);
  });
  test('whoever has none sees the form, without a reproach', () => {
    const player = new Player().answers('session', refused(401));
    assert.deepEqual([player.state.screen, player.state.signIn.problem], ['sign-in', null]);
  });
  test('the key goes out once, and a wrong one is said', () => {
    const player = new Player().answers('session', refused(401)).does({ type: 'sign_in', key: ' key ' }).does({ type: 'sign_in', key: 'key' });
    assert.deepEqual(player.calls.map(({ path, body }) => [path, body]), [['admin/sign-in', { key: 'key' }]]);
    assert.equal(player.answers('sign-in', refused(401)).state.signIn.problem, 'That is not the key.');
    assert.equal(player.does({ type: 'sign_in', key: 'other' }).calls.length, 1);
  });
  test('no key is no request', () => {
    const player = new Player().answers('session', refused(401)).does({ type: 'sign_in', key: '  ' });
    assert.deepEqual([player.calls, player.state.signIn.problem], [[], 'The key is missing.']);
  });
  test('what else is wrong is said in its own words', () => {
    const player = new Player().answers('session', refused(401)).does({ type: 'sign_in', key: 'x' });
    assert.equal(player.answers('sign-in', refused(501, 'No record.')).state.signIn.problem, 'No record.');
  });
  test('a link signs in, and its answer may overtake that about the session', () => {
    const player = new Player().does({ type: 'link_secret', secret: 's' }).answers('session', refused(401));
    assert.deepEqual(player.asked('sign-in').body, { key: 's' });
    player.answers('sign-in', ok({ expires_at: 5 }));
    assert.equal(player.state.screen, 'figures');
  });
  test('a used link says so to those who are out, and lets those in who are in', () => {
    const player = new Player().answers('session', refused(401)).does({ type: 'link_secret', secret: 's' }).answers('sign-in', refused(401));
    const again = structuredClone({ calls: player.calls, state: player.state });
    assert.match(player.answers('session', refused(401)).state.signIn.problem, /link is used up/);
    Object.assign(player, again);
    assert.equal(player.answers('session', ok({ expires_at: 5 })).state.screen, 'figures');
  });
  test('signing out leaves nothing of what was seen', () => {
    const player = inQueue().does({ type: 'sign_out' });
    player.takes();
    player.answers('sign-out', ok());
    const { screen, lists, figures, stream } = player.state;
    assert.deepEqual([screen, lists.queue.rows, figures.now, stream.status], ['sign-in', [], null, 'off']);
    assert.deepEqual(player.takes(), [{ do: 'unfollow' }]);
  });
  test('a sign-out that fails is told, and nobody believes to be out', () => {
    const player = Player.inside().does({ type: 'sign_out' }).answers('sign-out', refused(0, 'No answer.'));
    assert.deepEqual([player.state.screen, player.state.notice.text], ['figures', 'No answer.']);
  });
});

describe('the live figures', () => {
  test('are followed once the hour before is here', () => {
    const player = new Player().answers('session', ok({ expires_at: 5 }));
    assert.deepEqual(player.takes(), []);
    player.answers('figures', ok({ now: { at: 7 }, seconds: [{ at: 5 }], minutes: [{ at: 3 }, { nonsense: 1 }] }));
    assert.deepEqual(player.takes(), [{ do: 'follow' }]);
    assert.deepEqual([player.state.stream.status, player.state.figures.minutes.length], ['connecting', 1]);
    assert.equal(player.hears().state.stream.status, 'open');
  });
  test('a minute that is told sixty times is one point, and an hour is kept', () => {
    const player = Player.inside();
    for (let second = 0; second < 200; second += 1) {
      player.at += 1_000;
      player.hears({}, { at: Math.floor(second / 2) });
    }
    const { seconds, minutes } = player.state.figures;
    assert.deepEqual([seconds.length, minutes.length, minutes.at(-1).at, minutes[0].at], [60, 60, 99, 40]);
  });
  test('times are by the clock of the server', () => {
    const player = Player.inside();
    player.hears({ at: player.at + 5_000 });
    assert.equal(player.state.ahead, 5_000);
  });
  test('a stream that breaks is opened again after longer and longer pauses, from the start', () => {
    const player = Player.inside();
    const pauses = [];
    for (let round = 0; round < 8; round += 1) {
      player.does({ type: 'stream_lost' });
      assert.equal(player.state.stream.status, 'down');
      pauses.push(player.state.stream.retryAt - player.at);
      player.at = player.state.stream.retryAt;
      player.does({ type: 'tick' }).answers('figures', ok({ now: { at: player.at } }));
    }
    assert.deepEqual(pauses, [1_000, 2_000, 4_000, 8_000, 16_000, 20_000, 20_000, 20_000]);
    player.hears();
    assert.deepEqual([player.state.stream.status, player.state.stream.attempt], ['open', 0]);
    assert.match(player.state.said.text, /live again/);
  });
  test('a stream that is silent is a stream that is lost', () => {
    const player = Player.inside().waits(9_000);
    assert.equal(player.state.stream.status, 'open');
    assert.equal(player.waits(2_000).state.stream.status, 'down');
  });
  test('one may not want to wait', () => {
    const player = Player.inside().does({ type: 'stream_lost' }).does({ type: 'retry_stream' });
    assert.deepEqual([player.state.stream.status, player.asked('figures') !== undefined], ['connecting', true]);
  });
  test('a session that is over is found out, and the form says that nothing is lost', () => {
    const player = Player.inside().does({ type: 'stream_lost' }).waits(1_000).answers('figures', refused(401));
    assert.equal(player.state.screen, 'sign-in');
    assert.match(player.state.signIn.problem, /as you left it/);
    assert.equal(player.waits(60_000).calls.length, 0, 'nothing is asked for by those who are out');
  });
});

describe('a long list', () => {
  test('is asked for a page at a time', () => {
    const player = Player.inside().does({ type: 'tab', tab: 'queue' });
    assert.equal(player.asked('queue').path, 'admin/queue?limit=25&open=true');
    player.answers('queue', queue([9, 8], 8)).does({ type: 'older', list: 'queue' });
    assert.equal(player.asked('queue').path, 'admin/queue?limit=25&before=8&open=true&pool=main');
    player.answers('queue', queue([7, 6]));
    assert.deepEqual(ids(player), [7, 6], 'only one page is kept');
    player.does({ type: 'older', list: 'queue' });
    assert.equal(player.calls.length, 0, 'after the last there is none');
    player.does({ type: 'newer', list: 'queue' }).answers('queue', queue([9, 8], 8));
    assert.deepEqual([ids(player), player.state.lists.queue.trail], [[9, 8], []]);
  });
  test('the first page follows what happens, at most every two seconds', () => {
    const player = inQueue().waits(500).hears({ reports: 1 });
    assert.equal(player.calls.length, 0);
    player.waits(1_500);
    assert.equal(player.calls.length, 1);
    player.hears({ reports: 2 }).waits(9_000);
    assert.equal(player.calls.length, 1, 'never twice at once');
    assert.deepEqual(ids(player.answers('queue', queue([10, 9], 9))), [10, 9]);
    assert.equal(player.waits(0).calls.length, 1, 'what happened meanwhile is asked for too');
  });
  test('figures that change nothing in it do not ask for it', () => {
    const player = inQueue().waits(5_000).hears({ online: 99 }).waits(5_000);
    assert.equal(player.calls.length, 0);
  });
  test('who reads an older page is left alone, and told', () => {
    const player = inQueue().does({ type: 'older', list: 'queue' }).answers('queue', queue([7, 6])).waits(5_000).hears({ reports: 3 }).waits(5_000);
    assert.deepEqual([player.calls, ids(player), player.state.lists.queue.stale], [[], [7, 6], true]);
    assert.equal(player.does({ type: 'newest', list: 'queue' }).asked('queue').path, 'admin/queue?limit=25&open=true&pool=main');
  });
  test('an answer to an earlier question is not taken for the one to the last', () => {
    const player = inQueue().does({ type: 'older', list: 'queue' });
    const [late] = player.calls;
    player.does({ type: 'undecided', only: false });
    player.does({ type: 'answer', call: late, answer: queue([7]) });
    assert.deepEqual(ids(player), []);
    player.calls.shift();
    assert.deepEqual(ids(player.answers('queue', queue([9]))), [9]);
  });
  test('a page that does not come says why, and what was there stays', () => {
    const player = inQueue().does({ type: 'older', list: 'queue' }).answers('queue', refused(503, 'Store away.'));
    assert.deepEqual([ids(player), player.state.lists.queue.problem], [[9, 8], 'Store away.']);
    player.does({ type: 'reload', list: 'queue' }).answers('queue', queue([7]));
    assert.deepEqual([ids(player), player.state.lists.queue.problem], [[7], null]);
  });
  test('bans and records are asked for in their own way', () => {
    const player = Player.inside().does({ type: 'tab', tab: 'bans' });
    player.answers('bans', ok({ bans: [{ device: device(1), given: 1, until: 2 }], next: '2.x' })).does({ type: 'older', list: 'bans' });
    assert.equal(player.asked('bans').path, 'admin/bans?limit=50&after=2.x');
    player.does({ type: 'about', device: device(3) });
    assert.equal(player.asked('audit').path, `admin/audit?limit=50&about=${device(3)}`);
    assert.deepEqual([player.state.screen, player.state.about], ['audit', device(3)]);
  });
  test('another pool begins at its newest report', () => {
    const player = inQueue().does({ type: 'older', list: 'queue' }).answers('queue', queue([7])).does({ type: 'pool', pool: 'night' });
    assert.equal(player.asked('queue').path, 'admin/queue?limit=25&open=true&pool=night');
    assert.deepEqual(ids(player), []);
  });
});

describe('a deed', () => {
  const banning = () => inQueue().does({ type: 'open', deed: { kind: 'ban', device: device(9) } });

  test('asks first', () => {
    const player = banning();
    assert.deepEqual([player.calls, player.state.dialog.deed.kind], [[], 'ban']);
    assert.equal(player.does({ type: 'close' }).state.dialog, null);
  });
  for (const [deed, input, path, body] of [
    [{ kind: 'ban', device: device(9) }, { forS: 604_800, note: ' links ' }, 'admin/bans', { device: device(9), for_s: 604_800, note: 'links' }],
    [{ kind: 'ban', device: null }, { device: ` ${device(10).toUpperCase()} ` }, 'admin/bans', { device: device(10), for_s: 86_400 }],
    [{ kind: 'lift', device: device(9) }, { note: 'x' }, `admin/bans/${device(9)}/lift`, { note: 'x' }],
    [{ kind: 'dismiss', pool: 'a b', report: 7, device: device(9) }, {}, 'admin/reports/a%20b/7/dismiss', {}],
    [{ kind: 'maintenance', on: true }, { note: 'new version' }, 'admin/maintenance', { on: true, note: 'new version' }],
    [{ kind: 'reset' }, { word: 'reset' }, 'admin/reset', { confirm: 'reset' }],
  ]) {
    test(`asks the server once to ${deed.kind} ${deed.device === null ? 'a device by its name' : ''}`, () => {
      const player = Player.inside().does({ type: 'open', deed });
      player.does({ type: 'confirm', filled: filled(input) }).does({ type: 'confirm', filled: filled(input) });
      assert.deepEqual(player.calls.map((call) => [call.path, call.body]), [[path, body]]);
    });
  }
  for (const [deed, input, problem] of [
    [{ kind: 'ban', device: null }, { device: 'abc' }, /32 digits/],
    [{ kind: 'ban', device: device(9) }, { forS: null }, /how long/],
    [{ kind: 'ban', device: device(9) }, { forS: -5 }, /how long/],
    [{ kind: 'ban', device: device(9) }, { forS: 1e12 }, /Ten years/],
    [{ kind: 'lift', device: device(9) }, { note: '👋'.repeat(501) }, /too long/],
    [{ kind: 'reset' }, { word: 'rest' }, /Type the word reset/],
  ]) {
    test(`is not sent while something is missing: ${problem}`, () => {
      const player = Player.inside().does({ type: 'open', deed }).does({ type: 'confirm', filled: filled(input) });
      assert.deepEqual(player.calls, []);
      assert.match(player.state.dialog.problem, problem);
    });
  }
  test('that is done closes the question, says so and asks for the list at once', () => {
    const player = banning().does({ type: 'confirm', filled: filled() }).answers('deed', ok({ until: 1_800_000_000_000 }));
    assert.equal(player.state.dialog, null);
    assert.match(player.state.notice.text, /banned until/);
    assert.ok(player.asked('queue'));
    assert.equal(player.waits(8_000).state.notice, null, 'thanks go by themselves');
  });
  test('cannot be closed while nobody knows whether it was done', () => {
    const player = banning().does({ type: 'confirm', filled: filled() }).does({ type: 'close' });
    assert.notEqual(player.state.dialog, null);
  });
  test('that fails says why, and the question is the same, so that the note stays', () => {
    const player = banning();
    const { id } = player.state.dialog;
    player.does({ type: 'confirm', filled: filled() }).answers('deed', refused(503, 'The store does not answer.'));
    assert.deepEqual([player.state.dialog.id, player.state.dialog.problem], [id, 'The store does not answer.']);
    assert.equal(player.does({ type: 'confirm', filled: filled() }).asked('deed').path, 'admin/bans');
  });
  test('that meets the end of the session is kept until one is back, and not done by itself', () => {
    const player = banning();
    const { id } = player.state.dialog;
    player.does({ type: 'confirm', filled: filled() }).answers('deed', refused(401));
    assert.equal(player.state.screen, 'sign-in');
    player.calls = [];
    player.does({ type: 'sign_in', key: 'k' }).answers('sign-in', ok({ expires_at: 5 }));
    assert.deepEqual([player.state.screen, player.state.dialog.id, player.state.dialog.call], ['queue', id, null]);
    assert.match(player.state.dialog.problem, /was not done/);
    assert.equal(player.asked('deed'), undefined);
  });
  test('another question has another number, so that no note is taken over', () => {
    const player = banning();
    const { id } = player.state.dialog;
    player.does({ type: 'close' }).does({ type: 'open', deed: { kind: 'lift', device: device(9) } });
    assert.notEqual(player.state.dialog.id, id);
  });
});

describe('the record', () => {
  test('is exported once at a time', () => {
    const player = Player.inside().does({ type: 'export' }).does({ type: 'export' });
    assert.equal(player.takes().filter((effect) => effect.do === 'export').length, 1);
    player.does({ type: 'exported', answer: ok(null) });
    assert.deepEqual([player.state.saving, player.state.notice.tone], ['idle', 'info']);
  });
  test('that cannot be exported says why', () => {
    const player = Player.inside().does({ type: 'export' }).does({ type: 'exported', answer: refused(503, 'Store away.') });
    assert.deepEqual([player.state.saving, player.state.notice.text, player.state.notice.until], ['idle', 'Store away.', null]);
    assert.equal(player.does({ type: 'exported', answer: refused(401) }).state.screen, 'sign-in');
  });
});

describe('the rooms', () => {
  const reported = { id: 9, room: 'OUV0V2AB', at: 5, nickname: 'Bob', content: 'buy', session: device(7), reasons: ['rude', ''] };
  const inRooms = (reports = [reported], next = null) =>
    Player.inside().does({ type: 'tab', tab: 'rooms' }).answers('rooms', ok({ census: {}, reports, next }));
  test('are shown with what was reported in them, page by page', () => {
    const player = inRooms([reported, { id: 'x' }, null], 9);
    assert.deepEqual(player.state.lists.rooms.rows, [{ ...reported, reasons: ['rude'] }]);
    assert.equal(player.does({ type: 'older', list: 'rooms' }).asked('rooms').path, 'admin/rooms?limit=25&before=9');
  });
  test('are ended, and sessions banned, with a note', () => {
    const ban = inRooms().does({ type: 'open', deed: { kind: 'ban-session', session: device(7), nickname: 'Bob' } }).does({ type: 'confirm', filled: filled({ note: 'Spam.' }) });
    assert.deepEqual([ban.asked('deed').path, ban.asked('deed').body], ['admin/rooms/ban', { session: device(7), note: 'Spam.' }]);
    assert.equal(ban.answers('deed', ok({ audit: 1 })).state.dialog, null);
    assert.notEqual(ban.asked('rooms'), undefined, 'the list is asked for again');
    const close = inRooms().does({ type: 'open', deed: { kind: 'close-room', room: 'OUV0V2AB' } }).does({ type: 'confirm', filled: filled() });
    assert.deepEqual([close.asked('deed').path, close.asked('deed').body], ['admin/rooms/close', { room: 'OUV0V2AB' }]);
    assert.equal(close.answers('deed', refused(404, 'There is no such room.')).state.dialog.problem, 'There is no such room.');
  });
  test('of a server that has none are told as that', () => {
    const player = Player.inside().does({ type: 'tab', tab: 'rooms' }).answers('rooms', refused(404, 'This server has no rooms.'));
    assert.equal(player.state.lists.rooms.problem, 'This server has no rooms.');
  });
});
