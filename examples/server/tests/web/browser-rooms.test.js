/**
 * Rooms by code in real browsers before the real server: two or three people create, share, talk, moderate and close.
 *
 * Any console error and any violation of the policy fails the test.
 */

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';

import { faint, misfits } from './eyesight.js';
import { Roommate } from './roommate.js';
import { startBrowser, startLine, startServer, startServerUnder } from './stage.js';

/** All who are here come from one address. */
const FREE = '[rates]\nrest_per_minute = 0\nsessions_per_hour = 0\nrooms_per_hour = 0\nroom_messages_per_minute = 0\n';

const NOTHING = 'Nothing is kept: who is not here does not see it.';

let server;
let stage;

before(async () => {
  server = await startServerUnder(FREE);
  stage = await startBrowser({ camera: false });
});

after(async () => {
  await stage?.stop();
  await server?.stop();
});

const at = (url, rest = '') => new URL(`rooms${rest}`, url).href;

/** Opens a room with its owner and those who come by the link. */
async function party(wish, names, { url = server.url, options = {} } = {}) {
  const [first, ...others] = names;
  const ann = await Roommate.open(stage.browser, at(url), options);
  await ann.comesAs(first);
  const link = await ann.creates(wish);
  const people = [ann];
  for (const name of others) {
    const guest = await Roommate.open(stage.browser, link);
    await guest.comesAs(name, 'Join the room');
    await guest.isIn(wish.name ?? /^Room /);
    people.push(guest);
  }
  return { people, link };
}

/** Whatever happens, all browsers are closed, and have to be without errors. */
async function withParty(wish, names, play, options) {
  const { people, link } = await party(wish, names, options);
  try {
    await play(people, link);
  } catch (error) {
    error.message += `\n${people.map(({ wrongs }) => wrongs.join('; ')).join('\n')}`;
    await Promise.allSettled(people.map(({ context }) => context.close()));
    throw error;
  }
  for (const person of people) await person.close();
}

test('the page of rooms is served with the headers of every page, and the start page leads to it', async () => {
  const [page, start] = await Promise.all([fetch(at(server.url)), fetch(server.url, { headers: { Accept: 'text/html' } })]);
  assert.equal(page.status, 200);
  for (const name of ['content-security-policy', 'x-content-type-options', 'referrer-policy', 'x-frame-options']) {
    assert.equal(page.headers.get(name), start.headers.get(name), name);
  }
  assert.match(page.headers.get('permissions-policy'), /camera=\(\)/);
  const ann = await Roommate.open(stage.browser, server.url);
  await ann.page.getByRole('link', { name: 'Open a room by code' }).click();
  await ann.arrives('Rooms by code');
  await ann.close();
});

