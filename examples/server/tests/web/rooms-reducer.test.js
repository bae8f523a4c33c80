/** The page of rooms: the way in, what is said, what is lost and found again, what an owner may do. */

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { rememberRooms, recallRooms } from '../../web/js/device.js';
import { ask } from '../../web/js/rooms/api.js';
import * as sentences from '../../web/js/rooms/sentences.js';
import * as shapes from '../../web/js/rooms/shapes.js';
import { ANN, BOB, CAT, CODE, MEMBERS, Player, SESSION, history, message, ok, refused, room } from './room-player.js';

const said = (id, change = {}) => ({ type: 'chat_message', data: message(id, change) });
const mine = (id, content) => said(id, { content, alias: ANN, session_nickname: 'Ann', mine: true });
const kinds = (player) => player.takes().map((effect) => effect.do);

describe('the way in', () => {
  test('a newcomer is asked for a nickname before anything is asked of the server', () => {
    const player = new Player({ session: null });
    assert.deepEqual([player.state.screen, player.calls], ['nickname', []]);
    player.does({ type: 'name', nickname: 'Ann' }).does({ type: 'name', nickname: 'Ann' });
    assert.deepEqual(player.calls.map(({ path, body }) => [path, body]), [['api/session/create/', { nickname: 'Ann' }]]);
    player.answers('session', ok({ session_token: 'token-1', nickname: 'Ann', created_at: 'x' }));
    assert.equal(player.state.screen, 'lobby');
    assert.deepEqual(player.takes(), [{ do: 'remember', session: SESSION }]);
  });
  test('a link leads a newcomer into its room with the first nickname', () => {
    const player = new Player({ session: null, code: CODE }).does({ type: 'name', nickname: 'Ann' });
    player.answers('session', ok({ session_token: 'token-1', nickname: 'Ann' }));
    assert.deepEqual([player.asked('join').body, player.asked('join').token], [{ room_code: CODE }, 'token-1']);
    player.answers('join', ok(room()));
    assert.deepEqual([player.state.screen, player.inside.room.code], ['room', CODE]);
    assert.deepEqual(kinds(player), ['remember', 'address', 'open']);
  });
  test('a link asks a known person first, unless the room is theirs', () => {
    const invited = new Player({ code: CODE }).answers('rooms', ok([]));
    assert.deepEqual([invited.state.screen, invited.asked('join')], ['invited', undefined]);
    invited.does({ type: 'accept' }).answers('join', refused(403, 'Room is locked.'));
    assert.deepEqual([invited.state.screen, invited.state.forms.join.problem], ['invited', 'Room is locked.']);
    assert.equal(new Player({ code: CODE }).answers('rooms', ok([room()])).state.screen, 'room');
  });
  test('a page load asks four times at most', () => {
    const player = new Player({ code: CODE }).answers('rooms', ok([room()])).opens();
    player.answers('members', ok(MEMBERS)).answers('messages', history([1]));
    assert.deepEqual([player.state.calls, player.calls], [3, []]);
  });
  test('a server without rooms is told as one', () => {
    assert.equal(new Player().answers('rooms', refused(404)).state.screen, 'none');
    assert.equal(new Player({ session: null }).does({ type: 'name', nickname: 'A' }).answers('session', refused(404)).state.screen, 'none');
  });
  test('a server that does not answer may be asked again', () => {
    const player = new Player({ code: CODE }).answers('rooms', refused(503, 'Away.'));
    assert.deepEqual([player.state.screen, player.state.trouble], ['trouble', 'Away.']);
    assert.equal(player.does({ type: 'reload' }).answers('rooms', ok([room()])).state.screen, 'room');
  });
  test('a session that is over asks for a nickname again, and the room is still wanted', () => {
    const player = Player.inside().loses(1006, false).answers('look', refused(401));
    assert.deepEqual([player.state.screen, player.state.session, player.state.wanted], ['nickname', null, CODE]);
    assert.match(player.state.notice.text, /session is over/);
    assert.ok(player.takes().some((effect) => effect.do === 'forget' && effect.token === SESSION.token));
  });
  test('what the server refuses is said in its words', () => {
    const player = new Player({ session: null }).does({ type: 'name', nickname: '' }).answers('session', refused(400, 'This field may not be blank.'));
    assert.deepEqual([player.state.screen, player.state.forms.nickname], ['nickname', { call: null, problem: 'This field may not be blank.' }]);
  });
  test('a room is created as one wishes, and a number that is none is not sent', () => {
    const player = new Player().answers('rooms', ok([]));
    player.does({ type: 'create', name: 'Tea', days: 7, most: 'many' });
    assert.deepEqual([player.calls, player.state.forms.create.problem !== null], [[], true]);
    player.does({ type: 'create', name: 'Tea', days: 7, most: ' 12 ' });
    assert.deepEqual(player.asked('create').body, { name: 'Tea', message_retention_days: 7, max_participants: 12 });
    assert.equal(player.answers('create', ok(room())).state.screen, 'room');
  });
  test('a code is taken from what was typed or pasted', () => {
    const cases = { ' ouv0v2 ': 'OUV0V2', 'https://a.example/rooms#OUV0V2AB': 'OUV0V2AB', short: null, 'OUV0V2ABC': null, 'OUV-V2': null, '': null };
    for (const [typed, code] of Object.entries(cases)) assert.equal(shapes.codeIn(typed), code, typed);
    const player = new Player().answers('rooms', ok([])).does({ type: 'join', typed: 'x' });
    assert.deepEqual([player.calls, player.state.forms.join.problem !== null], [[], true]);
  });
  test('going back leads out of the room without leaving it, and forward into it again', () => {
    const player = Player.inside().does({ type: 'address', code: null });
    assert.deepEqual([player.state.screen, player.inside, kinds(player)], ['lobby', null, ['hang_up', 'address']]);
    player.answers('rooms', ok([room()])).does({ type: 'address', code: CODE }).answers('rooms', ok([room()]));
    assert.equal(player.state.screen, 'room');
  });
  test('another nickname asks first if there are rooms to lose', () => {
    const player = new Player().answers('rooms', ok([room()])).does({ type: 'forget' });
    assert.deepEqual([player.state.dialog.deed.kind, player.asked('end')], ['forget', undefined]);
    player.does({ type: 'confirm' }).answers('end', ok());
    assert.deepEqual([player.state.screen, player.state.session, player.state.rooms], ['nickname', null, []]);
    const free = new Player().answers('rooms', ok([])).does({ type: 'forget' }).answers('end', ok());
    assert.equal(free.state.screen, 'nickname');
  });
});

