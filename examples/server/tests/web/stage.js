/**
 * What a browser test stands on: the real server, a line that can be cut, a camera, a browser.
 */

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, open, readFile, rm, writeFile } from 'node:fs/promises';
import net from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';

import { chromium } from 'playwright-core';

/** Generous, because it only ever runs out when something is wrong. */
export const PATIENCE_MS = 20_000;

/**
 * Starts the server with other rules.
 * @param {string} policy in TOML
 * @param {string[]} [flags]
 */
export async function startServerUnder(policy, flags = []) {
  const folder = await mkdtemp(path.join(tmpdir(), 'anonchat-policy-'));
  const file = path.join(folder, 'policy.toml');
  await writeFile(file, policy);
  return startServer(['--policy', file, ...flags]).finally(() => rm(folder, { recursive: true }));
}

/**
 * Starts the server that `ANONCHAT_SERVER` names on a free port.
 * @param {string[]} flags
 */
export async function startServer(flags = []) {
  const binary = process.env.ANONCHAT_SERVER;
  if (!binary) throw new Error('ANONCHAT_SERVER is not set. Build the server and set it to the path of anonchat-server.');
  // What the tests are told of models and libraries is not for every server.
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('ANONCHAT_')));
  const child = spawn(binary, ['--listen', '127.0.0.1:0', ...flags], { stdio: ['ignore', 'pipe', 'pipe'], env });
  const lines = [];
  const url = await new Promise((found, failed) => {
    const timer = setTimeout(() => failed(new Error(`The server did not say where it listens:\n${lines.join('\n')}`)), PATIENCE_MS);
    const read = (line) => {
      lines.push(line);
      const match = /http:\/\/127\.0\.0\.1:(\d+)/.exec(line);
      if (match === null) return;
      clearTimeout(timer);
      found(`http://127.0.0.1:${match[1]}/`);
    };
    createInterface(child.stdout).on('line', read);
    createInterface(child.stderr).on('line', (line) => lines.push(line));
    child.once('error', (error) => failed(new Error(`ANONCHAT_SERVER cannot be started: ${error.message}`)));
    child.once('exit', (code) => failed(new Error(`The server ended with ${code}:\n${lines.join('\n')}`)));
  }).catch((error) => {
    child.kill('SIGKILL');
    throw error;
  });
  const stop = async () => {
    if (child.exitCode !== null || child.signalCode !== null) return child.exitCode;
    const ended = once(child, 'exit');
    child.kill('SIGTERM');
    const timer = setTimeout(() => child.kill('SIGKILL'), 12_000);
    await ended;
    clearTimeout(timer);
    return child.exitCode;
  };
  return { url, port: Number(new URL(url).port), lines, stop };
}

/** Starts the Redis that `REDIS_SERVER` names on a socket of its own. */
export async function startRedis() {
  const binary = process.env.REDIS_SERVER;
  if (!binary) throw new Error('REDIS_SERVER is not set. Set it to the path of redis-server.');
  const folder = await mkdtemp(path.join(tmpdir(), 'anonchat-redis-'));
  const socket = path.join(folder, 'redis.sock');
  const flags = ['--port', '0', '--unixsocket', socket, '--save', '', '--dir', folder];
  const child = spawn(binary, flags, { stdio: ['ignore', 'pipe', 'inherit'] });
  const lines = createInterface(child.stdout);
  await new Promise((ready, failed) => {
    const timer = setTimeout(() => failed(new Error('Redis does not become ready')), PATIENCE_MS);
    lines.on('line', (line) => {
      if (!/ready to accept connections/i.test(line)) return;
      clearTimeout(timer);
      ready(undefined);
    });
    child.once('error', failed);
  });
  const stop = async () => {
    const ended = once(child, 'exit');
    child.kill('SIGTERM');
    await ended;
    await rm(folder, { recursive: true });
  };
  return { url: `redis+unix://${socket}`, stop };
}

/**
 * A line to the server that can be cut, and led to another server. A browser's offline mode leaves open
 * sockets alone; this does not.
 * @param {number} first port of the server
 */
export async function startLine(first) {
  let port = first;
  const sockets = new Set();
  let up = true;
  const listener = net.createServer((near) => {
    if (!up) return near.resetAndDestroy();
    const far = net.connect(port, '127.0.0.1');
    for (const socket of [near, far]) {
      sockets.add(socket);
      socket.setNoDelay(true);
      socket.on('error', () => {});
      socket.on('close', () => {
        sockets.delete(socket);
        near.destroy();
        far.destroy();
      });
    }
    near.pipe(far);
    far.pipe(near);
  });
  listener.listen(0, '127.0.0.1');
  await once(listener, 'listening');
  const { port: own } = listener.address();
  const cut = () => {
    up = false;
    for (const socket of sockets) socket.destroy();
  };
  return {
    url: `http://127.0.0.1:${own}/`,
    cut,
    mend: () => (up = true),
    lead: (other) => (port = other),
    stop: async () => {
      cut();
      listener.close();
      await once(listener, 'close');
    },
  };
}

