/** The road from home to a chat and back, and what `hello` makes of every state. */

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { LIMITS, Player, atFilters, hello, inChat, inQueue, matched, paired, refusal, waiting } from './player.js';

const screen = (player) => player.state.screen;

describe('the way in', () => {
  test('nothing is connected before Start', () => {
    const player = new Player().passes(60_000);
    assert.deepEqual([player.out, player.effects], [[], []]);
  });
  test('Start connects, and hello leads to the camera check', () => {
    const player = new Player().does({ type: 'start' });
    assert.equal(player.did('connect'), 1);
    assert.equal(screen(player), 'home');
    assert.equal(screen(player.returns()), 'check');
  });
  test('Start pressed twice connects once', () => {
    const player = new Player().does({ type: 'start' }).does({ type: 'link_connecting' }).does({ type: 'start' });
    assert.equal(player.did('connect'), 1);
  });
  test('verification off leads to the declaration', () =>
    assert.equal(screen(new Player().does({ type: 'start' }).returns(hello({ verification: 'off' }))), 'gender'));
  test('a device whose gender is known goes straight to its profile', () =>
    assert.equal(screen(new Player().does({ type: 'start' }).returns(hello({ gender: 'male' }))), 'profile'));
  test('a declared gender is sent, and the answer leads on', () => {
    const player = new Player().does({ type: 'start' }).returns(hello({ verification: 'off' }));
    player.does({ type: 'declare', gender: 'female' }).does({ type: 'declare', gender: 'female' });
    assert.deepEqual(player.takes(), [{ action: 'declare', gender: 'female' }]);
    assert.equal(screen(player), 'gender');
    player.hears({ type: 'declared', gender: 'female' });
    assert.deepEqual([screen(player), player.state.gender], ['profile', 'female']);
  });
  test('a refused declaration can be repeated', () => {
    const player = new Player().does({ type: 'start' }).returns(hello({ verification: 'off' }));
    player.does({ type: 'declare', gender: 'female' }).hears(refusal('verification_required', { action: 'declare' }));
    assert.equal(player.state.notice.tone, 'error');
    player.does({ type: 'declare', gender: 'female' });
    assert.equal(player.takes().length, 2);
  });
  test('declaring nothing sends nothing', () => {
    const player = new Player().does({ type: 'start' }).returns(hello({ verification: 'off' }));
    player.does({ type: 'declare', gender: null });
    assert.deepEqual([screen(player), player.takes()], ['profile', []]);
  });
  test('a profile is trimmed, remembered and needs a nickname', () => {
    const player = new Player().does({ type: 'start' }).returns(hello({ gender: 'male' }));
    player.does({ type: 'profile_save', profile: { nickname: '  ', bio: '' } });
    assert.equal(screen(player), 'profile');
    player.does({ type: 'profile_save', profile: { nickname: ' Misty Fern ', bio: ' hm ' } });
    assert.equal(screen(player), 'find');
    assert.deepEqual(player.effects.at(-1), { do: 'remember', profile: { nickname: 'Misty Fern', bio: 'hm' } });
  });
});

