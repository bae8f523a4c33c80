/** 001's life of a client against the real server, by the official Socket.IO client. */

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { after, before, describe, test } from 'node:test';

import WebSocket from 'ws';

import { Original } from './original.js';
import { PATIENCE_MS, startLine, startServer, startServerUnder } from './stage.js';
import { Visitor, opens, profile, talk, waiting } from './visitor.js';

const LENIENT = '[matching]\ncooldown_ms = 0\nrematch_after_s = 0\n[rates]\nrest_per_minute = 0\nframes_per_minute = 0\n';
const PNG = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';

let server;

before(async () => {
  server = await startServerUnder(LENIENT);
});

after(async () => {
  await server?.stop();
});

/** Two who have found each other; the pages that looked are closed. */
async function found(url = server.url) {
  const ann = await Visitor.seeks(url, { nickname: 'Ann', bio: 'likes tea very much' });
  await waiting(url);
  const ben = await Visitor.seeks(url, { nickname: 'Ben', gender: 'F', matchPreference: 'M' });
  await ann.finds();
  await ben.finds();
  return { ann, ben };
}

describe('two pages of one person', () => {
  test('find a partner, close, come to the room, talk, type and leave', async () => {
    const { ann, ben } = await found();
    assert.notEqual(ann.match.roomId, ben.match.roomId);
    assert.match(ann.match.roomId, /^room_/);
    const { deviceId, ...shown } = ben.match.partner;
    assert.deepEqual(shown, { nickname: 'Ann', bio: 'likes tea very much', gender: 'M' });
    assert.match(deviceId, /^[ab][0-9a-f]{32}$/, 'an alias of this talk');
    await ann.enters();
    await ben.enters();
    ann.says('  hello <b>you</b> ');
    const told = await ben.page.hears('receive_message');
    assert.deepEqual(Object.keys(told).sort(), ['senderId', 'text', 'timestamp']);
    assert.equal(told.text, 'hello <b>you</b>');
    assert.equal(told.senderId, deviceId);
    assert.notEqual(told.senderId, ben.page.socket.id);
    assert.ok(Math.abs(told.timestamp - Date.now()) < 60_000);
    for (const isTyping of [true, false]) {
      ben.page.does('typing', { roomId: ben.match.roomId, isTyping });
      assert.deepEqual(await ann.page.hears('partner_typing'), { isTyping });
    }
    ben.says('bye');
    await ann.hears('bye');
    ann.page.does('leave_chat', ann.match.roomId);
    assert.equal(await ben.page.hears('partner_left'), undefined);
    assert.deepEqual(ann.page.told, [], 'who says or leaves is told nothing of it');
    // The page that was left says goodbye as well, and comes for somebody else over the same socket.
    ben.page.does('leave_chat', ben.match.roomId);
    ben.page.does('join_queue', profile());
    ann.page.does('join_queue', profile());
    await ben.page.hears('match_found');
    await ann.page.hears('match_found');
    for (const { page } of [ann, ben]) page.leaves();
  });
  test('lose nothing that is said before the other one has come', async () => {
    const { ann, ben } = await found();
    await ann.enters();
    for (const words of ['one', 'two', 'three']) ann.says(words);
    await ben.enters();
    for (const words of ['one', 'two', 'three']) await ben.hears(words);
    ann.says('four');
    await ben.hears('four');
    ann.page.leaves();
    ben.page.leaves();
  });
  test('hold sixteen messages and no more', async () => {
    const { ann, ben } = await found();
    await ann.enters();
    for (let number = 1; number <= 17; number += 1) ann.says(`${number}`);
    assert.match((await ann.page.hears('error')).message, /Rate limit/);
    await ben.enters();
    for (let number = 1; number <= 16; number += 1) await ben.hears(`${number}`);
    ann.says('and on');
    await ben.hears('and on');
    ann.page.leaves();
    ben.page.leaves();
  });
  test('come back within the grace after the line was cut, by the client\'s own reconnect', async () => {
    const line = await startLine(server.port);
    const { ann, ben } = await found();
    await ann.enters();
    await ben.enters(line.url, { reconnection: true, reconnectionDelay: 50, reconnectionDelayMax: 200 });
    const { roomId } = ben.match;
    const again = new Promise((done) => ben.page.socket.io.once('reconnect', done));
    ann.says('before');
    await ben.hears('before');
    ben.page.socket.on('connect', () => ben.page.does('join_room', roomId));
    line.cut();
    line.mend();
    await again;
    let heard;
    for (let tries = 0; heard === undefined && tries < 100; tries += 1) {
      ann.says('after');
      heard = await Promise.race([ben.hears('after'), new Promise((none) => setTimeout(none, 200))]);
    }
    assert.equal(heard?.text, 'after');
    ben.says('still here');
    await ann.hears('still here');
    ann.page.leaves();
    ben.page.leaves();
    await line.stop();
  });
  test('wait without a word, and go on waiting over a new socket', async () => {
    const ann = await Visitor.seeks(server.url, { nickname: 'Ann' });
    await waiting(server.url);
    ann.page.leaves();
    ann.page = await opens(server.url);
    ann.page.does('join_queue', ann.wish);
    await waiting(server.url);
    const ben = await Visitor.seeks(server.url, { nickname: 'Ben' });
    assert.equal((await ben.finds()).partner.nickname, 'Ann');
    await ann.finds();
    // The page comes back before it has come to the room, and hears of the same partner.
    const { partner } = ann.match;
    ann.page = await opens(server.url);
    ann.page.does('join_queue', ann.wish);
    assert.deepEqual((await ann.finds()).partner, partner);
    await ben.enters();
    ben.says('who are you?');
    await ann.enters();
    await ann.hears('who are you?');
    // Once it has come, looking for somebody leaves the one that there is.
    const again = await opens(server.url);
    again.does('join_queue', ann.wish);
    await ben.page.hears('partner_left');
    await waiting(server.url);
    again.leaves();
    ben.page.leaves();
  });
});

