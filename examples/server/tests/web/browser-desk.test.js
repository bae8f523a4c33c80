/** The moderators' page in a real browser, before a server that does what a real one cannot be made to do. */

import assert from 'node:assert/strict';
import { after, before, beforeEach, afterEach, describe, test } from 'node:test';

import { busyDesk } from './desk-busy.js';
import { Desk, KEY, device, report } from './desk.js';
import { faint, misfits } from './eyesight.js';
import { Moderator } from './moderator.js';
import { startBrowser } from './stage.js';

let stage;
/** @type {Desk} */
let desk;

before(async () => {
  stage = await startBrowser({ camera: false });
});

after(() => stage?.stop());

beforeEach(async () => {
  desk = await Desk.start();
});

afterEach(() => desk.stop());

const open = (options) => Moderator.open(stage.browser, `${desk.url}admin`, options);

describe('the line', () => {
  test('that is cut is seen, mended by itself, and what happened meanwhile is there', async () => {
    const mod = await open();
    await mod.isLive();
    desk.instead.set('/admin/figures', [503, { detail: 'The store does not answer' }]);
    desk.cut();
    await mod.sees(/Reconnecting/);
    await mod.sees('As of');
    desk.now.online = 4_321;
    desk.instead.clear();
    await mod.isLive();
    await mod.sees('4,321');
    await mod.close();
  });

  test('figures change as they come, quietly', async () => {
    const mod = await open();
    await mod.isLive();
    const told = await mod.page.getByRole('status').textContent();
    for (const online of [11, 12, 13]) {
      desk.tell({ online });
      await mod.page.locator('figure .value').first().getByText(String(online)).waitFor();
    }
    desk.tell({ store: false, maintenance: Date.now() });
    await mod.sees('The store does not answer.');
    await mod.sees('Maintenance: nobody new comes in.');
    assert.equal(await mod.page.getByRole('status').textContent(), told, 'a screen reader is left in peace');
    await mod.close();
  });

  test('a new report shows up without a touch, and the focus stays where it is', async () => {
    desk.reports = [report(1, { note: 'the first' })];
    const mod = await open();
    await mod.goes('Reports');
    await mod.sees('the first');
    await mod.button('Dismiss…').focus();
    desk.reports.unshift(report(2, { note: 'the second' }));
    desk.tell({ reports: 2 });
    await mod.sees('the second');
    assert.equal(await mod.page.evaluate(() => document.activeElement?.closest('.report')?.querySelector('blockquote')?.textContent), 'the first');
    await mod.close();
  });
});

describe('something that fails', () => {
  test('says why, and the note and the length are as they were', async () => {
    desk.reports = [report(1)];
    const mod = await open();
    await mod.goes('Reports');
    await mod.press('Ban…');
    await mod.page.getByRole('radio', { name: 'Other' }).check();
    await mod.page.getByLabel('Length').fill('3');
    await mod.page.getByLabel('Unit').selectOption('days');
    await mod.page.getByLabel(/Note for the record/).fill('a long thought');
    desk.instead.set('/admin/bans', [503, { detail: 'The store does not answer' }]);
    await mod.press('Ban');
    await mod.sees('The store does not answer. Try again in a moment.');
    assert.equal(await mod.page.getByLabel(/Note for the record/).inputValue(), 'a long thought');

    // The session ends in the middle of it.
    desk.instead.clear();
    desk.session = false;
    await mod.press('Ban');
    await mod.sees('Your session is over.');
    desk.bodies = [];
    await mod.page.getByLabel('Admin key').fill(KEY);
    await mod.press('Sign in');
    await mod.page.getByRole('dialog').waitFor();
    await mod.sees('This was not done, because your session was over.');
    assert.equal(await mod.page.getByLabel(/Note for the record/).inputValue(), 'a long thought');
    await mod.press('Ban');
    await mod.sees('The device is banned until');
    assert.deepEqual(desk.bodies, [{ key: KEY }, { device: device(1), for_s: 259_200, note: 'a long thought' }]);

    await mod.press('Dismiss…');
    assert.equal(await mod.page.getByLabel(/Note for the record/).inputValue(), '', 'another question begins anew');
    await mod.close();
  });

  test('a list or an export that does not come says so, and can be tried again', async () => {
    const mod = await open();
    desk.records = [{ id: 1, at: Date.now(), session: null, action: 'sign_in' }];
    desk.instead.set('/admin/audit', [503, { detail: 'The store does not answer' }]);
    await mod.goes('Record');
    await mod.sees('The store does not answer.');
    await mod.press('Export all');
    await mod.page.locator('[data-ref="notice"]').getByText('The store does not answer.').waitFor();
    desk.instead.clear();
    await mod.press('Try again');
    await mod.sees('Signed in');
    await mod.close();
  });

  test('a note that is too long, or a wrong word, cannot be sent', async () => {
    const mod = await open();
    await mod.goes('Controls');
    await mod.press('Reset…');
    for (const [word, blocked] of [['', 'true'], ['Reset', 'true'], ['reset', 'false']]) {
      await mod.page.getByLabel(/^Type/).fill(word);
      assert.equal(await mod.button('Reset everything').getAttribute('aria-disabled'), blocked, word);
    }
    await mod.page.getByLabel(/Note for the record/).fill('x'.repeat(501));
    await mod.sees('501 of 500');
    await mod.page.keyboard.press('Control+Home');
    await mod.page.getByLabel(/^Type/).press('Enter');
    await mod.sees('The note is too long.');
    assert.deepEqual(desk.bodies, []);
    await mod.page.keyboard.press('Escape');
    await mod.page.getByRole('dialog').waitFor({ state: 'hidden' });
    await mod.close();
  });
});

