/** Frames: everything of the protocol is read, and nothing whatsoever makes the reader throw. */

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { charCount, decode, encode } from '../../web/js/protocol.js';

const read = (frame) => decode(JSON.stringify(frame));
const NATIVE_HELLO = {
  type: 'hello', v: 1, phase: 'idle', gender: null, verification: 'optional',
  limits: { male: 5, female: 5, 'non-binary': 5, 'prefer-not-to-say': 5 },
  text: { message_chars: 500, nickname_chars: 30, bio_chars: 140 },
  grace_ms: 15000, pools: ['main'], reports: ['harassment', 'spam', 'minor', 'explicit', 'other'],
};

describe('hello', () => {
  test('the example of the specification is read', () =>
    assert.deepEqual(read(NATIVE_HELLO), {
      type: 'hello',
      phase: { name: 'idle' },
      gender: null,
      verification: 'optional',
      text: { message: 500, nickname: 30, bio: 140 },
      graceMs: 15000,
      pools: ['main'],
      reports: NATIVE_HELLO.reports,
      limits: NATIVE_HELLO.limits,
    }));
  test('waiting carries filter and since', () =>
    assert.deepEqual(read({ ...NATIVE_HELLO, phase: 'waiting', filter: 'male', since: 7 }).phase, { name: 'waiting', filter: 'male', since: 7 }));
  test('paired carries the peer, the profile and whether they are there', () => {
    const peer_profile = { nickname: 'B', gender: 'female', bio: 'hm' };
    const profile = { nickname: 'B', gender: 'female', bio: 'hm' };
    assert.deepEqual(read({ ...NATIVE_HELLO, phase: 'paired', peer: 'p', peer_profile, peer_present: false }).phase, {
      name: 'paired', peer: 'p', profile, present: false,
    });
    assert.equal(read({ ...NATIVE_HELLO, phase: 'paired', peer: 'p', peer_profile }).phase.present, true);
  });
  test('paired with nobody, and an unknown phase, mean nothing', () => {
    assert.equal(read({ ...NATIVE_HELLO, phase: 'paired' }), null);
    assert.equal(read({ ...NATIVE_HELLO, phase: 'asleep' }), null);
  });
  test('what is missing gets its default', () =>
    assert.deepEqual(read({ type: 'hello', phase: 'idle' }), {
      type: 'hello', phase: { name: 'idle' }, gender: null, verification: 'optional',
      text: { message: 500, nickname: 30, bio: 140 }, graceMs: 15000, pools: [],
      reports: ['harassment', 'spam', 'minor', 'explicit', 'other'],
    }));
});

describe('frames of the server', () => {
  const limits = { male: 4, female: 5 };
  /** @type {[object, object][]} */
  const frames = [
    [{ type: 'daily_limits', limits }, { type: 'daily_limits', limits }],
    [{ type: 'queued', filter: 'any', limits }, { type: 'queued', filter: 'any', limits }],
    [
      { type: 'matched', peer: 'p', peer_profile: { nickname: 'UserB', gender: 'female' }, peer_gender: 'female', limits },
      { type: 'matched', peer: 'p', profile: { nickname: 'UserB', gender: 'female', bio: null }, limits },
    ],
    [
      { type: 'matched', peer: 'p', peer_profile: { nickname: null, gender: '?' }, peer_gender: null },
      { type: 'matched', peer: 'p', profile: { nickname: null, gender: null, bio: null } },
    ],
    [{ type: 'msg', from: 'p', id: 'c1', text: '<b>' }, { type: 'msg', from: 'p', id: 'c1', text: '<b>' }],
    [{ type: 'msg', from: 'p', text: 'old' }, { type: 'msg', from: 'p', id: null, text: 'old' }],
    [{ type: 'ack', id: 'c1' }, { type: 'ack', id: 'c1' }],
    [{ type: 'typing', from: 'p' }, { type: 'typing', from: 'p', typing: true }],
    [{ type: 'typing', from: 'p', typing: false }, { type: 'typing', from: 'p', typing: false }],
    [{ type: 'left' }, { type: 'left' }],
    [{ type: 'declared', gender: 'male' }, { type: 'declared', gender: 'male' }],
    [{ type: 'peer_away', peer: 'p', until: 9 }, { type: 'peer_away', peer: 'p', until: 9 }],
    [{ type: 'peer_back', peer: 'p' }, { type: 'peer_back', peer: 'p' }],
    [{ type: 'peer_left', peer: 'p', reason: 'lost' }, { type: 'peer_left', peer: 'p', reason: 'lost' }],
    [{ type: 'peer_left', peer: 'p' }, { type: 'peer_left', peer: 'p', reason: 'left' }],
    [{ type: 'reported', target: 'p' }, { type: 'reported' }],
    [{ type: 'blocked', peer: 'p', block: 'b' }, { type: 'blocked', peer: 'p', block: 'b' }],
    [{ type: 'unblocked', block: 'b' }, { type: 'unblocked', block: 'b' }],
    [{ type: 'replaced' }, { type: 'replaced' }],
    [{ type: 'banned', until: 9 }, { type: 'banned', until: 9 }],
    [{ type: 'server_restarting', reconnect_in_ms: 1200 }, { type: 'server_restarting', reconnectInMs: 1200 }],
    [
      { type: 'waiting', since: 1, position: 2, people: 17, narrowed_by: ['filter'], estimate_ms: null },
      { type: 'waiting', since: 1, position: 2, people: 17, narrowedBy: ['filter'], estimateMs: null },
    ],
    [
      { type: 'error', message: 'm', code: 'cooldown', until: 1, retry_after_ms: 2, action: 'join', id: 'c' },
      { type: 'error', message: 'm', code: 'cooldown', until: 1, retryAfterMs: 2, action: 'join', id: 'c' },
    ],
    [
      { type: 'error', message: 'm' },
      { type: 'error', message: 'm', code: 'unknown', until: null, retryAfterMs: null, action: null, id: null },
    ],
  ];
  for (const [wire, frame] of frames) test(JSON.stringify(wire), () => assert.deepEqual(read(wire), frame));
  test('unknown members are ignored', () => assert.deepEqual(read({ type: 'left', mood: 'blue' }), { type: 'left' }));
  test('9999 is passed on as it is', () => assert.equal(read({ type: 'left', limits: { male: 9999 } }).limits.male, 9999));
});