describe('a room', () => {
  test('is over for the other one when the line is lost for good', async () => {
    const brief = await startServerUnder(`${LENIENT}[connection]\ngrace_s = 1\n`);
    const { ann, ben } = await talk(brief.url);
    ben.page.leaves();
    assert.equal(await ann.page.hears('partner_left'), undefined);
    // And so is one to which somebody never came.
    const { ann: early, ben: late } = await found(brief.url);
    await early.enters();
    await early.page.hears('partner_left');
    await late.enters();
    assert.equal(await late.page.hears('partner_left'), undefined);
    await brief.stop();
  });
  test('opens to nobody who does not hold its id', async () => {
    const { ann, ben } = await talk(server.url);
    const { roomId } = ann.match;
    const stranger = await opens(server.url);
    for (const guess of ['room_JHBg_6tD7', roomId.slice(0, -1), `${roomId}x`, ann.match.partner.deviceId, '', 7, null, { roomId }]) {
      stranger.does('join_room', guess);
      assert.equal(await stranger.hears('partner_left'), undefined);
      stranger.does('send_message', { roomId: guess, message: 'let me in' });
      stranger.does('typing', { roomId: guess, isTyping: true });
      stranger.does('leave_chat', typeof guess === 'string' ? guess : 'room_x');
    }
    // Not even a member writes by the id of another room, or without one.
    ann.page.does('send_message', { roomId: 'room_other', message: 'elsewhere' });
    ann.page.does('send_message', { message: 'nowhere' });
    ann.says('still two');
    await ben.hears('still two');
    stranger.does('dance');
    assert.deepEqual(stranger.told.filter(({ name }) => name === 'receive_message'), []);
    for (const page of [ann.page, ben.page, stranger]) page.leaves();
  });
  test('is told nothing of its members but nickname, bio, gender and alias', async () => {
    const secrets = [{ deviceId: 'canary-device-one', lastPartnerId: 'canary-last' }, { deviceId: 'canary-device-two' }];
    const { ann, ben } = await found();
    ann.page.leaves();
    ben.page.leaves();
    const one = await Visitor.seeks(server.url, secrets[0]);
    await waiting(server.url);
    const other = await Visitor.seeks(server.url, secrets[1]);
    const told = JSON.stringify([await one.finds(), await other.finds()]);
    assert.ok(!told.includes('canary'), told);
    assert.deepEqual(Object.keys(one.match.partner).sort(), ['bio', 'deviceId', 'gender', 'nickname']);
    await one.enters();
    await other.enters();
    one.page.does('leave_chat', one.match.roomId);
    await other.page.hears('partner_left');
    one.page.leaves();
    other.page.leaves();
  });
  test('is not taken over by a native client with the same device id', async () => {
    const { ann, ben } = await talk(server.url);
    const thief = await Original.comes(server.url, ann.wish.deviceId, '&v=1');
    await thief.hears('replaced');
    assert.equal(await thief.closed, 4001);
    ben.says('only for Ann');
    await ann.hears('only for Ann');
    ann.page.leaves();
    ben.page.leaves();
  });
  test('carries pictures of known types, as what they are', async () => {
    const { ann, ben } = await talk(server.url);
    const { roomId } = ann.match;
    ann.page.does('send_image', { roomId, image: `data:image/svg+xml;base64,${PNG}` });
    const told = await ben.page.hears('receive_message');
    assert.deepEqual(Object.keys(told).sort(), ['image', 'senderId', 'timestamp']);
    assert.equal(told.image, `data:image/png;base64,${PNG}`);
    const svg = Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"><script/></svg>').toString('base64');
    ann.page.does('send_image', { roomId, image: `data:image/svg+xml;base64,${svg}` });
    assert.match((await ann.page.hears('error')).message, /not a picture/);
    for (const image of ['hello', 7, null, 'data:text/html,x']) ann.page.does('send_image', { roomId, image });
    // What just fits into a packet arrives; more ends the transport, and the page comes back.
    const large = `data:image/png;base64,${PNG.slice(0, -2)}${'A'.repeat(900_000)}`;
    ann.page.does('send_image', { roomId, image: large });
    assert.equal((await ben.page.hears('receive_message')).image.length, large.length);
    const ended = new Promise((done) => ann.page.socket.once('disconnect', done));
    ann.page.does('send_image', { roomId, image: large + 'A'.repeat(100_000) });
    await ended;
    await ann.enters();
    ann.says('back');
    await ben.hears('back');
    ann.page.leaves();
    ben.page.leaves();
  });
});

