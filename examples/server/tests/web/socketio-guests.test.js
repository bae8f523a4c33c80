/** 002's life of a client against the real server, by the official Socket.IO client. */

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { after, before, describe, test } from 'node:test';

import WebSocket from 'ws';

import { Guest, join, pair } from './guest.js';
import { startRedis, startServer, startServerUnder } from './stage.js';

const LENIENT = '[matching]\ncooldown_ms = 0\nrematch_after_s = 0\n[rates]\nrest_per_minute = 0\n[text]\ncookie_message_chars = 20\n';
const NOBODY = { gender: 'male', looking_for: 'anyone' };

let server;

before(async () => {
  server = await startServerUnder(LENIENT);
});

after(async () => {
  await server?.stop();
});

describe('/join', () => {
  test('takes JSON and forms, and gives a cookie that scripts and other sites do not reach', async () => {
    const json = await join(server.url, { username: 'Al', bio: '', gender: 'male', looking_for: 'female' });
    assert.deepEqual([json.status, JSON.parse(json.body)], [200, { success: true, redirect: '/chat', username: 'Al' }]);
    assert.match(json.header, /^session=[^;]+; Path=\/; Max-Age=\d+; HttpOnly; SameSite=Lax$/);
    const form = new URLSearchParams({ username: 'Al', gender: 'Male', looking_for: 'both' });
    assert.equal((await join(server.url, form)).status, 200);
    const shown = await join(server.url, form, { accept: 'text/html' });
    assert.deepEqual([shown.status, shown.location], [302, 'chat']);
    assert.match(shown.header, /^session=/);
  });
  test('makes a name for who brings none', async () => {
    const { body } = await join(server.url, NOBODY);
    assert.match(JSON.parse(body).username, /^Anonymous\d{4}$/);
  });
  test('refuses what it cannot use, with the reason', async () => {
    for (const [wish, reason] of [
      [{ looking_for: 'any' }, /gender/],
      [{ gender: 'robot', looking_for: 'any' }, /gender/],
      [{ gender: 'male', looking_for: 'tea' }, /look for/],
      [{ ...NOBODY, username: 'x'.repeat(31) }, /too long/],
      [{ ...NOBODY, bio: 'x'.repeat(201) }, /too long/],
      [{ ...NOBODY, bio: 'mail me: al@example.org' }, /personal information/],
      [{ ...NOBODY, username: 7 }, /read/],
      ['nobody', /read/],
    ]) {
      const { status, body, header } = await join(server.url, wish);
      const { success, error } = JSON.parse(body);
      assert.deepEqual([status, success, header], [400, false, ''], body);
      assert.match(error, reason);
    }
    const long = await join(server.url, { ...NOBODY, bio: 'x'.repeat(20_000) });
    assert.equal(long.status, 413);
  });
  test('refuses pages of other origins', async () => {
    const foreign = await join(server.url, NOBODY, { origin: 'https://evil.example' });
    assert.equal(foreign.status, 403);
  });
});

for (const transports of [['polling', 'websocket'], ['websocket'], ['polling']]) {
  describe(`over ${transports.join(', then ')}`, () => {
    test('two people meet, talk, type and part', async () => {
      const { al, bea, toAl, toBea } = await pair(server.url, { transports });
      assert.deepEqual(toAl.partner, { username: 'Bea', bio: 'likes tea', gender: 'female' });
      assert.deepEqual(toBea.partner, { username: 'Al', bio: '', gender: 'male' });
      assert.notEqual(toAl.room_id, toBea.room_id);
      al.does('send_message', { message: '  hi <b>you</b> ', room_id: 'ignored' });
      for (const one of [al, bea]) {
        const { username, message, timestamp } = await one.hears('receive_message');
        assert.deepEqual([username, message], ['Al', 'hi <b>you</b>'], 'unchanged but for its margins');
        assert.match(timestamp, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/);
        assert.ok(Math.abs(Date.parse(timestamp) - Date.now()) < 60_000);
      }
      bea.does('typing', { typing: true });
      assert.deepEqual(await al.hears('partner_typing'), { typing: true });
      for (const said of [{ text: 'two' }, 'three']) {
        bea.does('send_message', said);
        const { username, message } = await al.hears('receive_message');
        assert.deepEqual([username, message], ['Bea', said === 'three' ? 'three' : 'two']);
        await bea.hears('receive_message');
      }
      al.does('find_match');
      al.does('leave_chat');
      assert.deepEqual(await bea.hears('partner_left'), { message: 'Your partner has left the chat' });
      bea.does('find_match');
      await bea.hears('waiting');
      bea.does('find_match');
      al.does('find_match');
      await al.hears('match_found');
      await bea.hears('match_found');
      bea.leaves();
      assert.deepEqual(await al.hears('partner_disconnected'), { message: 'Your partner has disconnected' });
      al.leaves();
    });
  });
}

