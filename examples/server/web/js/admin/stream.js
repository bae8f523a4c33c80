/**
 * The live figures as they come. The browser's own way of reconnecting does not say when, and not that the
 * session is over; so a stream that breaks is let go of, and the reducer decides what is next.
 */

/** @import { Minute, Now } from './shapes.js' */

import { minute, now } from './shapes.js';

/** @typedef {{ type: 'stream_news', now: Now, minute: Minute | null } | { type: 'stream_lost' }} StreamEvent */

export class Stream {
  /** @type {EventSource | null} */
  #source = null;

  /** @param {(event: StreamEvent) => void} tell @param {() => EventSource} open */
  constructor(tell, open) {
    this.tell = tell;
    this.open = open;
  }

  /** Follows from now on, in place of what was followed. */
  follow() {
    this.unfollow();
    const source = this.open();
    this.#source = source;
    source.addEventListener('figures', ({ data }) => this.#heard(data));
    source.onerror = () => {
      this.unfollow();
      this.tell({ type: 'stream_lost' });
    };
  }

  unfollow() {
    const source = this.#source;
    this.#source = null;
    if (source === null) return;
    source.onerror = null;
    source.close();
  }

  /** @param {unknown} data */
  #heard(data) {
    if (this.#source === null) return;
    const raw = read(data);
    const present = now(raw?.now);
    if (present !== null) this.tell({ type: 'stream_news', now: present, minute: minute(raw?.minute) });
  }
}

/** @param {unknown} data @returns {{ now?: unknown, minute?: unknown } | null} */
function read(data) {
  try {
    return JSON.parse(String(data));
  } catch {
    return null;
  }
}
