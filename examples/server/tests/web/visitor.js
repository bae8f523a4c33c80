/** Somebody who comes as 001's clients do: one page looks for a partner, another talks to them. */

import { Guest } from './guest.js';

/** @typedef {{ roomId: string, partner: { nickname: string, deviceId: string, bio: string, gender: string | null } }} Match */

let made = 0;

/** What 001's first page sends. @param {object} [change] */
export function profile(change = {}) {
  made += 1;
  return {
    nickname: 'Nick',
    gender: 'M',
    matchPreference: 'Any',
    deviceId: `2941${made}abcdef${Math.random().toString(16).slice(2)}`,
    bio: 'a friendly biography',
    genderVerified: true,
    ...change,
  };
}

/** A page's socket, by the options of 001's client. @param {string} url @param {object} [options] */
export const opens = (url, options = {}) => Guest.connects(url, '', { transports: ['websocket', 'polling'], ...options });

export class Visitor {
  /** @param {string} url @param {object} wish @param {Guest} page */
  constructor(url, wish, page) {
    this.url = url;
    this.wish = wish;
    this.page = page;
  }

  /** Opens the first page, which looks for a partner at once. @param {string} url @param {object} [change] of the profile */
  static async seeks(url, change = {}) {
    const wish = profile(change);
    const page = await opens(url);
    page.does('join_queue', wish);
    return new Visitor(url, wish, page);
  }

  /** The first page finds a partner and closes. */
  async finds() {
    /** @type {Match} */
    this.match = await this.page.hears('match_found');
    this.page.leaves();
    return this.match;
  }

  /** The second page opens, perhaps at another server, and comes to the room. @param {string} [url] @param {object} [options] */
  async enters(url = this.url, options = {}) {
    this.page = await opens(url, options);
    this.page.does('join_room', this.match.roomId);
    return this;
  }

  /** @param {string} message */
  says(message) {
    this.page.does('send_message', { roomId: this.match.roomId, message });
  }

  /** @param {string} text */
  async hears(text) {
    const told = await this.page.hears('receive_message');
    if (told.text !== text) throw new Error(`"${told.text}" is heard, not "${text}"`);
    return told;
  }
}

/**
 * Waits until somebody who looks for a partner is waiting: of that nobody is told.
 * @param {string} url @param {number} [people]
 */
export async function waiting(url, people = 1) {
  for (let tries = 0; tries < 200; tries += 1) {
    const stats = await (await fetch(new URL('api/stats', url))).json();
    if (stats.waitingInQueue === people) return;
    await new Promise((done) => setTimeout(done, 50));
  }
  throw new Error('nobody waits, or others do');
}

/** Two who have met and are both on their second page. @param {string} url @param {[object, object]} [changes] @param {string} [other] where the second is */
export async function talk(url, changes = [{ nickname: 'Ann' }, { nickname: 'Ben' }], other = url) {
  const ann = await Visitor.seeks(url, changes[0]);
  await waiting(url);
  const ben = await Visitor.seeks(other, changes[1]);
  await ann.finds();
  await ben.finds();
  await ann.enters();
  await ben.enters();
  ann.says('here?');
  await ben.hears('here?');
  ben.says('here');
  await ann.hears('here');
  return { ann, ben };
}