describe('what is said', () => {
  test('is shown in the order of its ids, once', () => {
    const player = Player.inside().hears(said(3)).hears(said(5)).hears(said(4)).hears(said(3));
    assert.deepEqual(player.log, ['< word 3', '< word 4', '< word 5']);
  });
  test('is one’s own by the server’s word, never by the nickname', () => {
    const player = Player.inside().hears(said(1, { session_nickname: 'Ann', alias: BOB, mine: false }));
    assert.deepEqual(player.log, ['< word 1']);
  });
  test('waits until it comes back, and stays the same line', () => {
    const player = Player.inside().does({ type: 'say', text: ' hi ' });
    assert.deepEqual(player.takes(), [{ do: 'send', frame: { type: 'chat_message', content: 'hi' } }]);
    assert.deepEqual(player.log, ['sent: hi']);
    const { key } = player.inside.sent[0];
    player.hears(mine(1, 'hi'));
    assert.deepEqual([player.log, player.inside.entries[0].key], [['> hi'], key]);
  });
  test('in another window of one’s own does not settle what waits here', () => {
    const player = Player.inside().does({ type: 'say', text: 'here' }).hears(mine(1, 'there'));
    assert.deepEqual(player.log, ['> there', 'sent: here']);
  });
  test('and refused is said at the first that waits, and may be sent again', () => {
    const player = Player.inside().does({ type: 'say', text: 'one' }).does({ type: 'say', text: 'two' });
    player.hears({ type: 'error', message: 'Rate limit exceeded. Please slow down.' });
    assert.deepEqual(player.log, ['refused: one', 'sent: two']);
    assert.match(player.inside.sent[0].problem, /Rate limit exceeded/);
    player.hears(mine(1, 'two')).does({ type: 'again', key: player.inside.sent[0].key }).hears(mine(2, 'one'));
    assert.deepEqual(player.log, ['> two', '> one']);
  });
  test('is nothing if it is empty, too long or without a line', () => {
    const player = Player.inside();
    for (const text of ['', '  ', 'x'.repeat(1_001)]) player.does({ type: 'say', text });
    player.loses().does({ type: 'say', text: 'hi' });
    assert.deepEqual([player.log, player.takes().filter((effect) => effect.do === 'send')], [[], []]);
    assert.deepEqual(Player.inside().does({ type: 'say', text: '👋'.repeat(1_000) }).inside.sent.length, 1);
  });
  test('older messages come in above, page by page', () => {
    const player = new Player({ code: CODE }).answers('rooms', ok([room()])).opens();
    const ids = (from, to) => Array.from({ length: to - from + 1 }, (_, n) => from + n);
    player.answers('members', ok(MEMBERS)).answers('messages', history(ids(61, 110), 1, 3)).hears(said(111));
    player.does({ type: 'older' }).does({ type: 'older' });
    assert.match(player.asked('messages').path, /page=2&page_size=50$/);
    player.answers('messages', history(ids(12, 61), 2, 3));
    assert.deepEqual([player.log.length, player.log[0], player.log.at(-1), player.inside.more], [100, '< word 12', '< word 111', true]);
    player.does({ type: 'older' });
    assert.match(player.asked('messages').path, /page=3/);
    assert.equal(player.answers('messages', history(ids(1, 11), 3, 3)).inside.more, false);
  });
  test('nothing is asked for where nothing is kept', () => {
    const player = Player.inside({ message_retention_days: 0 });
    assert.equal(player.asked('messages'), undefined);
  });
  test('of long ago is dropped from a window that stays open, and may be asked for again', () => {
    const player = Player.inside();
    for (let id = 1; id <= 1_002; id += 1) player.hears(said(id));
    assert.deepEqual([player.log.length, player.log[0], player.inside.more], [1_000, '< word 3', true]);
    const forgetful = Player.inside({ message_retention_days: 0 });
    for (let id = 1; id <= 1_002; id += 1) forgetful.hears(said(id));
    assert.deepEqual([forgetful.log.length, forgetful.inside.more], [1_000, false]);
  });
  test('typing is told in time, and ends with the message or the time', () => {
    const player = Player.inside().hears({ type: 'typing', alias: BOB, nickname: 'Bob', is_typing: true });
    assert.equal(player.inside.typing[BOB].nickname, 'Bob');
    assert.deepEqual(player.hears(said(1)).inside.typing, {});
    player.hears({ type: 'typing', alias: BOB, nickname: 'Bob', is_typing: true }).waits(7_000);
    assert.deepEqual(player.inside.typing, {});
    assert.deepEqual(player.hears({ type: 'typing', alias: ANN, nickname: 'Ann', is_typing: true }).inside.typing, {});
  });
  test('one’s own typing is told again and again, but not at every key', () => {
    const player = Player.inside();
    const types = (empty = false) => player.does({ type: 'compose', empty }).takes().map(({ frame }) => frame.is_typing);
    assert.deepEqual([types(), types()], [[true], []]);
    player.at += 3_000;
    assert.deepEqual([types(), types(true), types(true)], [[true], [false], []]);
  });
});

