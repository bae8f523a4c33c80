/**
 * Pictures of every screen, on a phone and on a desk, in light and in dark:
 *
 *     ANONCHAT_SERVER=… node screenshots.js FOLDER
 */

import { mkdir } from 'node:fs/promises';
import path from 'node:path';

import { busyDesk } from './desk-busy.js';
import { KEY } from './desk.js';
import { Moderator } from './moderator.js';
import { Person } from './person.js';
import { Roommate } from './roommate.js';
import { startBrowser, startServer, startServerUnder } from './stage.js';

const folder = process.argv[2];
if (folder === undefined) throw new Error('Name the folder for the pictures.');

const SIZES = { phone: { width: 390, height: 844 }, desktop: { width: 1280, height: 800 } };

/** @type {Record<string, unknown>} */
const HELLO = {
  type: 'hello', v: 1, phase: 'idle', gender: null, verification: 'optional', grace_ms: 15_000,
  limits: { male: 5, female: 0, 'non-binary': 3, 'prefer-not-to-say': 9999 },
};

const VERIFIED = { gender: 'female', verified: true, message: 'Gender verified as female' };
const ABSTAINED = { gender: 'prefer-not-to-say', verified: false, message: 'Could not verify gender', token: 'v4.local.x', expires_at: 1 };

/** Opens the page with a server that says what the picture needs. */
async function scripted(browser, url, options, frames, verdict = VERIFIED) {
  const context = await browser.newContext(options);
  const page = await context.newPage();
  await page.routeWebSocket(/\/ws/, (socket) => frames.forEach((frame) => socket.send(JSON.stringify(frame))));
  await page.route(/\/verify/, (route) => route.fulfill({ json: verdict }));
  await page.goto(url);
  return new Person(context, page);
}

