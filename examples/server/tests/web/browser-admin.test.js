/** The moderators' page in a real browser, before the real server. */

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, before, describe, test } from 'node:test';

import { Moderator } from './moderator.js';
import { Person, meet } from './person.js';
import { Roommate } from './roommate.js';
import { startBrowser, startServer } from './stage.js';

let stage;

before(async () => {
  stage = await startBrowser();
});

after(async () => {
  await stage?.stop();
});

/** Markup that runs a script, if it is ever taken for markup. */
const MARKUP = '<img src=x onerror=window.struck=1><script>window.struck=1</script>';

/** What the server has printed after a name. @param {{ lines: string[] }} server @param {RegExp} pattern */
const printed = ({ lines }, pattern) => pattern.exec(lines.join('\n'))?.[1] ?? assert.fail(`The server does not print ${pattern}`);
const keyOf = (server) => printed(server, /Admin key: (\S+)/);
const linkOf = (server) => printed(server, /(http:\S+\/admin#[0-9a-f]+)/);

describe('coming in', () => {
  let server;
  before(async () => {
    server = await startServer();
  });
  after(() => server?.stop());

  test('the page is there for everybody, with 401 for those who are out, and may not use the camera', async () => {
    const page = await fetch(new URL('admin', server.url));
    assert.equal(page.status, 401);
    assert.match(await page.text(), /Admin key/);
    assert.equal(page.headers.get('cache-control'), 'no-store');
    assert.match(page.headers.get('permissions-policy'), /^camera=\(\),/);
    assert.match(page.headers.get('content-security-policy'), /^default-src 'none'; script-src 'self'; style-src 'self'/);
    const chat = await fetch(server.url, { headers: { Accept: 'text/html' } });
    assert.match(chat.headers.get('permissions-policy'), /^camera=\(self\),/);
    assert.equal((await fetch(new URL('admin.html', server.url))).status, 404, 'there is one address');
  });

  test('the printed link signs in once, and its secret leaves the address', async () => {
    const ann = await Moderator.open(stage.browser, linkOf(server));
    await ann.arrives('Right now');
    await ann.isLive();
    assert.equal(await ann.page.evaluate(() => location.href), `${server.url}admin`);
    assert.equal((await ann.page.request.get(`${server.url}admin`)).status(), 200, 'who is in gets the page with 200');
    const cookies = await ann.context.cookies();
    assert.deepEqual(cookies.map(({ name, httpOnly, sameSite }) => [name, httpOnly, sameSite]), [['anonchat-admin', true, 'Strict']]);
    const bob = await Moderator.open(stage.browser, linkOf(server));
    await bob.sees('This link is used up');
    await ann.close();
    await bob.close();
  });

  test('a wrong key is refused in words, the right one comes in, and a sign-out goes out', async () => {
    const ann = await Moderator.open(stage.browser, `${server.url}admin`);
    await ann.page.getByLabel('Admin key').fill('not the key');
    await ann.press('Sign in');
    await ann.sees('That is not the key.');
    await ann.signsIn(keyOf(server));
    await ann.page.reload();
    await ann.arrives('Right now');
    await ann.press('Sign out');
    await ann.page.getByLabel('Admin key').waitFor();
    assert.equal((await ann.page.request.get(`${server.url}admin/figures`)).status(), 401);
    assert.equal((await ann.page.request.get(`${server.url}admin`)).status(), 401);
    await ann.close();
  });
});

test('a report arrives as words, leads to a ban that is seen, and all of it is on record', async () => {
  const server = await startServer();
  const mod = await Moderator.open(stage.browser, `${server.url}admin`);
  await mod.signsIn(keyOf(server));
  await mod.goes('Reports');
  await mod.sees('Nothing to decide.');

  // Two meet, and one reports the other; nobody reloads the page.
  const [ann, bob] = [await Person.open(stage.browser, server.url), await Person.open(stage.browser, server.url)];
  await meet(ann, bob);
  await ann.press('Report');
  await ann.page.getByRole('radio', { name: /^Spam/ }).check();
  await ann.page.getByLabel(/Anything else/).fill(MARKUP);
  await ann.press('Send the report');
  await mod.sees(MARKUP);
  assert.equal(await mod.page.evaluate(() => 'struck' in window), false);
  assert.equal(await mod.page.locator('main img, main script').count(), 0);
  await mod.sees('1 of 5 reporters');

  await mod.press('Ban…');
  await mod.page.getByRole('radio', { name: '7 days' }).check();
  await mod.page.getByLabel(/Note for the record/).fill(`Links. ${MARKUP}`);
  await mod.press('Ban');
  await mod.sees('The device is banned until');
  await bob.arrives('You cannot chat for now');
  await bob.sees(/6 d|7 d|167|168/);
  await ann.sees('was removed for breaking the rules');

  await mod.goes('Bans');
  await mod.sees('in 6 days');
  await mod.press('Lift…');
  await mod.page.getByLabel(/Note for the record/).fill('Said sorry.');
  await mod.press('Lift');
  await mod.sees('The ban is lifted');
  await mod.sees('Nobody is banned.');
  await bob.page.reload();
  await bob.press('Start');
  await bob.arrives('A quick look, then forgotten');

  await mod.goes('Reports');
  await mod.press('All');
  await mod.sees(MARKUP);
  await mod.press('Dismiss…');
  await mod.press('Dismiss');
  await mod.sees('The report is dismissed.');

  await mod.goes('Record');
  await mod.page.waitForFunction(() => document.querySelectorAll('.record').length >= 4);
  assert.deepEqual(await mod.page.locator('.record .tag').allTextContents(), ['Dismissed', 'Lifted', 'Ban', 'Signed in']);
  await mod.sees('Said sorry.');
  await mod.sees(`Links. ${MARKUP}`);
  assert.equal(await mod.page.evaluate(() => 'struck' in window), false);
  const device = await mod.page.locator('.record .hash').first().getAttribute('title');
  await mod.page.locator('.record .hash').first().click();
  await mod.sees('Only about the device');
  await mod.page.waitForFunction(() => document.querySelectorAll('.record').length === 3);
  await mod.press('Show all');

  const saved = mod.page.waitForEvent('download');
  await mod.press('Export all');
  const file = await saved;
  assert.equal(file.suggestedFilename(), 'anonchat-audit.ndjson');
  const records = (await readFile(await file.path(), 'utf8')).trim().split('\n').map((line) => JSON.parse(line));
  assert.deepEqual(records.map(({ action }) => action), ['export', 'dismiss', 'lift', 'ban', 'sign_in']);
  assert.equal(records[3].device, device);
  await mod.sees('The whole record was saved.');

  for (const person of [mod, ann, bob]) await person.close();
  await server.stop();
});

test('what is reported in a room leads to a ban of its author and to the end of the room', async () => {
  const server = await startServer();
  const mod = await Moderator.open(stage.browser, `${server.url}admin`);
  await mod.signsIn(keyOf(server));
  const ann = await Roommate.open(stage.browser, `${server.url}rooms`);
  await ann.comesAs('Ann');
  const link = await ann.creates({ name: 'Tea', kept: '7 days' });
  const bob = await Roommate.open(stage.browser, link);
  await bob.comesAs('<b>Bob</b>', 'Join the room');
  await bob.isIn('Tea');
  await bob.says(MARKUP);
  await ann.readsAll([`< ${MARKUP}`]);
  await ann.button(/^Report the message/).click();
  await ann.page.getByLabel(/^Why/).fill(`Rude. ${MARKUP}`);
  await ann.press('Send the report');
  await ann.sees('The owner of the room can see it now.');

  await mod.goes('Rooms');
  await mod.sees(`Rude. ${MARKUP}`);
  await mod.sees('<b>Bob</b>');
  assert.equal(await mod.page.evaluate(() => 'struck' in window), false);
  assert.equal(await mod.page.locator('main img, main script').count(), 0);
  await mod.press('Ban the author…');
  await mod.page.getByLabel(/Note for the record/).fill('Markup.');
  await mod.press('Ban');
  await mod.sees('The session is banned from all rooms.');
  await bob.arrives('You were banned');
  await mod.press('Close the room…');
  await mod.press('Close the room');
  await mod.sees(/^The room [A-Z0-9]+ is closed\.$/);
  await mod.sees('Nothing is reported in any room.');
  await ann.arrives('This room is closed');
  await mod.goes('Record');
  await mod.page.waitForFunction(() => document.querySelectorAll('.record').length === 3);
  assert.deepEqual(await mod.page.locator('.record .tag').allTextContents(), ['Room closed', 'Session banned', 'Signed in']);
  await mod.sees(`room ${new URL(link).hash.slice(1)}`);
  for (const person of [mod, ann, bob]) await person.close();
  await server.stop();
});

test('maintenance keeps newcomers out until it is over, and a reset empties the place', async () => {
  const server = await startServer();
  const mod = await Moderator.open(stage.browser, `${server.url}admin`);
  await mod.signsIn(keyOf(server));
  await mod.goes('Controls');
  await mod.press('Turn on…');
  await mod.page.getByLabel(/Note for the record/).fill('New version.');
  await mod.press('Turn on');
  await mod.sees('Maintenance: nobody new comes in.');

  const ann = await Person.open(stage.browser, server.url);
  ann.expectsNetworkFailures = true;
  await ann.press('Start');
  await ann.sees(/Reconnecting/);
  await mod.press('Turn it off');
  await mod.press('Turn off');
  await mod.page.getByText('Maintenance: nobody new comes in.').waitFor({ state: 'hidden' });
  await ann.heading(/A quick look|Who are you today/).waitFor();
  await ann.close();

  const [bob, cat] = [await Person.open(stage.browser, server.url), await Person.open(stage.browser, server.url)];
  await meet(bob, cat);
  await mod.goes('Figures');
  await mod.page.locator('figure', { has: mod.page.getByText('Pairs', { exact: true }) }).getByText('1', { exact: true }).first().waitFor();
  await mod.goes('Controls');
  await mod.press('Reset…');
  assert.equal(await mod.button('Reset everything').getAttribute('aria-disabled'), 'true');
  await mod.page.getByLabel(/^Type/).fill('reset');
  await mod.press('Reset everything');
  await mod.sees('Everything was reset.');
  await mod.goes('Figures');
  await mod.page.locator('figure', { has: mod.page.getByText('Pairs', { exact: true }) }).getByText('0', { exact: true }).first().waitFor();
  await mod.goes('Record');
  await mod.page.waitForFunction(() => document.querySelectorAll('.record').length === 4);
  assert.deepEqual(await mod.page.locator('.record .tag').allTextContents(), ['Reset', 'Maintenance off', 'Maintenance on', 'Signed in']);
  for (const person of [mod, bob, cat]) await person.close();
  await server.stop();
});