describe('a line that is lost', () => {
  test('is tried again, later each time', () => {
    const player = Player.inside().loses();
    const first = player.line.retryAt - player.at;
    assert.deepEqual([player.line.status, player.takes()], ['down', [{ do: 'wake', ms: first }]]);
    player.waits(first);
    assert.equal(player.line.status, 'connecting');
    player.loses(1006, false);
    assert.ok(player.line.retryAt - player.at > first);
    assert.equal(player.asked('look').path, `api/rooms/${CODE}/`);
  });
  test('comes back when the server said, if it restarts', () => {
    const player = Player.inside().hears({ type: 'server_restarting', reconnect_in_ms: 4_321 }).loses(1012);
    assert.deepEqual([player.line.retryAt - player.at, player.line.restarting], [4_321, true]);
  });
  test('has its history read again, without doubles', () => {
    const player = Player.inside().hears(said(1)).hears(said(2)).loses();
    player.waits(20_000).opens().answers('members', ok(MEMBERS)).answers('messages', history([1, 2, 3, 4]));
    assert.deepEqual(player.log, ['< word 1', '< word 2', '< word 3', '< word 4']);
  });
  test('leaves no hole if more was missed than a page holds', () => {
    const player = Player.inside().hears(said(1)).hears(said(2)).loses();
    player.waits(20_000).opens().hears(said(60)).answers('members', ok(MEMBERS)).answers('messages', history([58, 59, 60], 1, 2));
    assert.deepEqual([player.log, player.inside.more], [['< word 58', '< word 59', '< word 60'], true]);
  });
  test('makes what was under way doubtful, until the history shows it', () => {
    const player = Player.inside().does({ type: 'say', text: 'one' }).does({ type: 'say', text: 'two' }).loses();
    assert.deepEqual(player.log, ['lost: one', 'lost: two']);
    player.waits(20_000).opens().answers('members', ok(MEMBERS));
    player.answers('messages', ok({ results: [message(1, { content: 'one', alias: ANN, mine: true })], count: 1, page: 1, page_size: 50, total_pages: 1 }));
    assert.deepEqual(player.log, ['> one', 'lost: two']);
  });
  test('says where nothing is kept that something may be missing', () => {
    const player = Player.inside({ message_retention_days: 0 }).hears(said(1)).loses().waits(20_000).opens({ message_retention_days: 0 });
    assert.match(player.log.at(-1), /away for a moment/);
  });
  test('to a room that is gone is told as that', () => {
    const why = (answer) => Player.inside().loses(1006, false).answers('look', answer).state;
    assert.deepEqual([why(refused(404)).screen, why(refused(404)).gone.why, why(refused(403)).gone.why], ['gone', 'closed', 'unknown']);
    assert.equal(why(refused(429)).screen, 'room');
  });
  test('is deaf to an older line', () => {
    const player = Player.inside();
    player.does({ type: 'frame', line: player.line.number - 1, frame: { type: 'closed' } });
    player.does({ type: 'line_closed', line: player.line.number - 1, code: 4004, opened: true });
    assert.equal(player.state.screen, 'room');
  });
  test('a history that was refused is asked for again', () => {
    const player = Player.inside().loses().waits(20_000).opens().answers('members', ok(MEMBERS)).answers('messages', refused(429, 'Slow down.'));
    assert.equal(player.state.notice.text, 'Slow down.');
    player.waits(15_000).answers('members', ok(MEMBERS)).answers('messages', history([7]));
    assert.deepEqual(player.log, ['< word 7']);
  });
});