describe('join_queue', () => {
  test('checks in its order, with its words', async () => {
    const page = await opens(server.url);
    const whole = profile();
    const rest = { bio: '', nickname: 'Al' };
    for (const [wish, message] of [
      [undefined, 'Invalid profile data. Please complete your profile first.'],
      ['nobody', 'Invalid profile data. Please complete your profile first.'],
      [{ ...whole, nickname: '' }, 'Invalid profile data. Please complete your profile first.'],
      [{ ...whole, deviceId: undefined, gender: 'X' }, 'Invalid profile data. Please complete your profile first.'],
      [{ ...whole, ...rest, gender: undefined }, 'Gender verification is required before matching.'],
      [{ ...whole, ...rest, genderVerified: false }, 'Gender verification is required before matching.'],
      [{ ...whole, ...rest, verificationToken: 'eyJk.ZZ8r' }, 'Verification expired or invalid. Please verify again.'],
      [{ ...whole, ...rest, verificationToken: 7 }, 'Verification expired or invalid. Please verify again.'],
      [{ ...whole, nickname: ' Al ', bio: '' }, 'Nickname must be at least 3 characters.'],
      [{ ...whole, bio: '  too short  ' }, 'Bio must be at least 10 characters.'],
      [{ ...whole, bio: 'x'.repeat(141) }, 'Bio exceeds 140 character limit.'],
      [{ ...whole, nickname: 'fuckface' }, 'Profile contains prohibited language.'],
      [{ ...whole, bio: 'write to al@example.org' }, 'Sharing personal information is not allowed.'],
      [{ ...whole, bio: 'many smiles \u{1f600}\u{1f601}\u{1f602}\u{1f603}\u{1f604}\u{1f605}' }, 'Maximum 5 emojis allowed in bio.'],
    ]) {
      page.does('join_queue', wish);
      assert.deepEqual(await page.hears('error'), { message }, JSON.stringify(wish));
    }
    page.does('join_queue', whole);
    await waiting(server.url);
    page.leaves();
    const other = await Visitor.seeks(server.url);
    await waiting(server.url);
    other.page.leaves();
  });
  test('says how long to wait after a match, and that a day is over', async () => {
    const strict = await startServerUnder('[matching]\ncooldown_ms = 60000\ndaily_total = 1\n[rates]\nrest_per_minute = 0\n');
    const ann = await Visitor.seeks(strict.url, { nickname: 'Ann' });
    await waiting(strict.url);
    const ben = await Visitor.seeks(strict.url, { nickname: 'Ben' });
    await ann.finds();
    await ben.finds();
    await ann.enters();
    ann.page.does('leave_chat', ann.match.roomId);
    const page = await opens(strict.url);
    page.does('join_queue', ann.wish);
    assert.equal((await page.hears('error')).message, 'Daily match limit reached. Please return tomorrow.');
    await strict.stop();
    const slow = await startServerUnder('[matching]\ncooldown_ms = 60000\n[rates]\nrest_per_minute = 0\n');
    const cleo = await Visitor.seeks(slow.url);
    await waiting(slow.url);
    const dan = await Visitor.seeks(slow.url);
    await dan.finds();
    await dan.enters();
    dan.page.does('leave_chat', dan.match.roomId);
    dan.page.does('join_queue', dan.wish);
    assert.equal((await dan.page.hears('error')).message, 'Please wait a few seconds before matching again.');
    cleo.page.leaves();
    await slow.stop();
  });
  test('takes the gender as declared where nothing is verified, and demands proof where it must', async () => {
    const off = await startServer(['--verification', 'off']);
    const ann = await Visitor.seeks(off.url, { genderVerified: undefined, verificationToken: 'ignored' });
    await waiting(off.url);
    ann.page.leaves();
    await off.stop();
    const required = await startServer(['--verification', 'required']);
    const ben = await Visitor.seeks(required.url);
    assert.equal((await ben.page.hears('error')).message, 'Gender verification is required before matching.');
    await required.stop();
  });
});

