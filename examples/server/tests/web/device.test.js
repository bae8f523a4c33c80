/** What a browser remembers of itself. */
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { deviceId, isKnown, recallPool, rememberPool } from '../../web/js/device.js';

/** @returns {Storage} */
function storage() {
  /** @type {Map<string, string>} */
  const kept = new Map();
  return /** @type {Storage} */ (/** @type {unknown} */ ({
    getItem: (/** @type {string} */ key) => kept.get(key) ?? null,
    setItem: (/** @type {string} */ key, /** @type {string} */ value) => void kept.set(key, value),
  }));
}

test('two identical browsers are two devices, each with 128 random bits of its own', () => {
  const [one, other] = [deviceId(storage()), deviceId(storage())];
  assert.match(one, /^[0-9a-f]{32}$/);
  assert.notEqual(one, other);
});

test('a browser stays the same device as long as its storage is kept', () => {
  const kept = storage();
  assert.equal(isKnown(kept), false);
  assert.equal(deviceId(kept), deviceId(kept));
  assert.equal(isKnown(kept), true);
});

test('a browser that stores nothing has a device for the visit', () => {
  const closed = /** @type {Storage} */ (/** @type {unknown} */ ({
    getItem: () => { throw new Error('refused'); },
    setItem: () => { throw new Error('refused'); },
  }));
  assert.match(deviceId(closed), /^[0-9a-f]{32}$/);
});

test('where to look is remembered until it is forgotten', () => {
  const kept = storage();
  assert.equal(recallPool(kept), null);
  rememberPool(kept, 'eu');
  assert.equal(recallPool(kept), 'eu');
  rememberPool(kept, null);
  assert.equal(recallPool(kept), null);
});