describe('the last frame', () => {
  for (const [frame, title] of [
    [{ type: 'removed', why: 'kicked' }, 'You were removed'],
    [{ type: 'removed', why: 'banned_from_room' }, 'You were banned'],
    [{ type: 'closed' }, 'This room is closed'],
    [{ type: 'replaced' }, 'Open in too many windows'],
    [{ type: 'removed', why: 'constructor-of-nothing' }, 'You are no longer a member'],
  ]) {
    test(`${JSON.stringify(frame)} is told in words, and the line is not tried again`, () => {
      const player = Player.inside().hears(frame);
      assert.deepEqual([player.state.screen, sentences.endText(player.state.gone.why).title], ['gone', title]);
      assert.deepEqual(kinds(player), ['hang_up', 'address']);
      assert.equal(player.waits(60_000).calls.length, 0);
    });
  }
  test('by the code alone it is told as well', () =>
    assert.deepEqual([4001, 4003, 4004].map((code) => Player.inside().loses(code).state.gone.why), ['replaced', 'unknown', 'closed']));
  test('of a session forgets it', () => {
    for (const why of ['session_over', 'banned']) {
      const player = Player.inside().hears({ type: 'removed', why });
      assert.deepEqual([player.state.session, player.takes().at(-1)], [null, { do: 'forget', token: SESSION.token }]);
      assert.equal(player.does({ type: 'to_lobby' }).state.screen, 'nickname');
    }
  });
});

