/** The chapter "Delivery" of the protocol, and typing. */

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { hello, inChat, paired, refusal } from './player.js';

const msg = (id, text, from = 'p1') => ({ type: 'msg', from, id, text });
const away = (until = null) => ({ type: 'peer_away', peer: 'p1', until });
const back = { type: 'peer_back', peer: 'p1' };
const messages = (player) => player.takes().filter(({ action }) => action === 'msg');
const ids = (player) => messages(player).map(({ id }) => id);
const written = (player) => player.state.chat.messages.map(({ id }) => id);

/** The ids that go out while a peer acknowledges each at once. */
function flow(player) {
  const all = [];
  for (let sent = ids(player); sent.length > 0; sent = ids(player)) {
    all.push(...sent);
    for (const id of sent) player.hears({ type: 'ack', id });
  }
  return all;
}

describe('sending', () => {
  test('a message has an id of 1 to 32 characters that is unique', () => {
    const player = inChat({ idPrefix: '0123abcd' });
    const sent = flow(player.says('one').says('two').says('two'));
    assert.equal(new Set(sent).size, 3);
    for (const id of sent) assert.match(id, /^.{1,32}$/);
  });
  test('ids after a reload differ from those before', () => {
    const [before, after] = [inChat({ idPrefix: 'aa' }), inChat({ idPrefix: 'bb' })];
    assert.notDeepEqual(ids(before.says('x')), ids(after.says('x')));
  });
  test('one message is under way at a time, so that none can be overtaken', () => {
    const player = inChat().says('a').says('b').says('c');
    assert.deepEqual(player.log, ['> a [sent]', '> b [kept]', '> c [kept]']);
    assert.deepEqual(flow(player), written(player));
    assert.deepEqual(player.log, ['> a [delivered]', '> b [delivered]', '> c [delivered]']);
  });
  test('one that is not acknowledged by a peer who is there goes again after 10 s', () => {
    const player = inChat().says('a');
    const sent = ids(player);
    assert.deepEqual(ids(player.passes(9_999)), []);
    assert.deepEqual(ids(player.passes(1)), sent);
  });
  test('text is trimmed, and nothing is sent for nothing', () => {
    const player = inChat().says('  \n ').says('  hi ');
    assert.deepEqual(messages(player).map(({ text }) => text), ['hi']);
  });
  test('an acknowledgement marks the message as delivered', () => {
    const player = inChat().says('hi');
    assert.deepEqual(player.log, ['> hi [sent]']);
    player.hears({ type: 'ack', id: ids(player)[0] });
    assert.deepEqual(player.log, ['> hi [delivered]']);
  });
  test('an acknowledgement of something unknown changes nothing', () =>
    assert.deepEqual(inChat().says('hi').hears({ type: 'ack', id: 'nope' }).log, ['> hi [sent]']));
  test('the 65th unacknowledged message is refused here, and taken after an acknowledgement', () => {
    const player = inChat().hears(away());
    for (let n = 1; n <= 65; n += 1) player.says(`m${n}`);
    assert.equal(player.state.chat.messages.length, 64);
    assert.match(player.state.notice.text, /waiting to be delivered/);
    player.hears(back);
    player.hears({ type: 'ack', id: ids(player)[0] }).says('m65');
    assert.equal(player.state.chat.messages.length, 65);
  });
  test('more than the rate allows waits its turn instead of being refused', () => {
    const player = inChat().hears(away());
    for (let n = 1; n <= 64; n += 1) player.says(`m${n}`);
    player.hears(back);
    const all = flow(player);
    assert.ok(all.length < 60, `${all.length} frames at once`);
    for (let second = 0; second < 61; second += 1) {
      player.passes(1_000).hears(refusal('not_waiting', { action: 'why' }));
      all.push(...flow(player));
    }
    assert.deepEqual(all, written(player));
  });
  test('nothing is sent after the pair has ended', () =>
    assert.deepEqual(ids(inChat().hears({ type: 'peer_left', peer: 'p1', reason: 'left' }).says('x')), []));
  test('a message without an acknowledgement when the pair ends is marked as not delivered', () =>
    assert.deepEqual(inChat().says('x').hears({ type: 'peer_left', peer: 'p1', reason: 'lost' }).log, ['> x [lost]']));
});