async function shootAll(browser, open, declared, size, colorScheme) {
  const options = { viewport: SIZES[size], colorScheme, reducedMotion: /** @type {const} */ ('reduce') };
  const shoot = (person, name) =>
    person.page.screenshot({ path: path.join(folder, `${size}-${colorScheme}-${name}.png`), fullPage: true });

  const ann = await Person.open(browser, open.url, options);
  const bob = await Person.open(browser, open.url, options);
  await shoot(ann, '01-home');
  await ann.press('Start');
  await ann.arrives('A quick look, then forgotten');
  await shoot(ann, '03-consent');
  await ann.page.getByRole('checkbox').check();
  await ann.press('Open the camera');
  await ann.button('Take the picture').waitFor();
  await shoot(ann, '04-preview');
  await ann.press('Take the picture');
  await shoot(ann, '05-countdown');
  await ann.press('Continue without').catch(() => {});
  await ann.arrives('Who are you today?');
  await ann.page.getByLabel('Nickname').fill('Quiet Otter');
  await ann.page.getByLabel(/A line about you/).fill('Rainy days, long books and bad puns.');
  await shoot(ann, '07-profile');
  await ann.press('Continue');
  await ann.arrives('Who would you like to meet?');
  await shoot(ann, '08-find');
  await ann.searches();
  await ann.arrives('Looking for somebody');
  await ann.sees('Your place');
  await shoot(ann, '09-queue');
  await bob.enters({ nickname: 'Sunny Heron', bio: 'I collect the names of clouds.' });
  await bob.searches();
  await ann.arrives('Sunny Heron');
  await bob.arrives('Quiet Otter');
  await shoot(ann, '10-chat-empty');
  await bob.says('Hello over there! 👋');
  await ann.sees('Hello over there');
  await ann.says('Hi! Finally somebody who is awake.');
  await ann.says('What are you reading at the moment? I just finished a novel about a lighthouse keeper who writes letters to ships that never answer.');
  await bob.sees('lighthouse');
  await bob.says('That sounds lovely. Nothing as poetic here, only a book about moss.');
  await ann.marked('Delivered');
  await bob.page.getByLabel('Message', { exact: true }).fill('Moss is');
  await ann.page.locator('.typing.on').waitFor();
  await shoot(ann, '11-chat');
  await ann.press('Report');
  await ann.page.getByRole('radio', { name: 'Spam' }).check();
  await shoot(ann, '12-report');
  await ann.press('Cancel');
  await ann.press('Block');
  await shoot(ann, '13-block');
  await ann.press('Cancel');
  await bob.page.close();
  await ann.sees('lost the connection');
  await ann.says('Are you still there?');
  await shoot(ann, '14-away');
  await ann.press('Block');
  await ann.page.getByRole('dialog').getByRole('button', { name: 'Block' }).click();
  await ann.sees('You blocked');
  await shoot(ann, '15-ended');
  await ann.press('Home');
  await ann.context.close();
  await bob.context.close();

  const cat = await Person.open(browser, declared.url, options);
  await cat.press('Start');
  await cat.arrives('How do you describe yourself?');
  await cat.page.getByRole('radio', { name: 'Woman' }).check();
  await shoot(cat, '02-gender');
  const second = await (await cat.context.newPage());
  await second.goto(declared.url);
  await cat.arrives('Open in another window');
  await shoot(cat, '17-replaced');
  await cat.context.close();

  const fay = await scripted(browser, open.url, options, [{ ...HELLO, verification: 'required' }], ABSTAINED);
  await fay.press('Start');
  await fay.page.getByRole('checkbox').check();
  await fay.press('Open the camera');
  await fay.press('Take the picture');
  await fay.button('Continue').waitFor();
  await shoot(fay, '06-abstained');
  await fay.context.close();

  const dan = await scripted(browser, open.url, options, [HELLO]);
  await dan.press('Start');
  await dan.page.getByRole('checkbox').check();
  await dan.press('Open the camera');
  await dan.press('Take the picture');
  await dan.sees('Done.');
  await shoot(dan, '06-verified');
  await dan.press('Continue');
  await dan.press('Continue');
  await dan.arrives('Who would you like to meet?');
  await shoot(dan, '08-find-used-up');
  await dan.context.close();

  const eve = await scripted(browser, open.url, options, [HELLO, { type: 'banned', until: Date.now() + 86_000_000 }]);
  await eve.press('Start');
  await eve.arrives('You cannot chat for now');
  await shoot(eve, '16-banned');
  await eve.context.close();
}

/** The moderators' page on a busy evening that was made up. */
async function shootDesk(browser, desk, size, colorScheme) {
  desk.session = false;
  const options = { viewport: SIZES[size], colorScheme, reducedMotion: /** @type {const} */ ('reduce') };
  const mod = await Moderator.open(browser, `${desk.url}admin`, options);
  const shoot = (name, fullPage = false) =>
    mod.page.screenshot({ path: path.join(folder, `${size}-${colorScheme}-${name}.png`), fullPage });
  await mod.page.getByLabel('Admin key').waitFor();
  await shoot('20-admin-sign-in');
  await mod.signsIn(KEY);
  await shoot('21-admin-figures', true);
  await mod.goes('Reports');
  await mod.sees('private gallery');
  await shoot('22-admin-reports');
  await mod.button('Ban…').first().click();
  await mod.page.getByRole('radio', { name: 'Other' }).check();
  await shoot('23-admin-ban');
  await mod.press('Cancel');
  await mod.goes('Rooms');
  await mod.sees('sell');
  await shoot('28-admin-rooms');
  await mod.goes('Bans');
  await mod.page.locator('.line').first().waitFor();
  await shoot('24-admin-bans');
  await mod.goes('Record');
  await mod.sees('quarrelled');
  await shoot('25-admin-record');
  desk.tell({ maintenance: Date.now() - 300_000, store: false });
  await mod.goes('Controls');
  await mod.sees('Maintenance: nobody new comes in.');
  await shoot('26-admin-controls');
  await mod.press('Reset…');
  await shoot('27-admin-reset');
  desk.tell({ maintenance: null, store: true });
  await mod.context.close();
}

