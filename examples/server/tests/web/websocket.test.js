/** WebSockets before clients that others wrote: `ws` here, `aiohttp` and `websockets` in Python. */

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { after, before, test } from 'node:test';

import { Original } from './original.js';
import { startServerUnder } from './stage.js';

/** @type {Awaited<ReturnType<typeof startServerUnder>>} */
let server;

before(async () => {
  server = await startServerUnder('[rates]\nframes_per_minute = 0\n[matching]\ncooldown_ms = 0\n');
});

after(() => server.stop());

/** Two who talk to each other. */
async function two() {
  const ann = await Original.comes(server.url);
  const ben = await Original.comes(server.url);
  for (const one of [ann, ben]) one.does({ action: 'join', filter: 'any', nickname: 'someone' });
  await Promise.all([ann.hears('matched'), ben.hears('matched')]);
  return { ann, ben };
}

/** @param {Original} one @param {(socket: import('ws').WebSocket) => void} breaks */
async function closes(one, breaks) {
  breaks(one.socket);
  return one.closed;
}

test('a frame in pieces, with a ping between them, is one frame', async () => {
  const { ann, ben } = await two();
  const text = JSON.stringify({ action: 'msg', text: 'Grüße 👋 in pieces' });
  const bytes = Buffer.from(text);
  const pong = once(ann.socket, 'pong');
  // Cut within characters, too.
  for (let at = 0; at < bytes.length; at += 1) {
    ann.socket.send(bytes.subarray(at, at + 1), { fin: at + 1 === bytes.length, binary: false });
    if (at === 10) ann.socket.ping('are you there?');
  }
  assert.equal(String((await pong)[0]), 'are you there?');
  assert.equal((await ben.hears('msg')).text, 'Grüße 👋 in pieces');
});

test('many frames at once arrive each once and in order', async () => {
  const { ann, ben } = await two();
  for (let number = 0; number < 500; number += 1) {
    ann.does({ action: 'msg', text: `message ${'abcdefghij'[number % 10]}` });
    if (number % 50 === 49) await new Promise((done) => setTimeout(done, 5));
  }
  for (let number = 0; number < 500; number += 1) {
    assert.equal((await ben.hears('msg')).text, `message ${'abcdefghij'[number % 10]}`);
  }
});

test('frames of every length are read, up to the longest', async () => {
  const { ann } = await two();
  for (const length of [125, 126, 127, 65_535, 65_536, 65_537, 1 << 20]) {
    ann.socket.send('x'.repeat(length));
    assert.equal((await ann.hears('error')).type, 'error', `${length}`);
  }
  assert.equal(await closes(ann, (socket) => socket.send('x'.repeat((1 << 20) + 1))), 1009);
});

test('bytes are answered like any frame that is none', async () => {
  const { ann } = await two();
  ann.socket.send(Buffer.from([1, 2, 3]));
  assert.equal((await ann.hears('error')).type, 'error');
});

test('a text that is no UTF-8 closes with 1007', async () => {
  const { ann } = await two();
  assert.equal(await closes(ann, (socket) => socket.send(Buffer.from([0xff]), { binary: false })), 1007);
});

test('a goodbye is answered with its own code', async () => {
  const { ann } = await two();
  assert.equal(await closes(ann, (socket) => socket.close(3456, 'that was it')), 3456);
});

test('the clients of Python are served alike', async () => {
  const python = process.env.PYTHON_SOCKETIO;
  assert.ok(python, 'PYTHON_SOCKETIO names a Python that has aiohttp and websockets; scripts/test installs it');
  const script = new URL('../python/websocket_life.py', import.meta.url);
  const { stderr, code } = await new Promise((done) => {
    execFile(python, [script.pathname, server.url], { timeout: 120_000 }, (error, _stdout, said) => done({ stderr: said, code: error?.code ?? 0 }));
  });
  assert.equal(code, 0, stderr);
});
