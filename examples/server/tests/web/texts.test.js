/** Names, sentences and what the browser remembers. */

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { deviceId, isKnown, recall, remember } from '../../web/js/device.js';
import { nickname } from '../../web/js/names.js';
import * as sentences from '../../web/js/sentences.js';

/** A `localStorage` for one test. */
class Shelf {
  items = new Map();
  getItem = (key) => this.items.get(key) ?? null;
  setItem = (key, value) => this.items.set(key, value);
}

const BROKEN = {
  getItem: () => { throw new Error('denied'); },
  setItem: () => { throw new Error('denied'); },
};

describe('nicknames', () => {
  test('every one fits the limit and is two plain words', () => {
    for (let a = 0; a < 1; a += 0.005) {
      for (let b = 0; b < 1; b += 0.005) {
        let call = 0;
        assert.match(nickname(() => (call++ === 0 ? a : b)), /^[A-Z][a-z]+ [A-Z][a-z]+$/);
      }
    }
    assert.ok(nickname(() => 0.9999999).length <= 30);
  });
  test('a re-roll always changes something', () => {
    for (const roll of [0, 0.5, 0.9999999]) {
      const first = nickname(() => roll);
      assert.notEqual(nickname(() => roll, first), first);
    }
  });
});

describe('the device', () => {
  test('the id is 128 bits in hex, made once and kept', () => {
    const shelf = new Shelf();
    assert.equal(isKnown(shelf), false);
    const id = deviceId(shelf);
    assert.match(id, /^[0-9a-f]{32}$/);
    assert.deepEqual([deviceId(shelf), isKnown(shelf)], [id, true]);
    assert.notEqual(deviceId(new Shelf()), id);
  });
  test('a damaged id is replaced', () => {
    const shelf = new Shelf();
    shelf.setItem('anonchat.device', 'short');
    assert.match(deviceId(shelf), /^[0-9a-f]{32}$/);
  });
  test('nickname and bio are remembered, and nothing else', () => {
    const shelf = new Shelf();
    deviceId(shelf);
    remember(shelf, { nickname: 'A', bio: 'b', secret: 'c' });
    assert.deepEqual(recall(shelf), { nickname: 'A', bio: 'b' });
    assert.deepEqual([...shelf.items.keys()].sort(), ['anonchat.device', 'anonchat.profile']);
    assert.ok(![...shelf.items.values()].join().includes('secret'));
  });
  test('a browser that stores nothing, or nonsense, is served all the same', () => {
    assert.match(deviceId(BROKEN), /^[0-9a-f]{32}$/);
    assert.deepEqual(recall(BROKEN), {});
    remember(BROKEN, { nickname: 'A', bio: '' });
    for (const text of ['null', '{', '[]', '7', '{"nickname":7}']) {
      const shelf = new Shelf();
      shelf.setItem('anonchat.profile', text);
      assert.deepEqual(recall(shelf), {});
    }
  });
});

describe('sentences', () => {
  test('every code of the protocol has one', () => {
    const codes = `cooldown daily_limit daily_total already_waiting already_paired not_paired unknown_peer already_reported
      too_many_blocks verification_required verification_invalid too_long empty contact_details profanity rate_limited unavailable`;
    for (const code of codes.split(/\s+/)) {
      const text = sentences.refusalText({ code, message: 'raw' });
      assert.match(text, /^[A-Z].*\.$/s, code);
      assert.notEqual(text, 'raw');
    }
  });
  test('durations are rounded up and clocks run', () => {
    assert.deepEqual([1, 4_001, 59_999, 60_001, 3_600_000, 5_400_000].map(sentences.duration), ['1 s', '5 s', '1 min', '2 min', '1 h', '1 h 30 min']);
    assert.deepEqual([0, 61_999, 600_000].map(sentences.clock), ['0:00', '1:01', '10:00']);
  });
  test('9999 left means no limit', () =>
    assert.deepEqual([0, 5, 9999, undefined].map((left) => sentences.leftToday(left, 9999)), ['0 left today', '5 left today', 'no limit', '']));
  test('an estimate is told as one, and no estimate is no sentence', () => {
    assert.equal(sentences.estimateText(25_000), 'It may take about 25 s more.');
    assert.equal(sentences.estimateText(null), '');
  });
  test('of what narrows the choice the first that is known is told, with what to do', () => {
    const rules = ['filter', 'gender', 'blocks', 'rematch', 'limit'];
    const told = rules.map((rule) => sentences.narrowingText([rule]));
    assert.equal(new Set(told).size, rules.length);
    for (const text of told) assert.match(text, /^[A-Z].*\.$/s);
    assert.match(sentences.narrowingText(['filter', 'blocks']), /filter narrows.*anyone would be quicker/);
    assert.match(sentences.narrowingText(['blocks', 'filter']), /^Your blocks/);
    assert.match(sentences.narrowingText(['weather', 'gender']), /no gender/);
    assert.deepEqual([[], ['weather'], ['constructor']].map(sentences.narrowingText), ['', '', '']);
  });
  test('every way in which a chat ends is told apart', () => {
    const all = ['left', 'next', 'lost', 'banned', 'line'].map((reason) => sentences.endingText(reason, false, 'B'));
    all.push(sentences.endingText('blocked', true, 'B'));
    assert.equal(new Set(all).size, 6);
    // Somebody who was blocked is not told so.
    assert.equal(sentences.endingText('blocked', false, 'B'), sentences.endingText('left', false, 'B'));
  });
});
