/** What hostile people and hostile sites try, in a real browser. */

import assert from 'node:assert/strict';
import { once } from 'node:events';
import http from 'node:http';
import { after, before, describe, test } from 'node:test';

import { Person, meet } from './person.js';
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

/** Markup that runs a script, if it is ever taken for markup. */
const MARKUP = '<img src=x onerror=window.struck=1><script>window.struck=1</script>';

describe('words that look like markup', () => {
  test('stay words as a name, as a line about oneself and as a message, on both sides', async () => {
    const [ann, bob] = [await Person.open(stage.browser, server.url), await Person.open(stage.browser, server.url)];
    await ann.enters({ nickname: '<img src=x onerror=struck=1>', bio: MARKUP });
    await bob.enters({ nickname: 'Sunny Heron' });
    await ann.searches();
    await ann.arrives('Looking for somebody');
    await bob.searches();
    await bob.arrives('<img src=x onerror=struck=1>');
    await bob.sees(MARKUP);
    await ann.arrives('Sunny Heron');
    await ann.says(MARKUP);
    await bob.reads([`< ${MARKUP}`]);
    await ann.reads([`> ${MARKUP}`]);
    for (const person of [ann, bob]) {
      assert.equal(await person.page.evaluate(() => 'struck' in window), false);
      assert.equal(await person.page.locator('main img, main script').count(), 0);
      await person.close();
    }
  });
});

describe('a page of another site', () => {
  /** @type {http.Server} */
  let site;
  let page;
  let chat;

  before(async () => {
    site = http.createServer((_, answer) => answer.writeHead(200, { 'Content-Type': 'text/html' }).end('<!doctype html><title>Elsewhere</title>'));
    site.listen(0, '127.0.0.1');
    await once(site, 'listening');
    const { port } = /** @type {import('node:net').AddressInfo} */ (site.address());
    const context = await stage.browser.newContext();
    // The same person has the chat open beside it.
    chat = await Person.window(context, server.url);
    page = await context.newPage();
    await page.goto(`http://localhost:${port}/`);
  });

  after(async () => {
    await page?.context().close();
    site?.close();
  });

  /** What a handshake from the page comes to. @param {string} path */
  const handshake = (path) =>
    page.evaluate(
      (url) =>
        new Promise((done) => {
          const socket = new WebSocket(url);
          socket.onopen = () => done('open');
          socket.onclose = () => done('closed');
        }),
      new URL(path, server.url.replace('http', 'ws')).href,
    );

  /** What a request from the page comes to, seen by the page. @param {string} path @param {RequestInit} how */
  const request = (path, how) =>
    page.evaluate(
      ([url, init]) => fetch(url, { credentials: 'include', ...init }).then(({ type, status }) => `${type} ${status}`, () => 'refused'),
      /** @type {const} */ ([new URL(path, server.url).href, how]),
    );

  test('cannot chat in the name of somebody whose device it knows', async () => {
    const device = await chat.page.evaluate(() => {
      document.querySelector('button[data-do=start]')?.dispatchEvent(new MouseEvent('click', { bubbles: true }));
      return Object.values(localStorage).join(' ');
    });
    const id = /[0-9a-f]{32}/.exec(device)?.[0] ?? '0123456789abcdef0123456789abcdef';
    assert.equal(await handshake(`ws?device_id=${id}&v=1`), 'closed');
    assert.equal(await handshake(`ws?device_id=${id}`), 'closed');
    // By the page's own origin the same address works, so that it was not the address.
    const own = await chat.page.evaluate(
      (url) => new Promise((done) => Object.assign(new WebSocket(url), { onopen: () => done('open'), onclose: () => done('closed') })),
      new URL(`ws?device_id=${id}`, server.url.replace('http', 'ws')).href,
    );
    assert.equal(own, 'open');
  });

  test('cannot read or send what needs a permission', async () => {
    const json = { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: '{}' };
    for (const path of ['verify?device_id=0123456789abcdef', 'api/verify', 'admin/reports']) {
      assert.equal(await request(path, json), 'refused', path);
    }
    const form = await fetch(new URL('verify?device_id=0123456789abcdef', server.url), {
      method: 'POST',
      headers: { Origin: 'http://evil.example', 'Content-Type': 'text/plain' },
      body: 'x',
    });
    assert.equal(form.status, 403, 'a request that needs no permission is refused by the server itself');
  });

  test('cannot show the chat in a frame, load its files or keep a hand on its window', async () => {
    const framed = await page.evaluate(
      (url) =>
        new Promise((done) => {
          const frame = document.createElement('iframe');
          frame.onload = () => {
            let seen;
            try {
              seen = frame.contentDocument === null ? 'not to be read' : 'to be read';
            } catch {
              seen = 'not to be read';
            }
            done(seen);
          };
          frame.src = url;
          document.body.append(frame);
        }),
      server.url,
    );
    assert.equal(framed, 'not to be read');
    // It shows an error and not the chat. The browser tells of that a moment after it has loaded.
    const inner = page.frames().find((frame) => frame !== page.mainFrame());
    await inner?.waitForURL(/^chrome-error:/);
    assert.match(inner?.url() ?? '', /^chrome-error:/, 'the frame shows an error and not the chat');
    const loaded = await page.evaluate(
      (url) =>
        new Promise((done) => {
          const script = Object.assign(document.createElement('script'), { src: url, type: 'text/javascript' });
          script.onload = () => done('loaded');
          script.onerror = () => done('refused');
          document.head.append(script);
        }),
      new URL('js/main.js', server.url).href,
    );
    assert.equal(loaded, 'refused');
    await page.evaluate((url) => void (window.other = window.open(url)), server.url);
    await page.waitForFunction(() => window.other?.closed === true);
  });
});
