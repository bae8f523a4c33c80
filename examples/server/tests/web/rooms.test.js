/** Rooms by code at two servers on one Redis, by what 004's client uses: fetch and a WebSocket. */

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import WebSocket from 'ws';

import { Original } from './original.js';
import { startRedis, startServer } from './stage.js';

const ADMIN_KEY = 'Js0Gf1Hd6Yc4Zb8Wk5Tn7rL2mQ9v3XpA';

let redis;
let east;
let west;

before(async () => {
  redis = await startRedis();
  const shared = ['--store', redis.url, '--key', 'pX3v9Qm2xLr7Tn5Wk8Zb4Yc6Hd1Gf0Js', '--admin-key', ADMIN_KEY];
  [east, west] = [await startServer(shared), await startServer(shared)];
});

after(async () => {
  for (const server of [east, west]) await server?.stop();
  await redis?.stop();
});

/** @param {{ url: string }} server @param {string} path @param {object} [body] @param {Record<string, string>} [headers] */
async function asks(server, path, body, headers = {}) {
  const answer = await fetch(new URL(path, server.url), {
    method: body === undefined ? 'GET' : 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  return { status: answer.status, body: await answer.json() };
}

class Member {
  /** @param {{ url: string }} server @param {string} nickname */
  static async comes(server, nickname) {
    const { status, body } = await asks(server, 'api/session/create/', { nickname });
    assert.equal(status, 201, JSON.stringify(body));
    const member = new Member();
    member.token = body.session_token;
    return member;
  }

  /** @param {{ url: string }} server @param {string} path @param {object} [body] */
  asks(server, path, body) {
    return asks(server, path, body, { 'x-session-token': this.token });
  }

  /** Opens a socket to the room. @param {{ url: string }} server @param {string} code */
  async listens(server, code) {
    const socket = new WebSocket(`${server.url.replace('http', 'ws')}ws/chat/${code}/?token=${this.token}&v=1`);
    this.socket = new Original(socket);
    await new Promise((open, failed) => {
      socket.on('open', open);
      socket.on('error', failed);
    });
    await this.socket.hears('room');
  }
}

test('a room is the same at every server', async () => {
  const ann = await Member.comes(east, 'Ann');
  const ben = await Member.comes(west, 'Ben');
  const { body: room } = await ann.asks(east, 'api/rooms/create/', { name: 'Tea', message_retention_days: 7, max_participants: 2 });
  const joined = await ben.asks(west, 'api/rooms/join/', { room_code: room.code.toLowerCase() });
  assert.deepEqual([joined.status, joined.body.owner_nickname, joined.body.participant_count], [200, 'Ann', 2]);
  const full = await (await Member.comes(east, 'Cleo')).asks(east, 'api/rooms/join/', { room_code: room.code });
  assert.deepEqual([full.status, full.body], [403, { error: 'Room is full' }]);

  await ann.listens(east, room.code);
  await ben.listens(west, room.code);
  ann.socket.does({ type: 'chat_message', content: 'over <there>?' });
  for (const [{ socket }, mine] of [[ann, true], [ben, false]]) {
    const { data } = await socket.hears('chat_message');
    assert.deepEqual([data.session_nickname, data.content, data.mine], ['Ann', 'over <there>?', mine]);
  }
  ben.socket.does({ type: 'typing', is_typing: true });
  assert.equal((await ann.socket.hears('typing')).nickname, 'Ben');
  const sent = await ben.asks(east, 'api/messages/send/', { room_code: room.code, content: 'by letter' });
  assert.equal(sent.status, 201);
  assert.equal((await ann.socket.hears('chat_message')).data.content, 'by letter');
  const { body: history } = await ben.asks(east, `api/rooms/${room.code}/messages/`);
  assert.deepEqual(history.results.map(({ content }) => content), ['by letter', 'over <there>?']);

  const reported = await ben.asks(west, `api/messages/${history.results[1].id}/report/`, { reason: 'rude' });
  assert.equal(reported.status, 200);
  const admin = { authorization: `Bearer ${ADMIN_KEY}` };
  const { body: desk } = await asks(west, 'admin/rooms', undefined, admin);
  assert.deepEqual([desk.reports[0].nickname, desk.reports[0].reasons], ['Ann', ['rude']]);
  const banned = await asks(west, 'admin/rooms/ban', { session: desk.reports[0].session }, admin);
  assert.equal(banned.status, 200, JSON.stringify(banned.body));
  assert.equal((await ann.socket.hears('removed')).why, 'banned');
  assert.equal(await ann.socket.closed, 4003, 'the ban came by the other server');
  assert.equal((await ann.asks(east, 'api/rooms/')).status, 401);
  assert.equal((await ben.socket.hears('left')).why, 'banned');
  // Whoever has been there longest owns it now.
  const lock = await ben.asks(east, `api/rooms/${room.code}/lock/`, { locked: true });
  assert.equal(lock.status, 200, JSON.stringify(lock.body));
  assert.equal((await ben.socket.hears('locked')).locked, true);
  ben.socket.leaves();
});

test('a session and a room outlive the servers', async () => {
  const dan = await Member.comes(west, 'Dan');
  const { body: room } = await dan.asks(west, 'api/rooms/create/', { message_retention_days: 1 });
  await dan.asks(west, 'api/messages/send/', { room_code: room.code, content: 'stays' });
  await west.stop();
  west = await startServer(['--store', redis.url, '--key', 'pX3v9Qm2xLr7Tn5Wk8Zb4Yc6Hd1Gf0Js', '--admin-key', ADMIN_KEY]);
  const { body: history } = await dan.asks(west, `api/rooms/${room.code}/messages/`);
  assert.deepEqual(history.results.map(({ content, mine }) => [content, mine]), [['stays', true]]);
});