describe('refused messages', () => {
  test('contact details are told at the message, and it is never sent again', () => {
    const player = inChat().says('me@home');
    player.hears(refusal('contact_details', { action: 'msg', id: ids(player)[0] }));
    assert.deepEqual(player.log, ['> me@home [refused]']);
    assert.match(player.state.chat.messages[0].problem, /contact details/);
    assert.deepEqual(ids(player.loses().returns(paired())), []);
  });
  test('the one after it follows', () => {
    const player = inChat().says('me@home').says('sorry');
    player.hears(refusal('contact_details', { action: 'msg', id: ids(player)[0] }));
    assert.deepEqual(messages(player).map(({ text }) => text), ['sorry']);
  });
  test('one refused for its rate goes again before all after it, when the time is over', () => {
    const player = inChat().says('a').says('b');
    player.hears(refusal('rate_limited', { action: 'msg', id: ids(player)[0], retryAfterMs: 3_000 }));
    player.says('c').passes(2_999);
    assert.deepEqual(ids(player), []);
    assert.deepEqual(flow(player.passes(1)), written(player));
  });
  test('a refusal without an id is told, and blames no message', () => {
    const player = inChat().says('a').hears(refusal('rate_limited', { action: 'msg' }));
    assert.deepEqual(player.log, ['> a [sent]']);
    assert.equal(player.state.notice.tone, 'error');
  });
});

describe('receiving', () => {
  test('a message is shown and acknowledged', () => {
    const player = inChat().hears(msg('1', 'yo'));
    assert.deepEqual([player.log, player.takes()], [['< yo'], [{ action: 'ack', peer: 'p1', id: '1' }]]);
  });
  test('a double is dropped and acknowledged again', () => {
    const player = inChat().hears(msg('1', 'yo')).hears(msg('1', 'yo'));
    assert.deepEqual([player.log, player.takes().length], [['< yo'], 2]);
  });
  test('a double is known over a reconnect', () =>
    assert.deepEqual(inChat().hears(msg('1', 'yo')).loses().returns(paired()).hears(msg('1', 'yo')).log, ['< yo']));
  test('the same id in the next pair is another message', () => {
    const player = inChat().hears(msg('1', 'yo')).hears({ type: 'peer_left', peer: 'p1', reason: 'left' });
    player.does({ type: 'next' }).hears({ type: 'matched', peer: 'p2', profile: { nickname: null, gender: null, bio: null } });
    assert.deepEqual(player.hears(msg('1', 'new', 'p2')).log, ['< new']);
  });
  test('a message without an id is shown, and there is nothing to acknowledge', () => {
    const player = inChat().hears(msg(null, 'old client')).hears(msg(null, 'old client'));
    assert.deepEqual([player.log.length, player.takes()], [2, []]);
  });
});

