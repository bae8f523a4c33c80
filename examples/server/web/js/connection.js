/**
 * The line to the server. It reconnects by itself until the server says that it must not.
 */

/** @import { Frame, Request } from './protocol.js' */

import { decode, encode } from './protocol.js';

/** Close codes with which the server says goodbye for good. */
export const CLOSE_REPLACED = 4001;
export const CLOSE_BANNED = 4003;

/** The first attempts fit well into the grace of 15 s, within which the server keeps a pair. */
const FIRST_DELAY_MS = 400;
const LONGEST_DELAY_MS = 15_000;

/** A network that swallows packets would otherwise keep an attempt open for minutes. */
const HANDSHAKE_MS = 10_000;

/**
 * Exponential, with the upper half of each step random, so that the clients of a server that
 * went away do not all return in the same instant.
 * @param {number} attempt 0 for the first after a loss
 * @param {() => number} random
 */
export function backoff(attempt, random) {
  const ceiling = Math.min(LONGEST_DELAY_MS, FIRST_DELAY_MS * 2 ** Math.min(attempt, 16));
  return Math.round(ceiling / 2 + (ceiling / 2) * random());
}

/**
 * The address of the socket beside the page, so that a page below a prefix finds its own server.
 * @param {string} page @param {string} deviceId @param {string | null} [pool]
 */
export function socketUrl(page, deviceId, pool = null) {
  const url = new URL('ws', page);
  url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
  url.search = new URLSearchParams({ device_id: deviceId, v: '1', ...(pool === null ? {} : { pool }) }).toString();
  url.hash = '';
  return url.href;
}

/**
 * @typedef {{ type: 'link_connecting' }
 *   | { type: 'link_lost', retryInMs: number | null, why: 'lost' | 'replaced' | 'banned' }
 *   | { type: 'frame', frame: Frame }} LinkEvent
 *
 * @typedef {object} Surroundings what differs between a browser and a test
 * @property {(url: string) => WebSocket} open
 * @property {(call: () => void, ms: number) => number} after
 * @property {(timer: number) => void} cancel
 * @property {() => number} random
 */

export class Connection {
  /** @type {WebSocket | null} */
  #socket = null;
  #attempt = 0;
  /** @type {number | null} */
  #timer = null;
  /** @type {number | null} */
  #restartInMs = null;
  /** @type {'replaced' | 'banned' | null} */
  #farewell = null;

  /**
   * @param {string} url
   * @param {(event: LinkEvent) => void} tell
   * @param {Surroundings} surroundings
   */
  constructor(url, tell, surroundings) {
    this.url = url;
    this.tell = tell;
    this.surroundings = surroundings;
  }

  /** Connects now, in place of whatever is open or waited for. */
  connect() {
    this.#drop();
    this.#farewell = null;
    this.#restartInMs = null;
    this.tell({ type: 'link_connecting' });
    const socket = this.surroundings.open(this.url);
    this.#socket = socket;
    this.#timer = this.surroundings.after(() => this.#lost(0), HANDSHAKE_MS);
    socket.onmessage = ({ data }) => this.#heard(data);
    socket.onclose = ({ code }) => this.#lost(code);
  }

  /**
   * What is said while the line is down is not kept here: the reducer knows what has to be said again.
   * @param {Request} request
   */
  send(request) {
    if (this.#socket?.readyState === 1) this.#socket.send(encode(request));
  }

  /** @param {unknown} data */
  #heard(data) {
    const frame = decode(data);
    if (frame === null) return;
    if (frame.type === 'hello') {
      this.#attempt = 0;
      this.#cancelTimer();
    }
    if (frame.type === 'server_restarting') this.#restartInMs = frame.reconnectInMs;
    if (frame.type === 'replaced' || frame.type === 'banned') this.#farewell = frame.type;
    this.tell({ type: 'frame', frame });
  }

  /** @param {number} code 0 when it was given up here */
  #lost(code) {
    const why = code === CLOSE_REPLACED ? 'replaced' : code === CLOSE_BANNED ? 'banned' : this.#farewell;
    const retryInMs = why !== null ? null : (this.#restartInMs ?? backoff(this.#attempt, this.surroundings.random));
    this.#drop();
    this.#attempt += 1;
    this.#restartInMs = null;
    this.tell({ type: 'link_lost', retryInMs, why: why ?? 'lost' });
    if (retryInMs !== null) this.#timer = this.surroundings.after(() => this.connect(), retryInMs);
  }

  /** Lets go of the socket and of whatever is waited for; neither is heard of again. */
  #drop() {
    this.#cancelTimer();
    const socket = this.#socket;
    this.#socket = null;
    if (socket === null) return;
    socket.onmessage = null;
    socket.onclose = null;
    socket.close();
  }

  #cancelTimer() {
    if (this.#timer !== null) this.surroundings.cancel(this.#timer);
    this.#timer = null;
  }
}
