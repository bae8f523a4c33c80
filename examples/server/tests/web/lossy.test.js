/**
 * Two pages and a bad network: whatever is lost, cut and repeated, every message is shown exactly once, in
 * the order in which it was written. Seeded, so that a failure can be played again.
 */

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Player, atFilters, hello, paired, profile } from './player.js';

/** A small generator with good enough bits; the same seed gives the same run. @param {number} seed */
function dice(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/**
 * One pair on a server that keeps no message. Frames travel in order and are lost only by a cut. A cut may
 * be noticed by the server at once, late, or only when the newer connection of the same device arrives.
 */
class Network {
  ends = [this.#end('a'), this.#end('b')];

  #end(name) {
    const player = atFilters({ nickname: name, idPrefix: name }).hears({ type: 'matched', peer: 'pair', profile: profile() });
    player.takes();
    return { player, up: true, attached: true, toServer: [], toPage: [], typed: [] };
  }

  other = (end) => this.ends[1 - this.ends.indexOf(end)];

  /** Moves what a page wants to say onto its line. */
  collect(end) {
    const frames = end.player.takes();
    end.player.effects = [];
    if (end.up) end.toServer.push(...frames);
  }

  type(end, text) {
    const before = end.player.state.chat.messages.length;
    end.player.says(text);
    if (end.player.state.chat.messages.length > before) end.typed.push(text);
    this.collect(end);
  }

  /** Both directions die in the middle of whatever is under way. */
  cut(end) {
    if (!end.up) return;
    end.up = false;
    end.toServer = [];
    end.toPage = [];
    end.player.loses();
    this.collect(end);
  }

  /** The server notices that a connection is dead. */
  notice(end) {
    if (end.up || !end.attached) return;
    end.attached = false;
    this.tell(this.other(end), { type: 'peer_away', peer: 'pair', until: null });
  }

  mend(end) {
    if (end.up) return;
    this.notice(end);
    end.up = true;
    end.attached = true;
    end.player.does({ type: 'link_connecting' });
    this.tell(end, paired('pair', this.other(end).attached));
    this.tell(this.other(end), { type: 'peer_back', peer: 'pair' });
  }

  tell(end, frame) {
    if (end.up && end.attached) end.toPage.push(frame);
  }

  /** The server reads one frame. What meets an absent peer is not held. */
  serve(end) {
    const frame = end.toServer.shift();
    const peer = this.other(end);
    if (frame?.action === 'why') this.tell(end, { type: 'error', code: 'not_waiting', message: '', action: 'why', id: null, until: null, retryAfterMs: null });
    if (frame?.action === 'ack') this.tell(peer, { type: 'ack', id: frame.id });
    if (frame?.action !== 'msg') return;
    this.tell(peer, { type: 'msg', from: 'pair', id: frame.id, text: frame.text });
  }

  read(end) {
    const frame = end.toPage.shift();
    if (frame === undefined) return;
    end.player.hears(frame);
    this.collect(end);
  }

  pass(ms) {
    for (const end of this.ends) {
      end.player.passes(ms);
      this.collect(end);
    }
  }

  settle() {
    for (let round = 0; round < 400; round += 1) {
      for (const end of this.ends) {
        this.mend(end);
        while (end.toServer.length > 0) this.serve(end);
        while (end.toPage.length > 0) this.read(end);
      }
      this.pass(1_000);
    }
  }
}

function run(seed) {
  const roll = dice(seed);
  const network = new Network();
  const acts = [
    (end) => network.type(end, `${end.player.state.profile.nickname}${end.typed.length + 1}`),
    (end) => network.serve(end),
    (end) => network.read(end),
    (end) => network.serve(end),
    (end) => network.read(end),
    (end) => roll() < 0.3 && network.cut(end),
    (end) => network.notice(end),
    (end) => network.mend(end),
    () => network.pass(Math.floor(roll() * 4_000)),
  ];
  for (let act = 0; act < 300; act += 1) {
    const end = network.ends[Math.floor(roll() * 2)];
    acts[Math.floor(roll() * acts.length)](end);
  }
  network.settle();
  for (const end of network.ends) {
    const { messages } = end.player.state.chat;
    const shown = messages.filter(({ mine }) => !mine).map(({ text }) => text);
    assert.deepEqual(shown, network.other(end).typed, `seed ${seed}: what ${end.player.state.profile.nickname} reads`);
    const open = messages.filter(({ mine, delivery }) => mine && delivery !== 'delivered');
    assert.deepEqual(open, [], `seed ${seed}: everything is marked as delivered`);
  }
  return network.ends.reduce((sum, { typed }) => sum + typed.length, 0);
}

test('over a lossy line with reconnects every message is shown exactly once, in order', () => {
  let typed = 0;
  for (let seed = 1; seed <= 300; seed += 1) typed += run(seed);
  assert.ok(typed > 3_000, `only ${typed} messages were written`);
});

test('the page follows any sequence of frames and presses without throwing', () => {
  const roll = dice(7);
  const pick = (list) => list[Math.floor(roll() * list.length)];
  const peers = ['p1', 'p2', 'p3'];
  const error = () => ({
    type: 'error', message: '', code: pick(['cooldown', 'not_paired', 'not_waiting', 'rate_limited', 'banned', 'already_waiting', 'profanity']),
    action: pick(['join', 'next', 'leave', 'msg', 'why', 'report', 'block', null]), id: pick(['aa-1', 'aa-2', null]), until: null, retryAfterMs: pick([null, 2_000]),
  });
  const frames = [
    () => hello(),
    () => hello({ phase: { name: 'waiting', filter: pick(['any', 'male']), since: null } }),
    () => paired(pick(peers), roll() < 0.5),
    () => ({ type: 'matched', peer: pick(peers), profile: profile() }),
    () => ({ type: 'queued', filter: 'any' }), () => ({ type: 'left' }),
    () => ({ type: 'msg', from: pick(peers), id: pick(['1', '2', null]), text: 'x' }), () => ({ type: 'ack', id: pick(['aa-1', 'aa-2']) }),
    () => ({ type: 'peer_away', peer: pick(peers), until: null }), () => ({ type: 'peer_back', peer: pick(peers) }),
    () => ({ type: 'peer_left', peer: pick(peers), reason: 'next' }), () => ({ type: 'typing', from: pick(peers), typing: true }),
    () => ({ type: 'blocked', peer: pick(peers), block: pick(['b1', 'b2']) }), () => ({ type: 'unblocked', block: 'b1' }),
    () => ({ type: 'reported' }), () => ({ type: 'replaced' }), () => ({ type: 'banned', until: null }), error, error,
    () => ({ type: 'waiting', since: 0, position: 1, people: 1, narrowedBy: [], estimateMs: null }),
  ];
  const presses = [
    { type: 'start' }, { type: 'home' }, { type: 'find' }, { type: 'cancel' }, { type: 'next' }, { type: 'leave', home: false },
    { type: 'leave', home: true }, { type: 'say', text: 'hi' }, { type: 'compose', empty: false }, { type: 'dialog', kind: 'report' },
    { type: 'report', reason: 'spam', note: '' }, { type: 'dialog', kind: 'block' }, { type: 'block' }, { type: 'unblock', block: 'b1' },
    { type: 'retry_link' }, { type: 'link_connecting' }, { type: 'link_lost', retryInMs: 400, why: 'lost' }, { type: 'recheck' },
    { type: 'consent', given: true }, { type: 'camera_open' }, { type: 'camera_ready' }, { type: 'shoot' }, { type: 'check_skip' },
    { type: 'upload_done', status: 200, body: { verified: false }, retryAfterMs: null }, { type: 'profile_save', profile: { nickname: 'A', bio: '' } },
  ];
  const player = new Player();
  for (let act = 0; act < 20_000; act += 1) {
    player.now += Math.floor(roll() * 3_000);
    if (roll() < 0.5) player.hears(pick(frames)());
    else player.does(pick(presses));
    const { screen, chat, search } = player.state;
    assert.ok(screen !== 'chat' || chat !== null, 'a chat screen has a chat');
    assert.ok(screen !== 'queue' || search !== null, 'a queue screen has a search');
    assert.ok(chat === null || chat.ended !== null || search === null, 'nobody waits and talks at once');
  }
});