describe('trouble', () => {
  test('who has no session is told so and harms nobody', async () => {
    const stranger = await Guest.connects(server.url, 'session=v4.local.nonsense');
    stranger.does('find_match');
    assert.match((await stranger.hears('error')).message, /join first/);
    stranger.leaves();
  });
  test('what is malformed, too long, forbidden or unknown is answered or passed over', async () => {
    const { al, bea } = await pair(server.url);
    for (const [data, reason] of [
      [{ message: '' }, 'Invalid message'],
      [{ message: 'x'.repeat(21) }, 'Invalid message'],
      [{ message: 7 }, 'Invalid frame'],
      [undefined, 'Invalid frame'],
      ['x'.repeat(100_000), 'Invalid frame'],
      [{ message: 'al@example.org' }, 'Sharing personal information is not allowed.'],
    ]) {
      al.does('send_message', data);
      assert.deepEqual(await al.hears('error'), { message: reason });
    }
    al.does('dance', { with: 'me' });
    al.does('send_message', 'still here');
    assert.equal((await bea.hears('receive_message')).message, 'still here');
    al.leaves();
    await bea.hears('partner_disconnected');
    bea.leaves();
  });
  test('a packet that is too large ends its connection and no other', async () => {
    const { al, bea } = await pair(server.url, { transports: ['websocket'] });
    const ended = new Promise((done) => al.socket.once('disconnect', done));
    al.does('send_message', 'x'.repeat(1_100_000));
    await ended;
    await bea.hears('partner_disconnected');
    bea.leaves();
  });
  test('a newer connection of the same session closes the older one', async () => {
    const older = await Guest.comes(server.url, NOBODY);
    await older.hears('connected');
    const closed = new Promise((done) => older.socket.once('disconnect', done));
    const newer = await Guest.connects(server.url, older.cookie);
    await newer.hears('connected');
    assert.equal(await closed, 'io server disconnect');
    newer.does('find_match');
    await newer.hears('waiting');
    newer.leaves();
  });
  test('no other site opens a connection in somebody\'s name', async () => {
    const { cookie } = await join(server.url, NOBODY);
    for (const transports of [['websocket'], ['polling']]) {
      const options = { transports, extraHeaders: { cookie, origin: 'https://evil.example' } };
      await assert.rejects(Guest.connects(server.url, cookie, options));
    }
  });
  test('a session holds after a restart under the same key', async () => {
    const keys = ['--key', 'pX3v9Qm2xLr7Tn5Wk8Zb4Yc6Hd1Gf0Js', '--admin-key', 'Js0Gf1Hd6Yc4Zb8Wk5Tn7rL2mQ9v3XpA'];
    const before = await startServer(keys);
    const { cookie } = await join(before.url, { ...NOBODY, username: 'Lasting' });
    await before.stop();
    const again = await startServer(keys);
    const guest = await Guest.connects(again.url, cookie);
    assert.deepEqual(await guest.hears('connected'), { status: 'ok', username: 'Lasting' });
    guest.leaves();
    await again.stop();
    const stranger = await Guest.connects(server.url, cookie);
    stranger.does('find_match');
    await stranger.hears('error');
    stranger.leaves();
  });
});

