/** The page understands every frame of the golden files that the server's own tests write. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';

import { decode } from '../../web/js/protocol.js';

/** @param {string} name @returns {Record<string, any>} */
const golden = (name) =>
  JSON.parse(readFileSync(new URL(`../../../../anonchat-core/tests/wire/${name}.json`, import.meta.url), 'utf8'));

for (const kind of ['native', 'plain']) {
  for (const [name, frame] of Object.entries(golden(kind))) {
    test(`the ${kind} frame ${name} is understood`, () => {
      const read = decode(JSON.stringify(frame));
      assert.equal(read?.type, frame.type);
      assert.deepEqual(read?.limits, frame.limits);
      for (const member of ['peer', 'from', 'id', 'code', 'message', 'reason', 'position', 'people']) {
        if (member in frame && read !== null && member in read) {
          assert.equal(/** @type {any} */ (read)[member], frame[member], member);
        }
      }
    });
  }
}

test('the golden files are not empty', () => {
  assert.ok(Object.keys(golden('native')).length > 15);
});