describe('searching', () => {
  test('Find joins with filter and nickname, and with the bio if there is one', () => {
    assert.deepEqual(atFilters().does({ type: 'find' }).takes(), [{ action: 'join', filter: 'any', nickname: 'Quiet Otter' }]);
    const player = atFilters({ bio: 'hm' }).does({ type: 'filter', filter: 'female' }).does({ type: 'find' });
    assert.deepEqual(player.takes(), [{ action: 'join', filter: 'female', nickname: 'Quiet Otter', bio: 'hm' }]);
  });
  test('Find pressed twice joins once', () =>
    assert.equal(atFilters().does({ type: 'find' }).does({ type: 'find' }).takes().length, 1));
  test('Find without a connection does nothing', () =>
    assert.deepEqual(atFilters().loses().does({ type: 'find' }).takes(), []));
  test('a filter with nothing left today is not asked for', () => {
    const player = atFilters().hears({ type: 'daily_limits', limits: { ...LIMITS, male: 0 } });
    assert.deepEqual(player.does({ type: 'filter', filter: 'male' }).does({ type: 'find' }).takes(), []);
    assert.equal(player.does({ type: 'filter', filter: 'any' }).does({ type: 'find' }).takes().length, 1);
  });
  test('limits are taken from any frame that has them', () =>
    assert.equal(atFilters().hears({ type: 'left', limits: { ...LIMITS, male: 2 } }).state.limits.male, 2));
  test('in the queue, the place is asked for at once and about every 5 s', () => {
    const player = atFilters().does({ type: 'find' }).hears({ type: 'queued', filter: 'any' });
    assert.deepEqual(player.takes().map(({ action }) => action), ['join', 'why']);
    for (let second = 0; second < 10; second += 1) {
      player.passes(1_000).hears({ type: 'waiting', since: 0, position: 2, people: 17, narrowedBy: ['filter'], estimateMs: 1 });
    }
    assert.equal(player.takes().length, 2);
    const { position, people, narrowedBy, estimateMs } = player.state.search;
    assert.deepEqual([position, people, narrowedBy, estimateMs], [2, 17, ['filter'], 1]);
  });
  test('a match opens the chat from the queue, and from an answer to join', () => {
    assert.equal(screen(inQueue().hears(matched())), 'chat');
    assert.equal(screen(atFilters().does({ type: 'find' }).hears(matched())), 'chat');
  });
  test('Cancel leaves, and the filters come with the answer', () => {
    const player = inQueue().does({ type: 'cancel' });
    assert.deepEqual(player.takes(), [{ action: 'leave' }]);
    assert.equal(screen(player), 'queue');
    assert.equal(screen(player.hears({ type: 'left' })), 'find');
  });
  test('a matched that was on its way when Cancel was pressed is not shown', () => {
    const player = inQueue().does({ type: 'cancel' }).hears(matched());
    assert.equal(screen(player), 'queue');
    player.hears({ type: 'left' });
    assert.deepEqual([screen(player), player.state.chat], ['find', null]);
  });
  test('if that Cancel is refused, the match counts', () => {
    const player = inQueue().does({ type: 'cancel' }).hears(matched());
    assert.equal(screen(player.hears(refusal('unavailable', { action: 'leave' }))), 'chat');
  });
  test('Cancel with nothing left to leave is still a goodbye', () =>
    assert.equal(screen(inQueue().does({ type: 'cancel' }).hears(refusal('not_waiting', { action: 'leave' }))), 'find'));
});

describe('refusals', () => {
  const refused = (code, more) => atFilters().does({ type: 'find' }).hears(refusal(code, { action: 'join', ...more }));

  test('a cooldown blocks Find until its end, then Find works again', () => {
    const player = refused('cooldown', { until: 1_004_000 });
    player.takes();
    assert.equal(screen(player), 'find');
    assert.match(player.state.notice.text, /pause/);
    assert.deepEqual(player.does({ type: 'find' }).takes(), []);
    player.passes(4_000);
    assert.deepEqual([player.state.notice, player.state.wait], [null, null]);
    assert.equal(player.does({ type: 'find' }).takes().length, 1);
  });
  test('a duration is trusted more than the clock of the server', () => {
    const player = refused('cooldown', { until: 999_999_999, retryAfterMs: 3_000 });
    assert.equal(player.state.wait.until, player.now + 3_000);
  });
  test('the end of a cooldown wakes the page', () =>
    assert.deepEqual(refused('cooldown', { retryAfterMs: 1_234 }).effects.at(-1), { do: 'wake', ms: 1_234 }));
  test('a used-up filter blocks only itself', () => {
    const player = atFilters().does({ type: 'filter', filter: 'male' }).does({ type: 'find' });
    player.hears(refusal('daily_limit', { action: 'join', retryAfterMs: 3_600_000 }));
    player.takes();
    assert.deepEqual(player.does({ type: 'find' }).takes(), []);
    assert.equal(player.does({ type: 'filter', filter: 'any' }).does({ type: 'find' }).takes().length, 1);
  });
  test('an improper nickname leads back to the profile', () => assert.equal(screen(refused('profanity')), 'profile'));
  test('a missing verification leads to the check', () => assert.equal(screen(refused('verification_required')), 'check'));
  test('a ban leads to the ban screen, with its end', () => {
    const player = refused('banned', { until: 5 });
    assert.deepEqual([screen(player), player.state.bannedUntil], ['banned', 5]);
  });
  test('an unknown code shows the sentence of the server', () =>
    assert.equal(refused('newer_than_this_page').state.notice.text, 'about newer_than_this_page'));
  test('an error without an action after Find is taken for an answer to it', () =>
    assert.equal(screen(atFilters().does({ type: 'find' }).hears(refusal('cooldown'))), 'find'));
  test('being told that one already waits fetches a new hello', () =>
    assert.equal(refused('already_waiting').did('connect'), 1));
});

