/**
 * Several pools, two browsers, one real server: a choice is offered, kept, and parts people.
 *
 * `ANONCHAT_SERVER` names the built server.
 */

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';

import { Person } from './person.js';
import { startBrowser, startServer } from './stage.js';

/** @type {Awaited<ReturnType<typeof startServer>>} */
let server;
/** @type {Awaited<ReturnType<typeof startBrowser>>} */
let stage;

before(async () => {
  server = await startServer(['--pools', 'eu,us']);
  stage = await startBrowser({ camera: false });
});

after(async () => {
  await stage?.stop();
  await server?.stop();
});

const where = (person) => person.page.getByLabel('Where', { exact: true });

describe('a server with several pools', () => {
  test('lets people choose by keyboard, remembers it, and lets those meet who are in the same', async () => {
    const ann = await Person.open(stage.browser, server.url);
    const bob = await Person.open(stage.browser, server.url);
    try {
      await ann.enters({ nickname: 'Quiet Otter' });
      await bob.enters({ nickname: 'Sunny Heron' });
      assert.deepEqual(await where(ann).locator('option').allTextContents(), ['eu', 'us']);
      assert.equal(await where(ann).inputValue(), 'eu');
      await where(ann).focus();
      await ann.page.keyboard.press('ArrowDown');
      await ann.page.waitForFunction(() => localStorage.getItem('anonchat.pool') === 'us');
      await ann.page.locator('.link[data-status="open"]').waitFor();
      await ann.searches();
      await bob.searches();
      for (const one of [ann, bob]) await one.arrives('Looking for somebody');
      // They wait in different pools, until one goes where the other is.
      await bob.press('Cancel');
      await bob.arrives('Who would you like to meet?');
      await where(bob).selectOption('us');
      await bob.page.locator('.link[data-status="open"]').waitFor();
      await bob.sees('Find somebody');
      await bob.page.waitForFunction(() => document.querySelector('[data-ref="find"]')?.getAttribute('aria-disabled') === 'false');
      await bob.searches();
      await bob.arrives('Quiet Otter');
      await ann.arrives('Sunny Heron');
      await ann.page.reload();
      await ann.arrives('Sunny Heron');
    } finally {
      await Promise.all([ann.close(), bob.close()]);
    }
  });
});