test('a client is heard from its first word on', async () => {
  const speaks = () => new Promise((done, failed) => {
    const socket = new WebSocket(`${server.url.replace('http', 'ws')}socket.io/?EIO=4&transport=websocket`);
    const timer = setTimeout(() => failed(new Error('its first word is lost')), PATIENCE_MS);
    socket.on('message', (data) => {
      const packet = String(data);
      if (packet.startsWith('0')) socket.send('40');
      else if (packet.startsWith('40')) socket.send('42["join_queue"]');
      else if (packet.startsWith('42')) {
        clearTimeout(timer);
        socket.close();
        done(packet);
      }
    });
  });
  for (let round = 0; round < 25; round += 1) {
    const told = await Promise.all(Array.from({ length: 40 }, speaks));
    for (const packet of told) assert.match(packet, /Invalid profile data/);
  }
});

describe('reports and blocks', () => {
  test('a block from the last page keeps two people apart for good', async () => {
    const { ann, ben } = await talk(server.url);
    ann.page.does('leave_chat', ann.match.roomId);
    await ben.page.hears('partner_left');
    const end = await opens(server.url);
    end.does('block_user', { myDeviceId: 'somebody else', targetDeviceId: ann.match.partner.deviceId });
    end.does('block_user', { myDeviceId: ann.wish.deviceId, targetDeviceId: ann.match.partner.deviceId });
    for (const nothing of [undefined, {}, { myDeviceId: 7 }, { myDeviceId: ann.wish.deviceId, targetDeviceId: 'x' }]) end.does('block_user', nothing);
    end.does('report_user', {});
    assert.deepEqual(await end.hears('error'), { message: 'Invalid report target.' });
    for (const visitor of [ann, ben]) {
      visitor.page.does('join_queue', visitor.wish);
    }
    await waiting(server.url, 2);
    for (const page of [ann.page, ben.page, end]) page.leaves();
    for (const { wish } of [ann, ben]) {
      const page = await opens(server.url);
      page.does('join_queue', wish);
      page.leaves();
    }
  });
  test('enough reports ban, in the words that 001 has for it', async () => {
    const harsh = await startServerUnder(`${LENIENT}[safety]\nreports_to_ban = 1\n`);
    const { ann, ben } = await talk(harsh.url);
    const report = { reporterDeviceId: 'somebody else', reason: 'User reported via chat button' };
    ann.page.does('report_user', report);
    assert.deepEqual(await ann.page.hears('error'), { message: 'Invalid report target.' });
    ann.page.does('report_user', { ...report, targetDeviceId: 'nobody met' });
    ann.page.does('report_user', { ...report, targetDeviceId: ann.match.partner.deviceId });
    const words = { message: 'Your device is currently banned due to community reports. Expires in 24h.' };
    assert.deepEqual(await ben.page.hears('error'), words);
    assert.equal(await ann.page.hears('partner_left'), undefined);
    const again = await opens(harsh.url);
    again.does('join_queue', ben.wish);
    assert.deepEqual(await again.hears('error'), words);
    await harsh.stop();
  });
});