describe('the people', () => {
  test('come, go, are here and away', () => {
    const player = Player.inside().hears({ type: 'joined', alias: CAT, nickname: 'Cat' }).hears({ type: 'presence', alias: CAT, here: true });
    assert.deepEqual(player.inside.members.map(({ nickname, here }) => [nickname, here]), [['Ann', true], ['Bob', true], ['Cat', true]]);
    player.hears({ type: 'left', alias: BOB, why: 'kicked' }).hears({ type: 'presence', alias: CAT, here: false });
    assert.deepEqual(player.inside.members.map(({ nickname, here }) => [nickname, here]), [['Ann', true], ['Cat', false]]);
    assert.deepEqual(player.log, ['* Cat joined.', '* Bob was removed.']);
  });
  test('who move while the list is on its way end up right', () => {
    const player = Player.inside().loses().waits(20_000).opens();
    player.hears({ type: 'joined', alias: CAT, nickname: 'Cat' }).hears({ type: 'left', alias: BOB, why: 'left' });
    assert.deepEqual(player.answers('members', ok(MEMBERS)).inside.members.map(({ nickname }) => nickname), ['Ann', 'Cat']);
  });
});

describe('an owner', () => {
  const owner = () => Player.inside();
  const guest = () => Player.inside({ owner_alias: BOB });
  const target = { alias: BOB, nickname: 'Bob' };
  test('is asked before anybody is removed, banned or made the owner', () => {
    for (const kind of ['kick', 'ban', 'hand-over']) {
      const player = owner().does({ type: 'ask', deed: { kind, ...target } });
      assert.deepEqual(player.calls, []);
      player.does({ type: 'confirm' }).does({ type: 'confirm' });
      assert.deepEqual(player.calls.map(({ path, body }) => [path, body]), [[`api/rooms/${CODE}/${kind}/`, { alias: BOB }]]);
      assert.equal(player.answers('deed', ok()).state.dialog, null);
    }
  });
  test('sees why it was not done, and may try again', () => {
    const player = owner().does({ type: 'ask', deed: { kind: 'ban', ...target } }).does({ type: 'confirm' }).answers('deed', refused(404, 'Member not found.'));
    assert.deepEqual([player.state.dialog.problem, player.state.dialog.call], ['Member not found.', null]);
  });
  test('locks and unlocks', () => {
    const player = owner().does({ type: 'lock' }).does({ type: 'lock' });
    assert.deepEqual(player.calls.map(({ path, body }) => [path, body]), [[`api/rooms/${CODE}/lock/`, { locked: true }]]);
    player.hears({ type: 'locked', locked: true }).answers('lock', ok());
    assert.deepEqual([player.inside.room.locked, player.inside.locking], [true, false]);
    assert.deepEqual(player.does({ type: 'lock' }).asked('lock').body, { locked: false });
  });
  test('who closes the room is back among the rooms, whichever answer is first', () => {
    const byFrame = owner().does({ type: 'ask', deed: { kind: 'close' } }).does({ type: 'confirm' }).hears({ type: 'closed' }).answers('deed', ok());
    const byAnswer = owner().does({ type: 'ask', deed: { kind: 'close' } }).does({ type: 'confirm' }).answers('deed', ok());
    for (const { state } of [byFrame, byAnswer]) {
      assert.deepEqual([state.screen, state.inside, state.rooms, state.notice.text], ['lobby', null, [], 'The room is closed.']);
    }
  });
  test('sees what was reported', () => {
    const player = owner().does({ type: 'reports' });
    assert.equal(player.asked('reports').path, `api/moderation/reports/?room_code=${CODE}`);
    player.answers('reports', ok([{ ...message(1), reported_count: 1, reasons: ['rude', ''] }]));
    assert.deepEqual(player.state.dialog.list.map(({ message: { text }, reasons }) => [text, reasons]), [['word 1', ['rude']]]);
  });
  test('is nobody else', () => {
    const player = guest().does({ type: 'ask', deed: { kind: 'ban', ...target } }).does({ type: 'ask', deed: { kind: 'close' } }).does({ type: 'lock' }).does({ type: 'reports' });
    assert.deepEqual([player.state.dialog, player.calls], [null, []]);
  });
  test('who no longer is one loses what belongs to it', () => {
    const player = owner().does({ type: 'ask', deed: { kind: 'ban', ...target } }).hears({ type: 'owner', alias: BOB });
    assert.deepEqual([player.state.dialog, player.log], [null, ['* Bob is the owner now.']]);
    assert.deepEqual(guest().hears({ type: 'owner', alias: ANN }).log, ['* You are the owner now.']);
  });
});