describe('next and leave', () => {
  test('Next leaves and joins in one step', () => {
    const player = inChat().does({ type: 'next' });
    assert.deepEqual(player.takes(), [{ action: 'next', filter: 'any' }]);
    player.hears({ type: 'left' });
    assert.deepEqual([screen(player), player.state.chat, player.state.search.confirmed], ['queue', null, false]);
    assert.equal(screen(player.hears(matched('p2'))), 'chat');
  });
  test('Next pressed twice is said once', () =>
    assert.equal(inChat().does({ type: 'next' }).does({ type: 'next' }).takes().length, 1));
  test('the leave of Next stands even if its join is refused', () => {
    const player = inChat().does({ type: 'next' }).hears({ type: 'left' });
    player.hears(refusal('cooldown', { action: 'next', retryAfterMs: 2_000 }));
    assert.deepEqual([screen(player), player.state.chat], ['find', null]);
  });
  test('a Next that is refused before it left changes nothing', () => {
    const player = inChat().does({ type: 'next' }).hears(refusal('rate_limited', { action: 'next' }));
    assert.deepEqual([screen(player), player.state.leaving, player.state.chat.ended], ['chat', null, null]);
  });
  test('when the peer was faster, Next only joins', () => {
    const player = inChat().does({ type: 'next' }).hears({ type: 'peer_left', peer: 'p1', reason: 'left' });
    player.takes();
    player.hears(refusal('not_paired', { action: 'next' }));
    assert.deepEqual(player.takes().map(({ action }) => action), ['join']);
    assert.equal(screen(player), 'queue');
  });
  test('after the peer left, Next joins', () => {
    const player = inChat().hears({ type: 'peer_left', peer: 'p1', reason: 'next' });
    assert.deepEqual(player.state.chat.ended, { reason: 'next', byMe: false });
    assert.deepEqual(player.does({ type: 'next' }).takes().map(({ action }) => action), ['join']);
  });
  test('Leave goes to the filters, or home', () => {
    assert.equal(screen(inChat().does({ type: 'leave', home: false }).hears({ type: 'left' })), 'find');
    assert.equal(screen(inChat().does({ type: 'leave', home: true }).hears({ type: 'left' })), 'home');
    const ended = inChat().hears({ type: 'peer_left', peer: 'p1', reason: 'left' }).does({ type: 'leave', home: true });
    assert.deepEqual([screen(ended), ended.takes(), ended.state.chat], ['home', [], null]);
  });
  test('a goodbye said without a connection is said after hello', () => {
    const player = inChat().loses().does({ type: 'leave', home: false });
    assert.deepEqual(player.takes(), []);
    assert.deepEqual(player.returns(paired()).takes(), [{ action: 'leave' }]);
    const next = inChat().loses().does({ type: 'next' });
    assert.deepEqual(next.returns(paired()).takes(), [{ action: 'next', filter: 'any' }]);
  });
  test('a goodbye is not repeated when hello says that it was heard', () => {
    const player = inChat().does({ type: 'leave', home: false }).loses();
    player.takes();
    assert.deepEqual(player.returns(hello()).takes(), []);
    assert.equal(screen(player), 'find');
  });
  test('frames about an earlier peer change nothing', () => {
    const player = inChat();
    const before = player.state.chat;
    for (const frame of [
      { type: 'peer_left', peer: 'p0', reason: 'left' },
      { type: 'peer_away', peer: 'p0', until: null },
      { type: 'peer_back', peer: 'p0' },
      { type: 'typing', from: 'p0', typing: true },
      { type: 'msg', from: 'p0', id: 'x', text: 'late' },
    ]) player.hears(frame);
    assert.equal(player.state.chat, before);
    assert.deepEqual(player.takes(), []);
  });
});

