/**
 * Two people, two browsers, one real server: they find each other, talk, lose the network and part.
 *
 * `ANONCHAT_SERVER` names the built server. Any console error and any violation of the policy fails the test.
 */

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';

import { Person, meet } from './person.js';
import { startBrowser, startLine, startServer, startServerUnder } from './stage.js';

/** @type {Awaited<ReturnType<typeof startServer>>} */
let server;
/** @type {Awaited<ReturnType<typeof startBrowser>>} */
let stage;

before(async () => {
  server = await startServer();
  stage = await startBrowser({ camera: false });
});

after(async () => {
  await stage?.stop();
  await server?.stop();
});

/** Two people on the home page; whatever happens, both browsers are closed and have to be without errors. */
async function withTwo(play, { first = server.url, second = server.url } = {}) {
  const ann = await Person.open(stage.browser, first);
  const bob = await Person.open(stage.browser, second);
  try {
    await play(ann, bob);
  } catch (error) {
    error.message += `\nann: ${ann.wrongs.join('; ')}\nbob: ${bob.wrongs.join('; ')}`;
    await Promise.allSettled([ann.context.close(), bob.context.close()]);
    throw error;
  }
  await ann.close();
  await bob.close();
}

describe('two people', () => {
  test('find each other, talk both ways and see that it arrived', () =>
    withTwo(async (ann, bob) => {
      await meet(ann, bob);
      await ann.says('hello <b>you</b>');
      await bob.reads(['< hello <b>you</b>']);
      await bob.says('hi & bye');
      await ann.reads(['> hello <b>you</b>', '< hi & bye']);
      await ann.marked('Delivered');
      await bob.marked('Delivered');
    }));

  test('keep the order of what is written quickly', () =>
    withTwo(async (ann, bob) => {
      await meet(ann, bob);
      const words = Array.from({ length: 12 }, (_, n) => `word ${n + 1}`);
      for (const word of words) await ann.says(word);
      await bob.reads(words.map((word) => `< ${word}`));
      await ann.marked('Delivered');
    }));

  test('see each other typing, and that it ends', () =>
    withTwo(async (ann, bob) => {
      await meet(ann, bob);
      await ann.page.getByLabel('Message', { exact: true }).pressSequentially('hm');
      await bob.page.locator('.typing.on').waitFor();
      await ann.page.keyboard.press('Enter');
      await bob.reads(['< hm']);
      await bob.page.locator('.typing.on').waitFor({ state: 'detached' });
    }));

  test('are told at the message when it may not be sent, and what follows is sent', () =>
    withTwo(async (ann, bob) => {
      await meet(ann, bob);
      // White space to the server and not to the browser, so that only the server can refuse it.
      await ann.says('\u0085');
      await ann.sees('Not sent.');
      await ann.says('sorry');
      await bob.reads(['< sorry']);
    }));

  test('part by Next: one meets the next person at once, the other is told and may go on', async () => {
    const quick = await startServerUnder('[matching]\ncooldown_ms = 0\n');
    const cat = await Person.open(stage.browser, quick.url);
    try {
      await withTwo(
        async (ann, bob) => {
          await meet(ann, bob);
          await cat.enters({ nickname: 'Misty Fern' });
          await cat.searches();
          await cat.arrives('Looking for somebody');
          await ann.says('bye');
          await bob.reads(['< bye']);
          await ann.press('Next');
          await bob.sees('Quiet Otter went on to somebody else.');
          await ann.arrives('Misty Fern');
          await cat.arrives('Quiet Otter');
          assert.deepEqual(await ann.talk(), [], 'nothing of the last chat is left');
          await cat.says('hello');
          await ann.reads(['< hello']);
          await bob.press('Next person');
          await bob.arrives('Looking for somebody');
        },
        { first: quick.url, second: quick.url },
      );
      await cat.close();
    } finally {
      await cat.context.close();
      await quick.stop();
    }
  });

  test('part by Leave, and nothing of the chat stays in the page or the browser', () =>
    withTwo(async (ann, bob) => {
      await meet(ann, bob);
      await ann.says('canary-7f3a');
      await bob.reads(['< canary-7f3a']);
      await ann.press('Leave');
      await ann.arrives('Who would you like to meet?');
      await bob.sees('Quiet Otter left the chat.');
      const left = await ann.page.evaluate(() => document.documentElement.outerHTML + JSON.stringify(localStorage));
      assert.ok(!left.includes('canary-7f3a'));
      const keys = await bob.page.evaluate(() => Object.keys(localStorage).sort());
      assert.deepEqual(keys, ['anonchat.device', 'anonchat.profile']);
    }));
});