test('nothing of what is said or shown, and no device, name or room id, is in the log at any level', async () => {
  const loud = await startServer(['--log', 'trace']);
  const change = { nickname: 'canary-name', bio: 'canary-biography', deviceId: 'canary-device-one' };
  const { ann, ben } = await talk(loud.url, [change, { ...change, deviceId: 'canary-device-two' }]);
  ann.says('canary-words');
  await ben.hears('canary-words');
  ann.page.does('send_image', { roomId: ann.match.roomId, image: `data:image/png;base64,${PNG}` });
  await ben.page.hears('receive_message');
  ann.page.does('report_user', { targetDeviceId: ann.match.partner.deviceId, reason: 'canary-reason' });
  ann.page.does('dance', 'canary-dance');
  const idle = await opens(loud.url);
  assert.equal(await loud.stop(), 0, 'open transports do not hold the server up until it is killed');
  idle.leaves();
  const log = loud.lines.join('\n');
  assert.match(log, /connection/, 'it is a log of what went on');
  const secrets = ['canary', PNG.slice(0, 40), ann.match.roomId.slice(5, 60), ann.match.partner.deviceId.slice(1)];
  for (const secret of secrets) assert.ok(!log.includes(secret), secret);
});

test('the client of Python lives the same life', async () => {
  const python = process.env.PYTHON_SOCKETIO;
  assert.ok(python, 'PYTHON_SOCKETIO names a Python that has python-socketio; scripts/test installs it');
  const script = new URL('../python/visitor_life.py', import.meta.url);
  const { stderr, code } = await new Promise((done) => {
    execFile(python, [script.pathname, server.url], { timeout: 120_000 }, (error, _stdout, said) => done({ stderr: said, code: error?.code ?? 0 }));
  });
  assert.equal(code, 0, stderr);
});