describe('a member', () => {
  test('reports a message with a reason, once', () => {
    const player = Player.inside().hears(said(7)).does({ type: 'ask_report', id: 7 }).does({ type: 'report', reason: 'rude' }).does({ type: 'report', reason: 'rude' });
    assert.deepEqual(player.calls.map(({ path, body }) => [path, body]), [['api/messages/7/report/', { reason: 'rude' }]]);
    assert.deepEqual([player.answers('report', ok()).inside.reported, player.state.dialog], [[7], null]);
    const again = Player.inside().hears(said(7)).does({ type: 'ask_report', id: 7 }).does({ type: 'report', reason: '' });
    again.answers('report', refused(409, 'You have already reported this message.'));
    assert.deepEqual([again.inside.reported, again.state.notice.text], [[7], 'You have already reported this message.']);
  });
  test('leaves after being asked', () => {
    const player = Player.inside().does({ type: 'ask', deed: { kind: 'leave' } }).does({ type: 'confirm' }).hears({ type: 'removed', why: 'left' });
    assert.deepEqual([player.state.screen, player.state.notice.text], ['lobby', 'You have left the room.']);
    assert.equal(Player.inside().hears({ type: 'removed', why: 'left' }).state.screen, 'gone');
  });
  test('copies the link, and is told if the browser does not let', () => {
    const player = Player.inside().does({ type: 'copy_link' });
    assert.deepEqual(player.takes(), [{ do: 'copy_link', code: CODE }]);
    assert.match(player.does({ type: 'copied', done: false }).state.notice.text, new RegExp(CODE));
  });
});