test('of a hundred thousand reports one page is asked for and shown at a time', async () => {
  desk.reports = Array.from({ length: 100_000 }, (_, index) => report(100_000 - index, { device: device((index % 200) + 1) }));
  const mod = await open();
  await mod.goes('Reports');
  await mod.sees('report 100000');
  for (let page = 1; page <= 6; page += 1) {
    assert.equal(await mod.page.locator('.report').count(), 25);
    await mod.press('Older');
    await mod.sees(`report ${100_000 - 25 * page}`);
    await mod.arrives('Reports');
  }
  desk.reports.unshift(report(100_001));
  desk.tell({ reports: 100_001 });
  await mod.press(/Show the newest/);
  await mod.sees('report 100001');
  assert.ok(desk.asked.filter((line) => line.includes('/admin/queue')).every((line) => line.includes('limit=25')));
  assert.ok((await mod.page.locator('*').count()) < 3_000);
  await mod.close();
});

describe('for everybody', () => {
  test('words that look like markup stay words, wherever they stand', async () => {
    const bad = '<img src=x onerror=window.struck=1>';
    const record = { id: 1, at: Date.now(), session: bad, action: bad, device: device(1), note: bad };
    desk.reports = [report(1, { reason: bad, note: bad, device: bad, reporter: bad, earlier: [record] })];
    desk.records = [record];
    desk.bans = [{ device: bad, given: Date.now(), until: Date.now() + 5_000 }];
    desk.now.queues = [{ gender: bad, filter: bad, waiting: 1 }];
    desk.now.verification = { [bad]: 1 };
    desk.now.refusals = { [bad]: 1 };
    const mod = await open();
    for (const section of ['Reports', 'Bans', 'Record', 'Figures']) {
      await mod.goes(section);
      await mod.page.locator('section:visible').getByText('<img', { exact: false }).first().waitFor();
      assert.equal(await mod.page.evaluate(() => 'struck' in window || document.querySelectorAll('main img').length > 0), false, section);
    }
    await mod.close();
  });

  test('a device is copied whole and leads to its records', async () => {
    desk.reports = [report(1)];
    const mod = await open();
    await mod.context.grantPermissions(['clipboard-read', 'clipboard-write']);
    await mod.goes('Reports');
    await mod.button(`Copy device ${device(1).slice(0, 8)}`).click();
    await mod.sees('Copied.');
    assert.equal(await mod.page.evaluate(() => navigator.clipboard.readText()), device(1));
    await mod.button(`Records about device ${device(1).slice(0, 8)}`).click();
    await mod.arrives('Record');
    await mod.sees('Nothing was done about this device.');
    assert.ok(desk.asked.includes(`GET /admin/audit?limit=50&about=${device(1)}`));
    await mod.close();
  });

  test('by keyboard alone one comes in and bans, and the focus is seen and comes back', async () => {
    desk.session = false;
    desk.reports = [report(1)];
    const mod = await open();
    await mod.page.getByLabel('Admin key').waitFor();
    await mod.page.waitForFunction(() => document.activeElement?.id === 'key');
    await mod.page.keyboard.type(KEY);
    await mod.page.keyboard.press('Enter');
    await mod.arrives('Right now');
    const tabTo = async (name) => {
      for (let step = 0; step < 40; step += 1) {
        await mod.page.keyboard.press('Tab');
        const [label, seen] = await mod.page.evaluate(() => {
          const at = document.activeElement;
          const box = [at, at?.closest('label')].some((one) => one && getComputedStyle(one).outlineStyle !== 'none');
          return [(at?.textContent ?? '').trim(), at === document.body || box];
        });
        assert.ok(seen, `the focus is seen on ${label}`);
        if (label === name) return;
      }
      assert.fail(`Tab never reaches ${name}`);
    };
    await tabTo('Reports');
    await mod.page.keyboard.press('Enter');
    await mod.arrives('Reports');
    await tabTo('Ban…');
    await mod.page.keyboard.press('Enter');
    await mod.page.getByRole('dialog', { name: /^Ban / }).waitFor();
    await tabTo('Ban');
    await mod.page.keyboard.press('Enter');
    await mod.sees('The device is banned until');
    await mod.page.waitForFunction(() => document.activeElement?.textContent === 'Ban…');
    await mod.close();
  });

  test('there are landmarks, one heading, a name for every plot, and a table behind them', async () => {
    await desk.stop();
    desk = await busyDesk();
    const mod = await open();
    await mod.isLive();
    for (const role of ['banner', 'main', 'contentinfo', 'navigation']) await mod.page.getByRole(role).waitFor();
    assert.equal(await mod.page.getByRole('heading', { level: 1 }).count(), 1);
    await mod.page.getByRole('img', { name: /^Online, last 59 min: lowest \d+, highest \d+, last \d+\.$/ }).waitFor();
    assert.equal(await mod.page.locator('figure').count(), await mod.page.getByRole('img', { name: /last \d/ }).count());
    await mod.page.getByText('The last hour as a table').click();
    await mod.page.locator('table tbody tr').nth(59).waitFor();
    assert.equal(await mod.page.locator('table tbody tr').count(), 60);
    assert.match(await mod.page.title(), /Right now/);
    assert.equal(await mod.page.locator('[aria-current="page"]').textContent(), 'Figures');
    await mod.close();
  });

  for (const colorScheme of /** @type {const} */ (['light', 'dark'])) {
    test(`everything is readable and fits a phone of 360 px, ${colorScheme}`, async () => {
      await desk.stop();
      desk = await busyDesk();
      desk.session = false;
      const mod = await open({ viewport: { width: 360, height: 640 }, colorScheme, reducedMotion: 'reduce' });
      const look = async (where) => {
        assert.deepEqual(await faint(mod.page), [], `${where}, ${colorScheme}`);
        assert.deepEqual(await misfits(mod.page), [], where);
      };
      await mod.page.getByLabel('Admin key').waitFor();
      await look('sign-in');
      await mod.signsIn(KEY);
      await look('figures');
      desk.tell({ maintenance: Date.now(), store: false });
      await mod.sees('Maintenance: nobody new');
      await look('strips');
      for (const section of ['Reports', 'Rooms', 'Bans', 'Record', 'Controls']) {
        await mod.goes(section);
        if (section !== 'Controls') await mod.page.locator('.rows li').locator('visible=true').first().waitFor();
        await look(section);
      }
      await mod.press('Reset…');
      await look('reset');
      await mod.press('Cancel');
      await mod.goes('Bans');
      await mod.press('Ban a device…');
      await mod.page.getByRole('radio', { name: 'Other' }).check();
      await look('ban');
      assert.equal(await mod.page.evaluate(() => document.getAnimations().length), 0);
      await mod.close();
    });
  }
});