describe('away and back', () => {
  test('from peer_away nothing new is sent until peer_back; then all unacknowledged again, in order, with the same ids', () => {
    const player = inChat().says('a').says('b');
    player.hears({ type: 'ack', id: ids(player)[0] });
    player.takes();
    player.hears(away()).says('c').passes(12_000);
    assert.deepEqual(ids(player), []);
    assert.deepEqual(player.log, ['> a [delivered]', '> b [sent]', '> c [kept]']);
    assert.deepEqual(flow(player.hears(back)), written(player).slice(1));
  });
  test('a peer_back without a peer_away means the same', () => {
    const player = inChat().says('a');
    const sent = ids(player);
    assert.deepEqual(ids(player.hears(back)), sent);
  });
  test('the countdown ends at the time of the server, and never exceeds the grace', () => {
    const player = inChat();
    assert.equal(player.hears(away(player.now + 9_000)).state.chat.awayUntil, player.now + 9_000);
    assert.equal(player.hears(away(player.now + 9_000_000)).state.chat.awayUntil, player.now + 15_000);
    assert.equal(player.hears(away(5)).state.chat.awayUntil, player.now + 15_000);
  });
  test('after a reconnect into the same pair all unacknowledged are sent again, in order, with the same ids', () => {
    const player = inChat().says('a').says('b');
    player.takes();
    player.loses().says('c');
    assert.deepEqual(ids(player), []);
    assert.deepEqual(flow(player.returns(paired())), written(player));
  });
  test('with peer_present false in hello they wait for peer_back', () => {
    const player = inChat().says('a');
    const sent = ids(player);
    player.loses().returns(paired('p1', false));
    assert.deepEqual(ids(player), []);
    assert.deepEqual(ids(player.hears(back)), sent);
  });
  test('nothing is sent between the socket and its hello', () =>
    assert.deepEqual(ids(inChat().loses().does({ type: 'link_connecting' }).says('a')), []));
  test('a different pair gets nothing of the old one', () => {
    const player = inChat().says('secret');
    player.takes();
    assert.deepEqual(ids(player.loses().returns(paired('p2'))), []);
  });
  test('an idle hello gets nothing', () => {
    const player = inChat().says('a');
    player.takes();
    assert.deepEqual(ids(player.loses().returns(hello())), []);
  });
});

test('nothing is sent again to somebody who is being left', () => {
  const player = inChat().says('a').does({ type: 'leave', home: false });
  player.takes();
  assert.deepEqual(player.hears(back).takes(), []);
});

describe('typing', () => {
  const typing = (player) => player.takes().filter(({ action }) => action === 'typing').map((frame) => frame.typing);
  const types = { type: 'compose', empty: false };

  test('it is told at most every 3 s while typing goes on', () => {
    const player = inChat();
    for (let n = 0; n < 70; n += 1) {
      player.now += 100;
      player.does(types);
    }
    assert.deepEqual(typing(player), [true, true, true]);
  });
  test('it ends when the text is sent, and when it is cleared', () => {
    const player = inChat().does(types).says('hi');
    assert.deepEqual(typing(player), [true, false]);
    assert.deepEqual(typing(player.does(types).does({ type: 'compose', empty: true })), [true, false]);
  });
  test('an end is not told without a beginning', () =>
    assert.deepEqual(typing(inChat().does({ type: 'compose', empty: true }).says('hi')), []));
  test('nobody is told while the peer is away', () => assert.deepEqual(typing(inChat().hears(away()).does(types)), []));
  test('the typing of the peer lapses after 5 s, and the page wakes up for it', () => {
    const player = inChat().hears({ type: 'typing', from: 'p1', typing: true });
    const isTyping = () => player.state.chat.peerTypingUntil > player.state.now;
    assert.deepEqual(player.effects.at(-1), { do: 'wake', ms: 5_000 });
    assert.equal(isTyping(), true);
    player.passes(5_000);
    assert.equal(isTyping(), false);
  });
  test('a refused acknowledgement or sign of typing disturbs nobody', () => {
    const player = inChat();
    const { chat } = player.state;
    for (const action of ['ack', 'typing']) player.hears(refusal('rate_limited', { action }));
    assert.deepEqual([player.state.notice, player.state.chat], [null, chat]);
  });
  test('the typing of the peer ends with typing false, with a message and when they go away', () => {
    for (const end of [{ type: 'typing', from: 'p1', typing: false }, msg('1', 'yo'), away()]) {
      const player = inChat().hears({ type: 'typing', from: 'p1', typing: true }).hears(end);
      assert.ok(player.state.chat.peerTypingUntil <= player.now, end.type);
    }
  });
});