describe('hello is the truth', () => {
  const everywhere = {
    'at the start': () => new Player().does({ type: 'link_connecting' }),
    'at the filters': () => atFilters().loses(),
    'in the queue': () => inQueue().loses(),
    'in a chat': () => inChat().loses(),
    'in a chat that ended': () => inChat().hears({ type: 'peer_left', peer: 'p1', reason: 'left' }).loses(),
    'while leaving by Next': () => inChat().does({ type: 'next' }).loses(),
    'replaced': () => inChat().hears({ type: 'replaced' }).loses(null, 'replaced'),
    'banned': () => inChat().hears({ type: 'banned', until: 1 }).loses(null, 'banned'),
  };
  for (const [where, make] of Object.entries(everywhere)) {
    test(`${where}: waiting shows the queue`, () => {
      const player = make().returns(waiting('male', 500_000));
      assert.deepEqual([screen(player), player.state.search.filter, player.state.chat], ['queue', 'male', null]);
      assert.equal(player.takes().at(-1).action, 'why');
    });
    test(`${where}: paired with somebody new opens that chat`, () => {
      const player = make().returns(paired('p9'));
      assert.deepEqual([screen(player), player.state.chat.peer, player.state.chat.resumed], ['chat', 'p9', true]);
    });
    test(`${where}: idle leaves nobody in a queue or an open chat`, () => {
      const player = make().returns(hello());
      assert.equal(player.state.search, null);
      assert.ok(player.state.chat === null || player.state.chat.ended !== null);
      assert.ok(!['queue', 'replaced', 'banned'].includes(screen(player)));
    });
  }
  test('a chat that is still open goes on as it was', () => {
    const player = inChat().says('hi').loses().returns(paired());
    assert.deepEqual([screen(player), player.log], ['chat', ['> hi [sent]']]);
  });
  test('a chat that ended meanwhile says so, and keeps what was written on the screen', () => {
    const player = inChat().says('hi').loses().returns(hello());
    assert.deepEqual([screen(player), player.log], ['chat', ['> hi [lost]']]);
    assert.equal(player.state.chat.ended.reason, 'line');
  });
  test('a place in the queue that was given up is said', () =>
    assert.match(inQueue().loses().returns(hello()).state.notice.text, /given up/));
  test('the time waited goes on over a reconnect', () => {
    const player = inQueue();
    const { since } = player.state.search;
    player.passes(3_000).loses().passes(1_000).returns(waiting('any', since + 777));
    assert.equal(player.state.search.since, since);
  });
});

describe('the line', () => {
  test('replaced says so and does not reconnect', () => {
    const player = inChat().hears({ type: 'replaced' }).loses(null, 'replaced');
    assert.deepEqual([screen(player), player.state.link.status, player.did('connect')], ['replaced', 'stopped', 0]);
    player.does({ type: 'retry_link' });
    assert.equal(player.did('connect'), 1);
  });
  test('close 4001 without the frame means the same', () => assert.equal(screen(inChat().loses(null, 'replaced')), 'replaced'));
  test('banned shows until when', () => {
    const player = inChat().hears({ type: 'banned', until: 7 }).loses(null, 'banned');
    assert.deepEqual([screen(player), player.state.bannedUntil], ['banned', 7]);
  });
  test('there is no way home from a ban', () =>
    assert.equal(screen(inChat().hears({ type: 'banned', until: 7 }).does({ type: 'home' })), 'banned'));
  test('a restart of the server is told apart from a lost line', () => {
    const player = inChat().hears({ type: 'server_restarting', reconnectInMs: 1_200 }).loses(1_200);
    assert.deepEqual([player.state.link.restarting, player.state.link.retryAt], [true, player.now + 1_200]);
    assert.equal(player.returns(paired()).state.link.restarting, false);
  });
  test('silence in a chat is probed, and an answer of any kind is a sign of life', () => {
    const player = inChat();
    player.passes(8_000);
    assert.deepEqual(player.takes(), [{ action: 'why' }]);
    player.hears(refusal('not_waiting', { action: 'why' })).passes(7_000);
    assert.equal(player.did('connect'), 0);
    assert.deepEqual([screen(player), player.state.notice], ['chat', null]);
  });
  test('a probe without an answer replaces the line', () => {
    const player = inChat();
    for (let second = 0; second < 16; second += 1) player.passes(1_000);
    assert.equal(player.did('connect'), 1);
  });
  test('a dead line is noticed in the queue too, though the place is asked for all the time', () => {
    const player = inQueue();
    for (let second = 0; second < 20; second += 1) player.passes(1_000);
    assert.ok(player.did('connect') >= 1);
  });
  test('an idle page probes nothing', () => assert.deepEqual(atFilters().passes(600_000).takes(), []));
});

test('the same events give the same page, and no event changes the state it was given', () => {
  const play = () => inChat().says('hi').hears({ type: 'msg', from: 'p1', id: '1', text: 'yo' }).loses().returns(paired());
  assert.deepEqual(play().state, play().state);
  const player = inChat();
  const before = structuredClone(player.state);
  const { state } = player;
  player.says('one').hears({ type: 'peer_away', peer: 'p1', until: null }).loses().returns(hello());
  assert.deepEqual(state, before);
});