/** A room of three. */
async function shootRooms(browser, rooms, size, colorScheme) {
  const options = { viewport: SIZES[size], colorScheme, reducedMotion: /** @type {const} */ ('reduce') };
  const ann = await Roommate.open(browser, `${rooms.url}rooms`, options);
  const shoot = (name, person = ann) => person.page.screenshot({ path: path.join(folder, `${size}-${colorScheme}-${name}.png`), fullPage: true });
  await ann.arrives('Rooms by code');
  await shoot('30-rooms-nickname');
  await ann.comesAs('Quiet Otter');
  await ann.sees('You are in no room yet.');
  await shoot('31-rooms-empty');
  const link = await ann.creates({ name: 'Lighthouse reading circle', kept: '30 days' });
  await ann.sees('Only you are here so far.');
  await shoot('33-rooms-alone');
  const bob = await Roommate.open(browser, link, options);
  const cat = await Roommate.open(browser, link, options);
  await bob.arrives('Rooms by code');
  await shoot('34-rooms-invited', bob);
  await bob.comesAs('Sunny Heron', 'Join the room');
  await bob.isIn(/^Lighthouse/);
  await cat.comesAs('Misty Fern', 'Join the room');
  await cat.isIn(/^Lighthouse/);
  await ann.says('Welcome! Did everybody finish the chapter about the storm?');
  await bob.says('I did. The letters that are never answered made me sad, but I could not stop reading until the lamp was lit again.');
  await cat.says('Two pages left 👋');
  await bob.sees('Two pages left');
  await ann.says('Then we wait for you.');
  await bob.sees('Then we wait');
  await bob.page.getByLabel('Message', { exact: true }).fill('Take your');
  await ann.page.locator('.typing.on').waitFor();
  await shoot('35-rooms-room');
  await shoot('36-rooms-member', cat);
  if (await ann.button('People').isVisible()) {
    await ann.press('People');
    await shoot('37-rooms-people');
  }
  await ann.press('Ban Misty Fern');
  await shoot('38-rooms-ban');
  await ann.press('Cancel');
  if (await ann.button('Close the list').isVisible()) await ann.press('Close the list');
  await cat.button('Report the message of Sunny Heron').first().click();
  await cat.page.getByLabel(/^Why/).fill('It gives the end of the book away.');
  await shoot('39-rooms-report', cat);
  await cat.press('Send the report');
  await cat.sees('can see it now');
  await shoot('40-rooms-reported', cat);
  if (await ann.button('People').isVisible()) await ann.press('People');
  await ann.press('Reported messages');
  await ann.sees('gives the end');
  await shoot('41-rooms-reports');
  await ann.press('Done');
  await ann.press('Remove Misty Fern');
  await ann.confirms('Remove');
  await cat.arrives('You were removed');
  await shoot('42-rooms-removed', cat);
  if (await ann.button('Close the list').isVisible()) await ann.press('Close the list');
  await ann.press('Rooms');
  await ann.button(/^Lighthouse/).waitFor();
  await shoot('32-rooms-list');
  for (const { context } of [ann, bob, cat]) await context.close();
}

await mkdir(folder, { recursive: true });
const [rooms, open, declared, desk, { browser, stop }] = await Promise.all([
  startServerUnder('[rates]\nrest_per_minute = 0\nsessions_per_hour = 0\nrooms_per_hour = 0\n'),
  startServer(),
  startServer(['--verification', 'off']),
  busyDesk(),
  startBrowser(),
]);
try {
  for (const size of Object.keys(SIZES)) {
    for (const scheme of ['light', 'dark']) {
      await shootAll(browser, open, declared, size, scheme);
      await shootDesk(browser, desk, size, scheme);
      await shootRooms(browser, rooms, size, scheme);
    }
  }
} finally {
  await stop();
  await Promise.all([rooms.stop(), open.stop(), declared.stop(), desk.stop()]);
}