describe('what comes from the server', () => {
  test('and is no frame is dropped', () => {
    for (const data of [null, 7, '', '{', '[]', 'null', '{"type":"room","room":{}}', '{"type":"chat_message","data":{"id":-1}}', '{"type":"chat_message"}', '{"type":"weather"}', '{"type":"joined"}']) {
      assert.equal(shapes.frame(data), null, String(data));
    }
  });
  test('and is no room, message or page is dropped from the lists', () => {
    assert.deepEqual(shapes.rooms([room(), {}, null, 7]).map(({ code }) => code), [CODE]);
    assert.deepEqual([shapes.rooms('x'), shapes.memberList({}), shapes.reports(null), shapes.page([]), shapes.session({})], [[], [], [], null, null]);
    assert.equal(shapes.message(message(1, { timestamp: 'never' })), null);
  });
  test('the retention is said in plain words', () =>
    assert.deepEqual([0, 1, 30].map(sentences.keptText), [
      'Nothing is kept: who is not here does not see it.',
      'Messages are kept for 1 day, for members only.',
      'Messages are kept for 30 days, for members only.',
    ]));
  test('a name turns nothing but itself in a sentence', () => {
    const player = Player.inside().hears({ type: 'joined', alias: CAT, nickname: '\u202eevil' });
    assert.deepEqual(player.log, ['* \u2068\u202eevil\u2069 joined.']);
    assert.equal(sentences.typingText(['Bob', 'مرحبا']), 'Bob and \u2068مرحبا\u2069 are writing');
    assert.deepEqual([sentences.typingText(['Bob']), sentences.typingText(['A', 'B', 'C']), sentences.typingText([])], ['Bob is writing', 'Several people are writing', '']);
  });
  test('a refusal is said in the server’s words, whichever shape they have', () => {
    for (const [body, text] of [
      [{ error: 'Room is full' }, 'Room is full.'],
      [{ nickname: ['This field may not be blank.'] }, 'This field may not be blank.'],
      [{ detail: 'Not found.' }, 'Not found.'],
      [null, 'The server refused this (400).'],
      [[], 'The server refused this (400).'],
    ]) assert.equal(sentences.problemText(400, body, null), text);
    assert.match(sentences.problemText(429, { detail: 'Too many requests.' }, 40), /^Too many requests\. Try again in 40 s\.$/);
    assert.match(sentences.problemText(0, null, null), /cannot be reached/);
  });
});

describe('a request', () => {
  const answering = (response) => {
    const asked = [];
    return { asked, base: 'http://a.example/below/rooms', fetch: async (url, options) => (asked.push([url.href, options]), response) };
  };
  test('carries the token in its header and nowhere else', async () => {
    const surroundings = answering(new Response('{"message":"x"}'));
    assert.deepEqual(await ask(surroundings, { path: 'api/rooms/join/', body: { room_code: CODE }, token: 'secret' }), ok({ message: 'x' }));
    const [[url, { method, headers, body }]] = surroundings.asked;
    assert.deepEqual([url, method, body], ['http://a.example/below/api/rooms/join/', 'POST', `{"room_code":"${CODE}"}`]);
    assert.deepEqual(headers, { 'X-Session-Token': 'secret', 'Content-Type': 'application/json' });
  });
  test('that is refused, cut off or lost is an answer', async () => {
    const get = { path: 'api/rooms/', token: null };
    const slow = new Response('{"detail":"Slow down."}', { status: 429, headers: { 'Retry-After': '9' } });
    assert.deepEqual(await ask(answering(slow), get), refused(429, 'Slow down. Try again in 9 s.'));
    assert.equal((await ask(answering(new Response('<html>')), get)).status, 0);
    assert.equal((await ask({ base: 'http://a.example', fetch: async () => { throw new Error('lost'); } }, get)).status, 0);
  });
});

test('the browser keeps the session, and forgets it', () => {
  const items = new Map();
  const shelf = { getItem: (key) => items.get(key) ?? null, setItem: (key, value) => items.set(key, value) };
  assert.equal(recallRooms(shelf), null);
  rememberRooms(shelf, { ...SESSION, secret: 'x' });
  assert.deepEqual([recallRooms(shelf), [...items.values()].join().includes('secret')], [SESSION, false]);
  rememberRooms(shelf, null);
  assert.equal(recallRooms(shelf), null);
  for (const text of ['null', '{', '7', '{"token":7,"nickname":"A"}']) {
    items.set('anonchat.rooms', text);
    assert.equal(recallRooms(shelf), null);
  }
});