describe('anything else', () => {
  const nothing = [
    undefined, null, 7, {}, new ArrayBuffer(4), '', ' ', '{', 'null', '[]', '"hello"', '7', '{}', '{"type":7}', '{"type":"new_kind"}',
    '{"type":"msg"}', '{"type":"msg","from":"","text":"x"}', '{"type":"msg","from":"p","text":7}', '{"type":"ack"}', '{"type":"ack","id":{}}',
    '{"type":"matched"}', '{"type":"matched","peer":null}', '{"type":"__proto__"}', '{"type":"constructor"}', '{"type":"toString"}',
    '{"type":"declared","gender":"cat"}', '{"type":"blocked","peer":"p"}', '{"type":"hello"}',
  ];
  for (const [index, data] of nothing.entries()) {
    test(`means nothing: ${index} ${typeof data === 'string' ? data : Object.prototype.toString.call(data)}`, () => assert.equal(decode(data), null));
  }
  test('limits of a wrong shape are left out', () => {
    assert.deepEqual(read({ type: 'left', limits: [1] }), { type: 'left' });
    assert.deepEqual(read({ type: 'left', limits: { male: 'x', cat: 3, female: -2, __proto__: 1 } }).limits, { female: 0 });
  });
  test('100,000 mutilated frames never throw', () => {
    const wire = JSON.stringify({ ...NATIVE_HELLO, phase: 'paired', peer: 'p', peer_profile: { nickname: 'B' } });
    const values = [null, true, -1, 1e999, '', 'x', [], {}, [[]], { male: {} }];
    const names = ['phase', 'gender', 'limits', 'text', 'reports', 'peer', 'peer_profile', 'from', 'id', 'until', 'narrowed_by'];
    const types = ['hello', 'matched', 'msg', 'error', 'waiting', 'peer_away', 'typing', 'declared', 'server_restarting', 'x'];
    let seed = 1;
    const roll = (below) => (seed = (seed * 48271) % 2147483647) % below;
    for (let n = 0; n < 50_000; n += 1) {
      const at = roll(wire.length);
      decode(wire.slice(0, at) + String.fromCharCode(roll(0x300)) + wire.slice(at + roll(4)));
      read({ type: types[roll(types.length)], [names[roll(names.length)]]: values[roll(values.length)], [names[roll(names.length)]]: values[roll(values.length)] });
    }
  });
});

test('a request is one line of JSON', () =>
  assert.equal(encode({ action: 'msg', peer: 'p', id: 'c1', text: 'a\nb' }), '{"action":"msg","peer":"p","id":"c1","text":"a\\nb"}'));

test('characters are counted as people do, not as UTF-16', () => assert.deepEqual([charCount('añ👋'), '👋'.length], [3, 2]));
