/** The page that describes the REST routes, in a real browser. */

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

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

test('shows every route that the server describes, and opens the one of its address', async () => {
  const described = await (await fetch(new URL('openapi.json', server.url))).json();
  const page = await stage.browser.newPage();
  const troubles = [];
  page.on('console', (message) => message.type() === 'error' && troubles.push(message.text()));
  page.on('pageerror', (error) => troubles.push(String(error)));
  await page.goto(new URL('docs#ban', server.url).href);
  await page.locator('[data-ref="chapters"][aria-busy="false"]').waitFor();
  const shown = await page.locator('.route[id] > summary > code').allTextContents();
  assert.deepEqual([...new Set(shown)].sort(), Object.keys(described.paths).sort());
  assert.equal(await page.locator('#ban').getAttribute('open'), '');
  assert.equal(await page.locator('#ban').getByText('BanOrder as application/json').isVisible(), true);
  assert.equal(await page.locator('#lift').getAttribute('open'), null);
  assert.equal(await page.locator('[data-ref="trouble"]').isVisible(), false);
  assert.deepEqual(troubles, []);
  await page.close();
});

test('says so when there is no description to be had', async () => {
  const page = await stage.browser.newPage();
  await page.route('**/openapi.json', (route) => route.fulfill({ status: 503, body: '' }));
  await page.goto(new URL('docs', server.url).href);
  await page.getByRole('alert').waitFor();
  assert.match(await page.getByRole('alert').innerText(), /could not be loaded/);
  await page.close();
});
