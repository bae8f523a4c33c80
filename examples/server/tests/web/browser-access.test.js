/** For everybody: keyboard, screen reader, small screens, light and dark, below a prefix, under the strict policy. */

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';

import { faint, misfits } from './eyesight.js';
import { Person } from './person.js';
import { startBrowser, startServer } from './stage.js';

let server;
let stage;

before(async () => {
  server = await startServer();
  stage = await startBrowser();
});

after(async () => {
  await stage?.stop();
  await server?.stop();
});

const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; media-src 'self' blob:; connect-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'";

test('the page is served with the strict policy', async () => {
  const response = await fetch(server.url, { headers: { Accept: 'text/html' } });
  const served = new Map((response.headers.get('content-security-policy') ?? '').split(';').map((part) => {
    const [name = '', ...sources] = part.trim().split(/\s+/);
    return [name, sources.sort().join(' ')];
  }));
  for (const part of POLICY.split(';')) {
    const [name = '', ...sources] = part.trim().split(/\s+/);
    assert.equal(served.get(name), sources.sort().join(' '), name);
  }
});

test('the policy would be noticed if it were violated', async () => {
  const ann = await Person.open(stage.browser, server.url);
  await ann.page.evaluate(() => document.body.setAttribute('style', 'color: red'));
  await ann.page.waitForFunction(() => true);
  assert.ok(ann.wrongs.some((wrong) => /policy/i.test(wrong)));
  await ann.context.close();
});

describe('by keyboard alone', () => {
  /** Presses Tab until the focus is on what has this name. @param {Person} person @param {RegExp} name */
  async function tabTo(person, name) {
    for (let step = 0; step < 40; step += 1) {
      await person.page.keyboard.press('Tab');
      const focused = await person.page.evaluate(() => {
        const element = document.activeElement;
        const label = element instanceof HTMLInputElement || element instanceof HTMLTextAreaElement ? element.labels?.[0]?.textContent : null;
        return (element?.getAttribute('aria-label') ?? label ?? element?.textContent ?? '').trim();
      });
      if (name.test(focused)) return;
    }
    assert.fail(`Tab never reaches ${name}`);
  }

  async function walkIn(person) {
    await tabTo(person, /^Start$/);
    await person.page.keyboard.press('Enter');
    await person.arrives('A quick look, then forgotten');
    await tabTo(person, /^Skip for now$/);
    await person.page.keyboard.press('Enter');
    await person.arrives('Who are you today?');
    await tabTo(person, /^Another name$/);
    await person.page.keyboard.press('Space');
    await tabTo(person, /^Continue$/);
    await person.page.keyboard.press('Enter');
    await person.arrives('Who would you like to meet?');
    await tabTo(person, /^Anyone/);
    await tabTo(person, /^Find somebody/);
    await person.page.keyboard.press('Enter');
  }

  test('one comes in, meets somebody, talks, reports and goes on', async () => {
    const ann = await Person.open(stage.browser, server.url);
    const bob = await Person.open(stage.browser, server.url);
    await walkIn(ann);
    await ann.arrives('Looking for somebody');
    await bob.enters({ nickname: 'Sunny Heron' });
    await bob.searches();
    await ann.arrives('Sunny Heron');
    // No Tab: whoever begins to write, writes.
    await ann.page.keyboard.type('typed');
    await ann.page.keyboard.press('Enter');
    await bob.reads(['< typed']);
    await tabTo(ann, /^Report$/);
    await ann.page.keyboard.press('Enter');
    await ann.page.getByRole('dialog').waitFor();
    await tabTo(ann, /^Harassment/);
    await ann.page.keyboard.press('Space');
    await ann.page.keyboard.press('ArrowDown');
    assert.equal(await ann.page.getByRole('radio', { name: /^Spam/ }).isChecked(), true);
    await tabTo(ann, /^Send the report$/);
    await ann.page.keyboard.press('Enter');
    await ann.sees('Your report was received.');
    await ann.page.getByRole('dialog').waitFor({ state: 'hidden' });
    assert.match(await ann.page.evaluate(() => document.activeElement?.textContent ?? ''), /Report/, 'the focus is back where it was');
    await tabTo(ann, /^Leave$/);
    await ann.page.keyboard.press('Enter');
    await ann.arrives('Who would you like to meet?');
    await ann.close();
    await bob.close();
  });

  test('the focus can be seen wherever it is', async () => {
    const ann = await Person.open(stage.browser, server.url);
    await ann.enters();
    for (let step = 0; step < 12; step += 1) {
      await ann.page.keyboard.press('Tab');
      const seen = await ann.page.evaluate(() => {
        const element = document.activeElement;
        if (element === document.body || element === null) return true;
        return [element, element.closest('label')].some((box) => box !== null && getComputedStyle(box).outlineStyle !== 'none');
      });
      assert.ok(seen, `after ${step + 1} Tabs`);
    }
    await ann.close();
  });
});