describe('a lost network', () => {
  test('the chat is intact afterwards, and what was written meanwhile arrives once', async () => {
    const line = await startLine(server.port);
    try {
      await withTwo(
        async (ann, bob) => {
          await meet(ann, bob);
          await ann.says('one');
          await bob.reads(['< one']);
          ann.expectsNetworkFailures = true;
          line.cut();
          await ann.sees('You are not connected.');
          await bob.sees('lost the connection');
          await ann.says('two');
          await ann.says('three');
          await bob.says('four');
          line.mend();
          await ann.reads(['> one', '> two', '> three', '< four']);
          await bob.reads(['< one', '> four', '< two', '< three']);
          await ann.marked('Delivered');
          await bob.marked('Delivered');
          await ann.says('five');
          await bob.reads(['< one', '> four', '< two', '< three', '< five']);
        },
        { first: line.url },
      );
    } finally {
      await line.stop();
    }
  });

  test('many cuts in a row lose and repeat nothing', async () => {
    const line = await startLine(server.port);
    try {
      await withTwo(
        async (ann, bob) => {
          await meet(ann, bob);
          ann.expectsNetworkFailures = true;
          for (let round = 1; round <= 4; round += 1) {
            await ann.says(`ann ${round}`);
            line.cut();
            await bob.says(`bob ${round}`);
            await ann.says(`ann ${round} again`);
            line.mend();
            await ann.page.locator('.link[data-status="open"]').waitFor();
          }
          const lines = (who) => [1, 2, 3, 4].flatMap((round) => (who === 'ann' ? [`ann ${round}`, `ann ${round} again`] : [`bob ${round}`]));
          const heard = async (person, words) => {
            await person.page.waitForFunction((count) => document.querySelectorAll('.bubble.theirs').length >= count, words.length);
            const talk = await person.talk();
            assert.deepEqual(talk.filter((text) => text.startsWith('<')), words.map((text) => `< ${text}`));
          };
          await heard(bob, lines('ann'));
          await heard(ann, lines('bob'));
          await ann.marked('Delivered');
          await bob.marked('Delivered');
        },
        { first: line.url },
      );
    } finally {
      await line.stop();
    }
  });

  test('a reload comes back into the same chat, where nothing was kept', () =>
    withTwo(async (ann, bob) => {
      await meet(ann, bob);
      await ann.says('before');
      await bob.reads(['< before']);
      await ann.page.reload();
      await ann.arrives('Sunny Heron');
      await ann.sees('nobody keeps it');
      await ann.says('after');
      await bob.reads(['< before', '< after']);
    }));

  test('a place in the queue survives it too', async () => {
    const line = await startLine(server.port);
    try {
      await withTwo(
        async (ann, bob) => {
          await ann.enters({ nickname: 'Quiet Otter' });
          await bob.enters({ nickname: 'Sunny Heron' });
          await ann.searches();
          await ann.page.waitForFunction(() => document.querySelector('[data-ref="position"]')?.textContent !== '–');
          ann.expectsNetworkFailures = true;
          line.cut();
          await ann.sees('Your place is kept');
          line.mend();
          await ann.page.locator('.link[data-status="open"]').waitFor();
          await bob.searches();
          await ann.arrives('Sunny Heron');
        },
        { first: line.url },
      );
    } finally {
      await line.stop();
    }
  });

  test('a server that restarts says so; the page comes back by itself and tells the truth', async () => {
    const first = await startServer();
    const line = await startLine(first.port);
    let next;
    try {
      await withTwo(
        async (ann, bob) => {
          await meet(ann, bob);
          for (const person of [ann, bob]) person.expectsNetworkFailures = true;
          const stopped = first.stop();
          await ann.page.locator('.link:not([data-status="open"])').waitFor();
          await stopped;
          next = await startServer();
          line.lead(next.port);
          await ann.sees('this chat has ended');
          await ann.page.locator('.link[data-status="open"]').waitFor();
        },
        { first: line.url, second: line.url },
      );
    } finally {
      await line.stop();
      await first.stop();
      await next?.stop();
    }
  });
});

describe('safety', () => {
  test('a report names a reason and is thanked for', () =>
    withTwo(async (ann, bob) => {
      await meet(ann, bob);
      await ann.press('Report');
      const dialog = ann.page.getByRole('dialog');
      await dialog.getByRole('radio', { name: /Harassment/ }).check();
      await dialog.getByLabel(/Anything else/).fill('rude');
      await dialog.getByRole('button', { name: 'Send the report' }).click();
      await ann.sees('Your report was received.');
      await dialog.waitFor({ state: 'hidden' });
      assert.equal(await ann.button('Reported').getAttribute('aria-disabled'), 'true');
      await ann.says('still here');
      await bob.reads(['< still here']);
    }));

  test('a block asks first, ends the chat, tells the other only that it is over, and can be undone', () =>
    withTwo(async (ann, bob) => {
      await meet(ann, bob);
      await ann.press('Block');
      const dialog = ann.page.getByRole('dialog');
      await ann.page.keyboard.press('Escape');
      await dialog.waitFor({ state: 'hidden' });
      await ann.press('Block');
      await dialog.getByRole('button', { name: 'Block' }).click();
      await ann.sees('You blocked Sunny Heron.');
      await bob.sees('Quiet Otter left the chat.');
      await ann.press('Undo the block');
      await ann.sees('Sunny Heron is no longer blocked.');
    }));
});

describe('the queue', () => {
  test('shows place and people, and Cancel leads back to the filters', () =>
    withTwo(async (ann) => {
      await ann.enters();
      await ann.searches();
      await ann.arrives('Looking for somebody');
      await ann.page.waitForFunction(() => document.querySelector('[data-ref="position"]')?.textContent === '1');
      await ann.press('Cancel');
      await ann.arrives('Who would you like to meet?');
    }));

  test('a search that comes too soon says until when to wait, and then goes', () =>
    withTwo(async (ann) => {
      await ann.enters();
      await ann.searches();
      await ann.arrives('Looking for somebody');
      await ann.press('Cancel');
      await ann.arrives('Who would you like to meet?');
      await ann.press(/^Find somebody/);
      await ann.sees('short pause between two searches');
      assert.match((await ann.button(/^Find somebody/).textContent()) ?? '', /in \d s/);
      await ann.page.locator('[data-ref="find"][aria-disabled="false"]').waitFor();
      await ann.press(/^Find somebody/);
      await ann.arrives('Looking for somebody');
    }));

  test('a second window takes over, and the first can take back', async () => {
    const ann = await Person.open(stage.browser, server.url);
    await ann.enters();
    const again = await Person.window(ann.context, server.url);
    await ann.arrives('Open in another window');
    await ann.press('Use it in this window');
    await again.arrives('Open in another window');
    assert.deepEqual(again.wrongs, []);
    await ann.close();
  });
});
