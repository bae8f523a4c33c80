/** Plays the page without a browser: events in, and what it would send, show and do. */

import { reduce } from '../../web/js/reducer.js';
import { initial } from '../../web/js/state.js';

export const LIMITS = { male: 5, female: 5, 'non-binary': 5, 'prefer-not-to-say': 5 };

/** A `hello` as `decode` gives it. @param {object} [change] */
export const hello = (change = {}) => ({
  type: 'hello',
  phase: { name: 'idle' },
  gender: null,
  verification: 'optional',
  text: { message: 500, nickname: 30, bio: 140 },
  graceMs: 15_000,
  pools: ['main'],
  reports: ['harassment', 'spam', 'other'],
  limits: LIMITS,
  ...change,
});

export const profile = (nickname = 'Sunny Heron') => ({ nickname, gender: null, bio: null });
export const matched = (peer = 'p1') => ({ type: 'matched', peer, profile: profile() });
export const paired = (peer = 'p1', present = true) => hello({ phase: { name: 'paired', peer, profile: profile(), present } });
export const waiting = (filter = 'any', since = 0) => hello({ phase: { name: 'waiting', filter, since } });
export const refusal = (code, more = {}) => ({
  type: 'error', code, message: `about ${code}`, action: null, id: null, until: null, retryAfterMs: null, ...more,
});

export class Player {
  now = 1_000_000;
  /** Requests since they were last taken. */
  out = [];
  /** Other effects since they were last taken. */
  effects = [];

  constructor({ nickname = 'Quiet Otter', bio = '', pool = null, idPrefix = 'aa' } = {}) {
    this.state = initial({ at: this.now, profile: { nickname, bio }, pool, idPrefix });
  }

  /** @param {object} event */
  does(event) {
    const { state, effects } = reduce(this.state, { ...event, at: this.now });
    this.state = state;
    for (const effect of effects) {
      if (effect.do === 'send') this.out.push(effect.request);
      else this.effects.push(effect);
    }
    return this;
  }

  hears = (frame) => this.does({ type: 'frame', frame });

  passes(ms) {
    this.now += ms;
    return this.does({ type: 'tick' });
  }

  /** What was put on the line since the last call. */
  takes() {
    const taken = this.out;
    this.out = [];
    return taken;
  }

  /** @param {string} kind */
  did = (kind) => this.effects.filter((effect) => effect.do === kind).length;

  /** @param {number | null} [retryInMs] */
  loses = (retryInMs = 400, why = 'lost') => this.does({ type: 'link_lost', retryInMs, why });

  /** A new connection that begins with this hello. */
  returns = (frame = hello()) => this.does({ type: 'link_connecting' }).hears(frame);

  says = (text) => this.does({ type: 'say', text });

  /** Texts in the log, own ones with their delivery. */
  get log() {
    return (this.state.chat?.messages ?? []).map((message) =>
      message.mine ? `> ${message.text} [${message.delivery}]` : `< ${message.text}`);
  }
}

/** Somebody at the filters. */
export function atFilters(options) {
  const player = new Player(options).does({ type: 'start' }).returns().does({ type: 'check_skip' });
  player.does({ type: 'profile_save', profile: player.state.profile });
  player.takes();
  player.effects = [];
  return player;
}

/** Somebody in the queue. */
export function inQueue(options) {
  const player = atFilters(options).does({ type: 'find' }).hears({ type: 'queued', filter: 'any', limits: LIMITS });
  player.takes();
  return player;
}

/** Somebody in a chat with `p1`. */
export function inChat(options) {
  const player = inQueue(options).hears(matched());
  player.takes();
  player.effects = [];
  return player;
}