test('somebody on the WebSocket of 000 meets somebody of 002', async () => {
  const bea = await Guest.comes(server.url, { username: 'Bea', gender: 'female', looking_for: 'anyone' });
  await bea.hears('connected');
  bea.does('find_match');
  await bea.hears('waiting');
  const socket = new WebSocket(`${server.url.replace('http', 'ws')}ws?device_id=plain-0123456789abcdef`);
  const frames = [];
  let wake = () => {};
  socket.onmessage = ({ data }) => {
    frames.push(JSON.parse(data));
    wake();
  };
  const hears = async (type) => {
    for (;;) {
      const place = frames.findIndex((frame) => frame.type === type);
      if (place >= 0) return frames.splice(place, 1)[0];
      await new Promise((done) => {
        wake = () => done(undefined);
      });
    }
  };
  await new Promise((open) => {
    socket.onopen = open;
  });
  socket.send(JSON.stringify({ action: 'join', filter: 'female', nickname: 'Ann' }));
  assert.deepEqual((await hears('matched')).peer_profile, { nickname: 'Bea', gender: 'female' });
  assert.deepEqual((await bea.hears('match_found')).partner, { username: 'Ann', bio: '', gender: 'unknown' });
  bea.does('send_message', 'hello');
  await bea.hears('receive_message');
  assert.equal((await hears('msg')).text, 'hello');
  bea.does('typing', { typing: true });
  await hears('typing');
  socket.send(JSON.stringify({ action: 'msg', text: 'hi' }));
  assert.equal((await bea.hears('receive_message')).username, 'Ann');
  socket.send(JSON.stringify({ action: 'next' }));
  await bea.hears('partner_left');
  socket.close();
  bea.leaves();
});

test('a client that gives no sign of life is gone after a ping and its time', async () => {
  const bea = await Guest.comes(server.url, { username: 'Bea', gender: 'female', looking_for: 'male' });
  await bea.hears('connected');
  const { cookie } = await join(server.url, { username: 'Al', gender: 'male', looking_for: 'female' });
  const silent = new WebSocket(`${server.url.replace('http', 'ws')}socket.io/?EIO=4&transport=websocket`, { headers: { cookie } });
  const packets = [];
  const closed = new Promise((done) => silent.on('close', done));
  const opened = new Promise((open) => silent.once('message', open));
  silent.on('message', (data) => packets.push(String(data)));
  const { pingInterval, pingTimeout, maxPayload } = JSON.parse(String(await opened).slice(1));
  assert.deepEqual([pingInterval, pingTimeout, maxPayload], [25_000, 20_000, 1_000_000]);
  silent.send('40');
  bea.does('find_match');
  await bea.hears('waiting');
  silent.send('42["find_match"]');
  await bea.hears('match_found');
  await closed;
  assert.ok(packets.includes('2'), 'it was asked');
  assert.deepEqual(await bea.hears('partner_disconnected'), { message: 'Your partner has disconnected' });
  bea.leaves();
});

test('a client that does not read is dropped, while its partner and others talk on', async () => {
  const own = await startServerUnder('[rates]\nframes_per_minute = 0\n[matching]\ncooldown_ms = 0\n[connection]\nidle_s = 5\n');
  const bea = await Guest.comes(own.url, { username: 'Bea', gender: 'female', looking_for: 'male' });
  await bea.hears('connected');
  bea.does('find_match');
  await bea.hears('waiting');
  const { cookie } = await join(own.url, { username: 'Al', gender: 'male', looking_for: 'female' });
  const deaf = new WebSocket(`${own.url.replace('http', 'ws')}socket.io/?EIO=4&transport=websocket`, { headers: { cookie } });
  deaf.on('message', (data) => {
    const packet = String(data);
    if (packet.startsWith('0')) deaf.send('40');
    else if (packet.startsWith('40')) deaf.send('42["find_match"]');
  });
  deaf.on('error', () => {});
  await bea.hears('match_found');
  deaf.pause();
  let left = false;
  bea.socket.on('partner_disconnected', () => (left = true));
  bea.ignores('partner_disconnected');
  bea.ignores('receive_message');
  for (let sent = 0; !left && sent < 60_000; sent += 1) {
    const echoed = new Promise((done) => bea.socket.once('receive_message', done));
    bea.does('send_message', 'x'.repeat(1_000));
    await Promise.race([echoed, new Promise((done) => setTimeout(done, 1_000))]);
  }
  assert.ok(left, 'the partner is told');
  bea.does('find_match');
  await bea.hears('waiting');
  bea.leaves();
  deaf.terminate();
  await own.stop();
});

