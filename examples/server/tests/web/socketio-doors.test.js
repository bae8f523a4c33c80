/** People who come through different doors meet: 000, 001 and 002, on one server and on two. */

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';

import { Guest } from './guest.js';
import { Original } from './original.js';
import { startRedis, startServerUnder } from './stage.js';
import { Visitor, talk, waiting } from './visitor.js';

const LENIENT = '[matching]\ncooldown_ms = 0\nrematch_after_s = 0\n[rates]\nrest_per_minute = 0\nframes_per_minute = 0\n';
const PNG = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';
const KEY = 'pX3v9Qm2xLr7Tn5Wk8Zb4Yc6Hd1Gf0Js';
const ADMIN_KEY = 'Js0Gf1Hd6Yc4Zb8Wk5Tn7rL2mQ9v3XpA';

let server;

before(async () => {
  server = await startServerUnder(LENIENT);
});

after(async () => {
  await server?.stop();
});

describe('every door', () => {
  /** Somebody of 001 who has met somebody of 000. @param {string} here @param {string} [there] */
  async function across(here, there = here) {
    const ann = await Visitor.seeks(here, { nickname: 'Ann', gender: 'F' });
    await waiting(here);
    const ben = await Original.comes(there);
    ben.does({ action: 'join', filter: 'female', nickname: 'Ben' });
    const toBen = await ben.hears('matched');
    assert.deepEqual(toBen.peer_profile, { nickname: 'Ann', gender: 'female' });
    assert.equal((await ann.finds()).partner.nickname, 'Ben');
    return { ann, ben, toBen };
  }

  async function lives(here, there) {
    const { ann, ben, toBen } = await across(here, there);
    ben.does({ action: 'msg', text: 'are you there?' });
    await ann.enters();
    await ann.hears('are you there?');
    ann.says('I am');
    assert.equal((await ben.hears('msg')).text, 'I am');
    ann.page.does('typing', { roomId: ann.match.roomId, isTyping: true });
    assert.equal((await ben.hears('typing')).from, toBen.peer);
    ben.does({ action: 'typing' });
    assert.deepEqual(await ann.page.hears('partner_typing'), { isTyping: true });
    ann.page.does('send_image', { roomId: ann.match.roomId, image: `data:image/png;base64,${PNG}` });
    assert.match((await ann.page.hears('error')).message, /does not show pictures/);
    return { ann, ben, toBen };
  }

  /** Somebody of 001 and somebody of 000 part in each of the ways that there are. */
  async function partsInEveryWay(here, there) {
    const one = await lives(here, there);
    one.ben.does({ action: 'report', reported: one.toBen.peer });
    assert.equal((await one.ben.hears('reported')).target, one.toBen.peer);
    one.ann.page.does('report_user', { targetDeviceId: one.ann.match.partner.deviceId, reason: 'rude' });
    one.ben.does({ action: 'next' });
    await one.ann.page.hears('partner_left');
    const two = await lives(here, there);
    two.ann.page.does('block_user', { myDeviceId: two.ann.wish.deviceId, targetDeviceId: two.ann.match.partner.deviceId });
    assert.equal((await two.ben.hears('peer_left')).peer, two.toBen.peer);
    const three = await lives(here, there);
    three.ben.does({ action: 'block', peer: three.toBen.peer });
    await three.ann.page.hears('partner_left');
    const four = await lives(here, there);
    four.ann.page.does('leave_chat', four.ann.match.roomId);
    await four.ben.hears('peer_left');
    const five = await lives(here, there);
    five.ben.leaves();
    await five.ann.page.hears('partner_left');
    for (const { ann, ben } of [one, two, three, four, five]) {
      ann.page.leaves();
      ben.leaves();
    }
    const { body } = await reports(here);
    const mine = body.filter(({ reason }) => reason === 'rude' || reason === 'Inappropriate behavior');
    assert.equal(mine.length, 2, 'both reports were taken, by either door');
  }

  /** What 000's moderators read. @param {string} url */
  const reports = async (url) => {
    const answer = await fetch(new URL('admin/reports', url), { headers: { authorization: `Bearer ${ADMIN_KEY}` } });
    return { body: await answer.json() };
  };

  test('leads to the same room: 000 and 001 talk, type, report, block and leave', async () => {
    const own = await startServerUnder(LENIENT, ['--key', KEY, '--admin-key', ADMIN_KEY]);
    await partsInEveryWay(own.url);
    await own.stop();
  });
  /** Somebody of 001 and somebody of 002 meet, talk and part. */
  async function meetsGuest(here, there = here) {
    const bea = await Guest.comes(here, { username: 'Bea', bio: 'hums', gender: 'female', looking_for: 'male' });
    await bea.hears('connected');
    bea.does('find_match');
    await bea.hears('waiting');
    const al = await Visitor.seeks(there, { nickname: 'Alan', matchPreference: 'F' });
    assert.deepEqual((await bea.hears('match_found')).partner, { username: 'Alan', bio: 'a friendly biography', gender: 'male' });
    await al.finds();
    bea.does('send_message', 'early');
    bea.does('send_message', 'bird');
    for (const words of ['early', 'bird']) assert.equal((await bea.hears('receive_message')).message, words, 'her own');
    await al.enters();
    for (const words of ['early', 'bird']) await al.hears(words);
    al.says('hello');
    assert.equal((await bea.hears('receive_message')).message, 'hello');
    al.page.does('typing', { roomId: al.match.roomId, isTyping: true });
    assert.deepEqual(await bea.hears('partner_typing'), { typing: true });
    bea.does('typing', { typing: true });
    assert.deepEqual(await al.page.hears('partner_typing'), { isTyping: true });
    al.page.does('block_user', { myDeviceId: al.wish.deviceId, targetDeviceId: al.match.partner.deviceId });
    await bea.hears('partner_left');
    bea.leaves();
    al.page.leaves();
  }

  /** Somebody of 000 and somebody of 002, and what 000 can do about them. */
  async function originalMeetsGuest(here, there = here) {
    for (const parts of ['leave', 'block', 'guest']) {
      const bea = await Guest.comes(here, { username: 'Bea', gender: 'female', looking_for: 'anyone' });
      await bea.hears('connected');
      bea.does('find_match');
      await bea.hears('waiting');
      const ann = await Original.comes(there);
      ann.does({ action: 'join', filter: 'female', nickname: 'Ann' });
      const { peer, peer_profile: shown } = await ann.hears('matched');
      assert.deepEqual(shown, { nickname: 'Bea', gender: 'female' });
      assert.deepEqual((await bea.hears('match_found')).partner, { username: 'Ann', bio: '', gender: 'unknown' });
      bea.does('send_message', 'hello');
      await bea.hears('receive_message');
      assert.equal((await ann.hears('msg')).text, 'hello');
      bea.does('typing', { typing: true });
      await ann.hears('typing');
      ann.does({ action: 'typing' });
      assert.deepEqual(await bea.hears('partner_typing'), { typing: true });
      ann.does({ action: 'msg', text: 'hi' });
      assert.equal((await bea.hears('receive_message')).username, 'Ann');
      ann.does({ action: 'report', reported: peer, reason: 'spam' });
      await ann.hears('reported');
      if (parts === 'guest') {
        bea.does('leave_chat');
        await ann.hears('peer_left');
      } else {
        ann.does(parts === 'leave' ? { action: 'next' } : { action: 'block', peer });
        await bea.hears('partner_left');
      }
      bea.leaves();
      ann.leaves();
    }
  }

  test('leads to the same room: 001 and 002, 000 and 002', async () => {
    await meetsGuest(server.url);
    await originalMeetsGuest(server.url);
  });
  test('is at every server: two on one Redis', async () => {
    const redis = await startRedis();
    const shared = ['--store', redis.url, '--key', KEY, '--admin-key', ADMIN_KEY];
    const [east, west] = [await startServerUnder(LENIENT, shared), await startServerUnder(LENIENT, shared)];
    await partsInEveryWay(east.url, west.url);
    for (const [here, there] of [[east, west], [west, east]]) {
      await meetsGuest(here.url, there.url);
      await originalMeetsGuest(here.url, there.url);
    }
    // The page that talks comes to another server than the one that looked for a partner.
    const { ann, ben } = await across(east.url, west.url);
    ben.does({ action: 'msg', text: 'one' });
    ben.does({ action: 'msg', text: 'two' });
    await ann.enters(west.url);
    await ann.hears('one');
    await ann.hears('two');
    ann.page.leaves();
    await ann.enters(east.url);
    ann.says('from the east');
    assert.equal((await ben.hears('msg')).text, 'from the east');
    ben.does({ action: 'typing' });
    assert.deepEqual(await ann.page.hears('partner_typing'), { isTyping: true });
    ann.page.does('report_user', { targetDeviceId: ann.match.partner.deviceId, reason: 'rude' });
    ann.page.does('block_user', { myDeviceId: ann.wish.deviceId, targetDeviceId: ann.match.partner.deviceId });
    await ben.hears('peer_left');
    ann.page.leaves();
    ben.leaves();
    const { ann: cleo, ben: dan } = await talk(east.url, [{ nickname: 'Cleo' }, { nickname: 'Dan' }], west.url);
    cleo.page.does('send_image', { roomId: cleo.match.roomId, image: `data:image/png;base64,${PNG}` });
    assert.equal((await dan.page.hears('receive_message')).image, `data:image/png;base64,${PNG}`);
    dan.page.does('leave_chat', dan.match.roomId);
    await cleo.page.hears('partner_left');
    for (const one of [east, west]) await one.stop();
    await redis.stop();
  });
});