const [WIDTH, HEIGHT] = [640, 480];

/** One frame of a drawn face before a wall, as planes of brightness and colour. */
function drawFace() {
  const frame = Buffer.alloc(WIDTH * HEIGHT * 1.5, 128);
  const within = (x, y, cx, cy, rx, ry) => ((x - cx) / rx) ** 2 + ((y - cy) / ry) ** 2 < 1;
  for (let y = 0; y < HEIGHT; y += 1) {
    for (let x = 0; x < WIDTH; x += 1) {
      const skin = within(x, y, 320, 240, 118, 160);
      const dark = within(x, y, 272, 205, 14, 9) || within(x, y, 368, 205, 14, 9) || within(x, y, 320, 325, 42, 9);
      const hair = within(x, y, 320, 150, 135, 105) && y < 165;
      const shirt = within(x, y, 320, 520, 220, 130);
      const wall = 120 + Math.round((70 * (WIDTH - x)) / WIDTH);
      frame[y * WIDTH + x] = dark ? 45 : hair ? 60 : skin ? 175 : shirt ? 90 : wall;
      if (y % 2 || x % 2) continue;
      const chroma = WIDTH * HEIGHT + (y >> 1) * (WIDTH >> 1) + (x >> 1);
      const warm = skin && !dark && !hair;
      frame[chroma] = warm ? 108 : shirt && !hair ? 160 : 128;
      frame[chroma + (WIDTH * HEIGHT) / 4] = warm ? 152 : 128;
    }
  }
  return frame;
}

/**
 * One frame of a picture, as planes of brightness and colour (BT.601, full range).
 * @param {string} file
 */
async function filmFace(file) {
  const encoded = `data:image/jpeg;base64,${(await readFile(file)).toString('base64')}`;
  const browser = await launch([]);
  const page = await browser.newPage();
  const planes = await page.evaluate(
    async ({ encoded, width, height }) => {
      const picture = new Image();
      picture.src = encoded;
      await picture.decode();
      const context = new OffscreenCanvas(width, height).getContext('2d');
      const scale = Math.min(width / picture.width, height / picture.height);
      const [w, h] = [picture.width * scale, picture.height * scale];
      context.drawImage(picture, (width - w) / 2, (height - h) / 2, w, h);
      const { data } = context.getImageData(0, 0, width, height);
      const frame = new Uint8ClampedArray(width * height * 1.5);
      for (let at = 0; at < width * height; at += 1) {
        const [r, g, b] = data.subarray(4 * at, 4 * at + 3);
        frame[at] = 0.299 * r + 0.587 * g + 0.114 * b;
        const [x, y] = [at % width, Math.floor(at / width)];
        if (y % 2 || x % 2) continue;
        const chroma = width * height + (y >> 1) * (width >> 1) + (x >> 1);
        frame[chroma] = 128 - 0.168736 * r - 0.331264 * g + 0.5 * b;
        frame[chroma + (width * height) / 4] = 128 + 0.5 * r - 0.418688 * g - 0.081312 * b;
      }
      return btoa(Array.from(frame, (byte) => String.fromCharCode(byte)).join(''));
    },
    { encoded, width: WIDTH, height: HEIGHT },
  );
  await browser.close();
  return Buffer.from(planes, 'base64');
}

/** Writes the film that stands in for the camera. @param {string} folder @param {Buffer} face */
async function makeFilm(folder, face) {
  const film = path.join(folder, 'camera.y4m');
  const file = await open(film, 'w');
  await file.write(`YUV4MPEG2 W${WIDTH} H${HEIGHT} F10:1 Ip A1:1 C420jpeg\n`);
  for (let n = 0; n < 3; n += 1) {
    await file.write('FRAME\n');
    await file.write(face);
  }
  await file.close();
  return film;
}

/** @param {string[]} flags */
const launch = (flags) =>
  chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      // Two windows take turns in these tests; the one behind must not be slowed down.
      '--disable-background-timer-throttling',
      '--disable-backgrounding-occluded-windows',
      '--disable-renderer-backgrounding',
      ...flags,
    ],
  });

/**
 * @param {{ camera?: boolean | string }} [equipment] before the camera is a drawn face, or the picture in
 *   this JPEG file
 */
export async function startBrowser({ camera = true } = {}) {
  const folder = await mkdtemp(path.join(tmpdir(), 'anonchat-page-'));
  const film = await makeFilm(folder, typeof camera === 'string' ? await filmFace(camera) : drawFace());
  const fake = ['--use-fake-device-for-media-stream', '--use-fake-ui-for-media-stream', `--use-file-for-fake-video-capture=${film}`];
  const browser = await launch(camera ? fake : []);
  const stop = async () => {
    await browser.close();
    await rm(folder, { recursive: true, force: true });
  };
  return { browser, stop };
}