describe('two people in a room', () => {
  for (const [kept, words] of [['Not at all', NOTHING], ['30 days', 'Messages are kept for 30 days, for members only.']]) {
    test(`that keeps messages ${kept.toLowerCase()} are told so, talk both ways and see each other typing`, () =>
      withParty({ name: 'Tea & <b>cake</b>', kept }, ['Ann', 'Bob'], async ([ann, bob], link) => {
        assert.match(link, /\/rooms#[A-Z0-9]{6,8}$/);
        for (const person of [ann, bob]) await person.sees(words);
        await ann.meets(['Ann (you, owner, here)', 'Bob (here)']);
        await ann.says('hello <b>you</b>');
        await bob.readsAll(['< hello <b>you</b>']);
        await bob.page.getByLabel('Message', { exact: true }).pressSequentially('hm');
        await ann.page.locator('.typing.on').waitFor();
        await ann.sees('Bob is writing');
        await bob.page.keyboard.press('Enter');
        await ann.readsAll(['> hello <b>you</b>', '< hm']);
        await ann.page.locator('.typing.on').waitFor({ state: 'detached' });
        await bob.page.reload();
        await bob.isIn('Tea & <b>cake</b>');
        await bob.readsAll(kept === 'Not at all' ? [] : ['< hello <b>you</b>', '> hm']);
        await ann.says('again');
        await bob.readsAll(kept === 'Not at all' ? ['< again'] : ['< hello <b>you</b>', '> hm', '< again']);
      }));
  }

  test('with the same nickname are told apart', () =>
    withParty({ name: 'Twins', kept: 'Not at all' }, ['Ann', 'Ann'], async ([one, two]) => {
      await one.says('me');
      await two.readsAll(['< me']);
      await two.says('me');
      await one.readsAll(['> me', '< me']);
    }));

  test('see hostile texts as text', async () => {
    const markup = '<img src=x onerror=window.struck=1><script>window.struck=1</script>';
    const long = 'unbreakable'.repeat(91).slice(0, 1_000);
    const rtl = '\u202Eمرحبا‮ evil';
    await withParty({ name: markup, kept: '30 days' }, ['<img src=x onerror=1>', '\u202EhtiwllaB'], async ([ann, bob]) => {
      for (const text of [markup, rtl, long]) await ann.says(text);
      await bob.readsAll([markup, rtl, long].map((text) => `< ${text}`));
      await ann.readsAll([markup, rtl, long].map((text) => `> ${text}`));
      for (const person of [ann, bob]) {
        assert.equal(await person.page.evaluate(() => 'struck' in window), false);
        assert.equal(await person.page.locator('main img, main script').count(), 0);
        assert.deepEqual(await misfits(person.page), []);
      }
      await bob.button(/^Report the message/).first().click();
      await bob.sees('The owner of the room sees the message');
      assert.equal(await bob.page.locator('dialog img').count(), 0);
      await bob.press('Cancel');
      await ann.press('Rooms');
      await ann.button(/onerror/).waitFor();
      assert.equal(await ann.page.locator('main img').count(), 0);
      await ann.page.getByLabel('Code or link').fill(long);
      await ann.press('Join');
      await ann.sees('A code is 6 to 8 letters and digits.');
    });
  });

  test('copy the link, go out of the room and back in, and see who is here', () =>
    withParty({ name: 'Tea', kept: '1 day' }, ['Ann', 'Bob'], async ([ann, bob], link) => {
      await ann.context.grantPermissions(['clipboard-read', 'clipboard-write']);
      await ann.press('Copy link');
      await ann.sees('The link is copied');
      assert.equal(await ann.page.evaluate(() => navigator.clipboard.readText()), link);
      await bob.press('Rooms');
      await bob.arrives('Rooms by code');
      await ann.meets(['Ann (you, owner, here)', 'Bob (away)']);
      await ann.says('are you there?');
      await bob.page.goBack();
      await bob.isIn('Tea');
      await bob.readsAll(['< are you there?']);
      await bob.page.goBack().catch(() => {});
      await bob.page.goto(link);
      await bob.isIn('Tea');
      await bob.press('Leave');
      await bob.confirms('Leave');
      await bob.sees('You have left the room.');
      await bob.sees('You are in no room yet.');
      await ann.sees('Bob left.');
      await ann.meets(['Ann (you, owner, here)']);
      await bob.page.getByLabel('Code or link').fill(link);
      await bob.press('Join');
      await bob.isIn('Tea');
      await bob.readsAll(['< are you there?']);
    }));

  test('a known person who follows a link is asked first', () =>
    withParty({ name: 'Tea', kept: '1 day' }, ['Ann', 'Bob'], async ([ann, bob]) => {
      await ann.press('Rooms');
      const other = await ann.creates({ name: 'Cake', kept: '7 days', most: '2' });
      await bob.page.goto(other);
      await bob.arrives('You are invited');
      await bob.press('Join the room');
      await bob.isIn('Cake');
      const cat = await Roommate.open(stage.browser, other);
      cat.expectsNetworkFailures = true;
      await cat.comesAs('Cat', 'Join the room');
      await cat.sees('Room is full.');
      await cat.press('Not now');
      await cat.arrives('Rooms by code');
      await cat.close();
    }));
});

describe('an owner', () => {
  test('removes, bans, and whoever is banned is refused', () =>
    withParty({ name: 'Tea', kept: '30 days' }, ['Ann', 'Bob', 'Cat'], async ([ann, bob, cat], link) => {
      assert.equal(await bob.button(/^Ban/).count(), 0);
      assert.equal(await bob.button('Close the room').isVisible(), false);
      await ann.press('Remove Bob');
      await ann.confirms('Remove');
      await bob.arrives('You were removed');
      await cat.sees('Bob was removed.');
      await bob.press('To your rooms');
      await bob.page.getByLabel('Code or link').fill(link);
      await bob.press('Join');
      await bob.isIn('Tea');
      await ann.press('Ban Bob');
      await ann.confirms('Ban');
      await bob.arrives('You were banned');
      await cat.sees('Bob was banned.');
      await ann.meets(['Ann (you, owner, here)', 'Cat (here)']);
      await bob.press('To your rooms');
      bob.expectsNetworkFailures = true;
      await bob.page.getByLabel('Code or link').fill(link);
      await bob.press('Join');
      await bob.sees('You are banned from this room.');
    }));

  test('locks the room, unlocks it, hands it over, and the next one closes it', () =>
    withParty({ name: 'Tea', kept: '30 days' }, ['Ann', 'Bob'], async ([ann, bob], link) => {
      await ann.press('Lock the room');
      await bob.sees('The room is locked: nobody new may join.');
      const cat = await Roommate.open(stage.browser, link);
      cat.expectsNetworkFailures = true;
      await cat.comesAs('Cat', 'Join the room');
      await cat.sees('Room is locked.');
      await ann.press('Unlock the room');
      await bob.sees('The room is open again.');
      await cat.press('Join the room');
      await cat.isIn('Tea');
      await ann.press('Make Bob the owner');
      await ann.confirms('Hand over');
      await bob.sees('You are the owner now.');
      await ann.sees('Bob is the owner now.');
      await ann.button('Close the room').waitFor({ state: 'hidden' });
      assert.equal(await ann.button(/^Ban/).count(), 0);
      await bob.press('Close the room');
      await bob.press('Cancel');
      await bob.press('Close the room');
      await bob.confirms('Close the room');
      await ann.arrives('This room is closed');
      await cat.arrives('This room is closed');
      await bob.sees('The room is closed.');
      await cat.close();
    }));

  test('sees what was reported and why, and bans its author', () =>
    withParty({ name: 'Tea', kept: '7 days' }, ['Ann', 'Bob', 'Cat'], async ([ann, bob, cat]) => {
      await bob.says('buy <b>now</b>');
      await cat.readsAll(['< buy <b>now</b>']);
      assert.equal(await bob.button(/^Report/).count(), 0);
      await cat.press('Report the message of Bob');
      await cat.page.getByLabel(/^Why/).fill('It is <i>spam</i>');
      await cat.press('Send the report');
      await cat.sees('The owner of the room can see it now.');
      await cat.sees('Reported');
      await ann.press('Reported messages');
      const dialog = ann.page.getByRole('dialog');
      await dialog.getByText('It is <i>spam</i>').waitFor();
      await dialog.getByText('buy <b>now</b>').waitFor();
      await ann.confirms('Ban Bob');
      await ann.confirms('Ban');
      await bob.arrives('You were banned');
    }));
});

describe('what goes wrong', () => {
  test('a message too many is said at the message, and may be sent again', async () => {
    const slow = await startServerUnder(FREE.replace('room_messages_per_minute = 0', 'room_messages_per_minute = 2'));
    try {
      await withParty({ name: 'Tea', kept: '1 day' }, ['Ann'], async ([ann]) => {
        for (const text of ['one', 'two', 'three']) await ann.says(text);
        await ann.sees('Not sent. Rate limit exceeded.');
        assert.deepEqual(await ann.talk(), ['> one', '> two', '> three']);
        await ann.button('Send again').waitFor();
      }, { url: slow.url });
    } finally {
      await slow.stop();
    }
  });

  test('a lost line comes back by itself, with what was said meanwhile and nothing twice', async () => {
    const line = await startLine(server.port);
    try {
      await withParty({ name: 'Tea', kept: '30 days' }, ['Ann'], async ([ann], link) => {
        const bob = await Roommate.open(stage.browser, at(server.url, new URL(link).hash));
        await bob.comesAs('Bob', 'Join the room');
        await bob.isIn('Tea');
        await bob.says('one');
        await ann.readsAll(['< one']);
        ann.expectsNetworkFailures = true;
        line.cut();
        await ann.sees(/^Reconnecting/);
        await bob.says('two');
        await bob.readsAll(['> one', '> two']);
        line.mend();
        await ann.isOpen();
        await ann.readsAll(['< one', '< two']);
        await ann.says('three');
        await bob.readsAll(['> one', '> two', '< three']);
        await bob.close();
      }, { url: line.url });
    } finally {
      await line.stop();
    }
  });

  test('a server that has forgotten a session asks for a nickname again', async () => {
    const first = await startServerUnder(FREE);
    const line = await startLine(first.port);
    try {
      await withParty({ name: 'Tea', kept: '30 days' }, ['Ann'], async ([ann]) => {
        ann.expectsNetworkFailures = true;
        line.lead(server.port);
        await first.stop();
        await ann.sees('Your session is over. Choose a nickname again.');
        await ann.page.getByLabel('Nickname').fill('Ann');
        await ann.press('Join the room');
        await ann.sees('Room not found.');
      }, { url: line.url });
    } finally {
      await Promise.all([line.stop(), first.stop()]);
    }
  });

  test('a server without rooms is told as one', async () => {
    const ann = await Roommate.open(stage.browser, at(server.url));
    ann.expectsNetworkFailures = true;
    await ann.page.route('**/api/**', (route) => route.fulfill({ status: 404, json: { detail: 'Not found.' } }));
    await ann.comesAs('Ann');
    await ann.arrives('There are no rooms here');
    await ann.close();
  });
});

describe('for everybody', () => {
  for (const colorScheme of /** @type {const} */ (['light', 'dark'])) {
    test(`every screen can be read and fits a small phone, ${colorScheme}`, async () => {
      const options = { viewport: { width: 360, height: 640 }, colorScheme, reducedMotion: /** @type {const} */ ('reduce') };
      const ann = await Roommate.open(stage.browser, at(server.url), options);
      const look = async (where) => {
        assert.deepEqual(await faint(ann.page), [], `${where}, ${colorScheme}`);
        assert.deepEqual(await misfits(ann.page), [], where);
      };
      await look('nickname');
      await ann.comesAs('Cheerful Starling of the sea');
      await ann.arrives('Rooms by code');
      await look('rooms');
      const link = await ann.creates({ name: 'A room with a name that is rather long for a phone', kept: '30 days' });
      const bob = await Roommate.open(stage.browser, link);
      await bob.comesAs('Bob', 'Join the room');
      await bob.isIn(/^A room/);
      await ann.says('x'.repeat(200));
      await bob.says('unbreakable'.repeat(12));
      await ann.readsAll([`> ${'x'.repeat(200)}`, `< ${'unbreakable'.repeat(12)}`]);
      await look('room');
      await ann.press('People');
      await ann.button('Ban Bob').waitFor();
      await look('people');
      await ann.press('Ban Bob');
      await look('question');
      await ann.press('Cancel');
      await ann.press('Close the list');
      await ann.page.waitForFunction(() => document.activeElement?.textContent === 'People');
      await ann.press('Report the message of Bob');
      await look('report');
      await ann.press('Cancel');
      await ann.press('Rooms');
      await ann.button(/^A room/).waitFor();
      await look('list');
      await ann.close();
      await bob.close();
    });
  }

  test('by keyboard alone one creates a room and talks', async () => {
    const ann = await Roommate.open(stage.browser, at(server.url));
    const tabTo = async (name) => {
      for (let press = 0; press < 40; press += 1) {
        await ann.page.keyboard.press('Tab');
        const focused = await ann.page.evaluate(() => {
          const element = document.activeElement;
          const label = element instanceof HTMLInputElement || element instanceof HTMLTextAreaElement ? element.labels?.[0]?.textContent : null;
          return (element?.getAttribute('aria-label') ?? label ?? element?.textContent ?? '').trim();
        });
        if (name.test(focused)) return;
      }
      assert.fail(`Tab never reaches ${name}`);
    };
    await ann.arrives('Rooms by code');
    await tabTo(/^Nickname/);
    await ann.page.keyboard.press('Enter');
    await ann.sees('You are in no room yet.');
    await tabTo(/^Name/);
    await ann.page.keyboard.type('Tea');
    await tabTo(/^Not at all/);
    await ann.page.keyboard.press('ArrowDown');
    await ann.sees('Messages are kept for 1 day, for members only.');
    await tabTo(/^Create the room/);
    await ann.page.keyboard.press('Enter');
    await ann.isIn('Tea');
    await tabTo(/^Message$/);
    await ann.page.keyboard.type('hello');
    await ann.page.keyboard.press('Enter');
    await ann.readsAll(['> hello']);
    await ann.close();
  });
});