test('nothing of what is said, and no name, bio or cookie, is in the log at any level', async () => {
  const loud = await startServer(['--log', 'trace']);
  const wish = { username: 'canary-name', bio: 'canary-bio', gender: 'male', looking_for: 'anyone' };
  const [one, other] = [await Guest.comes(loud.url, wish), await Guest.comes(loud.url, wish, { transports: ['websocket'] })];
  for (const guest of [one, other]) await guest.hears('connected');
  one.does('find_match');
  await one.hears('waiting');
  other.does('find_match');
  await one.hears('match_found');
  await other.hears('match_found');
  one.does('send_message', 'canary-words');
  assert.equal((await other.hears('receive_message')).message, 'canary-words');
  other.does('dance', 'canary-dance');
  assert.equal(await loud.stop(), 0, 'open transports do not hold the server up until it is killed');
  const log = loud.lines.join('\n');
  assert.match(log, /connection/, 'it is a log of what went on');
  for (const secret of ['canary', one.cookie, other.cookie]) assert.ok(!log.includes(secret), secret);
});

test('people at two servers on one Redis meet, talk and part', async () => {
  const redis = await startRedis();
  const shared = ['--store', redis.url, '--key', 'pX3v9Qm2xLr7Tn5Wk8Zb4Yc6Hd1Gf0Js', '--admin-key', 'Js0Gf1Hd6Yc4Zb8Wk5Tn7rL2mQ9v3XpA'];
  const [east, west] = [await startServer(shared), await startServer(shared)];
  const al = await Guest.comes(east.url, { username: 'Al', gender: 'male', looking_for: 'female' });
  const bea = await Guest.comes(west.url, { username: 'Bea', gender: 'female', looking_for: 'male' });
  await al.hears('connected');
  await bea.hears('connected');
  al.does('find_match');
  await al.hears('waiting');
  bea.does('find_match');
  assert.equal((await bea.hears('match_found')).partner.username, 'Al');
  assert.equal((await al.hears('match_found')).partner.username, 'Bea');
  al.does('send_message', 'over there?');
  await al.hears('receive_message');
  assert.equal((await bea.hears('receive_message')).message, 'over there?');
  bea.does('leave_chat');
  await al.hears('partner_left');
  for (const guest of [al, bea]) guest.leaves();
  for (const one of [east, west]) await one.stop();
  await redis.stop();
});

test('the client of Python lives the same life', async () => {
  const python = process.env.PYTHON_SOCKETIO;
  assert.ok(python, 'PYTHON_SOCKETIO names a Python that has python-socketio; scripts/test installs it');
  const script = new URL('../python/guest_life.py', import.meta.url);
  const { stderr, code } = await new Promise((done) => {
    execFile(python, [script.pathname, server.url], { timeout: 120_000 }, (error, _stdout, said) => done({ stderr: said, code: error?.code ?? 0 }));
  });
  assert.equal(code, 0, stderr);
});

test('a transport has a place among all connections, and gives it back when it ends', async () => {
  const small = await startServerUnder('[connection]\nmax_connections = 1\n');
  const handshake = () => fetch(new URL('socket.io/?EIO=4&transport=polling', small.url));
  const guest = await Guest.comes(small.url, NOBODY, { transports: ['websocket'] });
  await guest.hears('connected');
  const refused = await handshake();
  assert.deepEqual([refused.status, refused.headers.get('retry-after')], [503, '10']);
  assert.match((await refused.json()).error, /full/);
  guest.leaves();
  let status = 503;
  for (let tries = 0; tries < 200 && status !== 200; tries += 1) {
    await new Promise((done) => setTimeout(done, 100));
    ({ status } = await handshake());
  }
  assert.equal(status, 200);
  await small.stop();
});