describe('for a screen reader', () => {
  test('there are landmarks, one heading a screen, a log and a line for what happens', async () => {
    const ann = await Person.open(stage.browser, server.url);
    const bob = await Person.open(stage.browser, server.url);
    for (const role of ['banner', 'main', 'contentinfo']) await ann.page.getByRole(role).waitFor();
    assert.equal(await ann.page.getByRole('heading', { level: 1 }).count(), 1);
    await ann.enters({ nickname: 'Quiet Otter' });
    await bob.enters({ nickname: 'Sunny Heron' });
    await ann.searches();
    await ann.arrives('Looking for somebody');
    await bob.searches();
    await ann.arrives('Sunny Heron');
    assert.match((await ann.page.getByRole('status').textContent()) ?? '', /You are now talking with Sunny Heron/);
    await bob.says('hello');
    await ann.page.getByRole('log', { name: 'Messages' }).getByText('Sunny Heron: ').waitFor({ state: 'attached' });
    await bob.page.getByRole('img', { name: 'Delivered' }).waitFor();
    assert.match(await ann.page.title(), /Sunny Heron/);
    await ann.close();
    await bob.close();
  });
});

describe('to the eye', () => {
  for (const colorScheme of /** @type {const} */ (['light', 'dark'])) {
    test(`everything is readable and fits a phone of 360 px, ${colorScheme}`, async () => {
      const options = { viewport: { width: 360, height: 640 }, colorScheme, reducedMotion: /** @type {const} */ ('reduce') };
      const ann = await Person.open(stage.browser, server.url, options);
      const bob = await Person.open(stage.browser, server.url);
      const look = async (where) => {
        assert.deepEqual(await faint(ann.page), [], `${where}, ${colorScheme}`);
        assert.deepEqual(await misfits(ann.page), [], where);
      };
      await look('home');
      await ann.press('Start');
      await ann.arrives('A quick look, then forgotten');
      await look('consent');
      await ann.page.getByRole('checkbox').check();
      await ann.press('Open the camera');
      await ann.button('Take the picture').waitFor();
      await look('camera');
      await ann.press('Skip for now');
      await ann.arrives('Who are you today?');
      await ann.page.getByLabel('Nickname').fill('Quiet Otter');
      await look('profile');
      await ann.press('Continue');
      await ann.arrives('Who would you like to meet?');
      await look('filters');
      await ann.searches();
      await ann.arrives('Looking for somebody');
      await look('queue');
      await bob.enters({ nickname: 'Cheerful Starling of the sea' });
      await bob.searches();
      await ann.arrives('Cheerful Starling of the sea');
      await ann.says('x'.repeat(200));
      await bob.says('unbreakable'.repeat(12));
      await ann.marked('Delivered');
      await look('chat');
      await ann.press('Report');
      await ann.page.getByRole('radio', { name: /^Spam/ }).check();
      await look('report');
      await ann.press('Cancel');
      await bob.press('Leave');
      await ann.sees('left the chat');
      await look('ending');
      await ann.close();
      await bob.close();
    });
  }

  test('nothing moves for those who do not want it', async () => {
    const ann = await Person.open(stage.browser, server.url, { reducedMotion: 'reduce' });
    await ann.enters();
    await ann.searches();
    await ann.arrives('Looking for somebody');
    assert.equal(await ann.page.evaluate(() => document.getAnimations().length), 0);
    await ann.press('Cancel');
    await ann.arrives('Who would you like to meet?');
    await ann.close();
  });
});

test('the page works below a prefix, with its server beside it', async () => {
  const context = await stage.browser.newContext();
  const page = await context.newPage();
  const sockets = [];
  await page.routeWebSocket(/./, (socket) => void sockets.push(socket.url()));
  await page.route('**/some/place/**', async (route) => {
    const answer = await fetch(route.request().url().replace('/some/place/', '/'), { headers: { Accept: 'text/html,*/*' } });
    await route.fulfill({ status: answer.status, contentType: answer.headers.get('content-type') ?? '', body: Buffer.from(await answer.arrayBuffer()) });
  });
  await page.goto(`${server.url}some/place/`);
  await page.getByRole('button', { name: 'Start', exact: true }).click();
  await page.getByText('Connecting…').first().waitFor();
  assert.equal(sockets.length, 1);
  assert.match(sockets[0], /^ws:\/\/127\.0\.0\.1:\d+\/some\/place\/ws\?device_id=[0-9a-f]{32}&v=1$/);
  await context.close();
});
