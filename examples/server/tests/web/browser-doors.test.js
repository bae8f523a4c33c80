/** Somebody in a browser meets the clients of 001 and 002, on one server and on two. */

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { Guest } from './guest.js';
import { Person } from './person.js';
import { startBrowser, startRedis, startServerUnder } from './stage.js';
import { Visitor, waiting } from './visitor.js';

const LENIENT = '[matching]\ncooldown_ms = 0\nrematch_after_s = 0\n[rates]\nrest_per_minute = 0\nframes_per_minute = 0\n';

let stage;
let redis;
let east;
let west;

before(async () => {
  redis = await startRedis();
  const shared = ['--store', redis.url, '--key', 'pX3v9Qm2xLr7Tn5Wk8Zb4Yc6Hd1Gf0Js', '--admin-key', 'Js0Gf1Hd6Yc4Zb8Wk5Tn7rL2mQ9v3XpA'];
  [east, west] = [await startServerUnder(LENIENT, shared), await startServerUnder(LENIENT, shared)];
  stage = await startBrowser({ camera: false });
});

after(async () => {
  await stage?.stop();
  for (const server of [east, west]) await server?.stop();
  await redis?.stop();
});

/** Somebody in a browser who looks for anybody. @param {string} url */
async function looks(url) {
  const ann = await Person.open(stage.browser, url);
  await ann.enters({ nickname: 'Quiet Otter', bio: 'likes tea' });
  await ann.searches();
  return ann;
}

for (const where of ['one server', 'two servers']) {
  const there = () => (where === 'one server' ? east : west).url;

  test(`a browser and a client of 001 talk at ${where}`, async () => {
    const ann = await looks(east.url);
    await waiting(east.url);
    const ben = await Visitor.seeks(there(), { nickname: 'Benny', gender: 'M' });
    await ann.arrives('Benny');
    assert.deepEqual((await ben.finds()).partner.nickname, 'Quiet Otter');
    // What is written before he has come is delivered when he has.
    await ann.says('are you there?');
    await ann.says('hello?');
    await ben.enters();
    ben.page.ignores('partner_typing');
    await ben.hears('are you there?');
    await ben.hears('hello?');
    await ann.marked('Delivered');
    ben.says('here <b>I</b> am');
    await ann.reads(['> are you there?', '> hello?', '< here <b>I</b> am']);
    ben.page.does('typing', { roomId: ben.match.roomId, isTyping: true });
    await ann.page.locator('.typing.on').waitFor();
    ben.page.does('typing', { roomId: ben.match.roomId, isTyping: false });
    await ann.page.locator('.typing.on').waitFor({ state: 'detached' });
    ben.page.does('leave_chat', ben.match.roomId);
    await ann.sees(/left/);
    ben.page.leaves();
    await ann.close();
  });

  test(`a browser and a client of 002 talk at ${where}`, async () => {
    const ann = await looks(east.url);
    await waiting(east.url);
    const bea = await Guest.comes(there(), { username: 'Bea', gender: 'female', looking_for: 'anyone' });
    await bea.hears('connected');
    bea.does('find_match');
    assert.equal((await bea.hears('match_found')).partner.username, 'Quiet Otter');
    await ann.arrives('Bea');
    await ann.says('hello');
    // Of who writes in a browser it is told that they type.
    assert.deepEqual(await bea.hears('partner_typing'), { typing: true });
    bea.ignores('partner_typing');
    assert.equal((await bea.hears('receive_message')).message, 'hello');
    await ann.marked('Delivered');
    bea.does('send_message', 'hi');
    assert.equal((await bea.hears('receive_message')).username, 'Bea', 'her own');
    await ann.reads(['> hello', '< hi']);
    await ann.press('Leave');
    await bea.hears('partner_left');
    bea.leaves();
    await ann.close();
  });
}
