/** The socket of a room. When to open another one is for the reducer to say. */

/** @import { Frame } from './shapes.js' */

import { frame } from './shapes.js';

/** A network that swallows packets would otherwise keep an attempt open for minutes. */
const HANDSHAKE_MS = 10_000;

/**
 * The address of a room's socket beside the page, so that a page below a prefix finds its own server.
 * @param {string} page @param {string} code @param {string} token
 */
export function socketUrl(page, code, token) {
  const url = new URL(`ws/chat/${code}/`, page);
  url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
  url.search = new URLSearchParams({ token, v: '1' }).toString();
  url.hash = '';
  return url.href;
}

/**
 * @typedef {{ type: 'frame', line: number, frame: Frame }
 *   | { type: 'line_closed', line: number, code: number, opened: boolean }} SocketEvent
 */

export class RoomSocket {
  /** @type {WebSocket | null} */
  #socket = null;
  /** @type {number | null} */
  #timer = null;

  /** @param {(event: SocketEvent) => void} tell */
  constructor(tell) {
    this.tell = tell;
  }

  /** Opens a line in place of the one there is. @param {number} line @param {string} url */
  open(line, url) {
    this.hangUp();
    const socket = new WebSocket(url);
    let opened = false;
    const lost = (/** @type {number} */ code) => {
      this.hangUp();
      this.tell({ type: 'line_closed', line, code, opened });
    };
    this.#socket = socket;
    this.#timer = window.setTimeout(() => lost(0), HANDSHAKE_MS);
    socket.onopen = () => {
      opened = true;
      this.#cancelTimer();
    };
    socket.onmessage = ({ data }) => {
      const read = frame(data);
      if (read !== null) this.tell({ type: 'frame', line, frame: read });
    };
    socket.onclose = ({ code }) => lost(code);
  }

  /** What is said while the line is down is not kept. @param {object} said */
  send(said) {
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify(said));
  }

  /** Lets go of the socket; it is not heard of again. */
  hangUp() {
    this.#cancelTimer();
    const socket = this.#socket;
    this.#socket = null;
    if (socket === null) return;
    socket.onopen = null;
    socket.onmessage = null;
    socket.onclose = null;
    socket.close();
  }

  #cancelTimer() {
    if (this.#timer !== null) window.clearTimeout(this.#timer);
    this.#timer = null;
  }
}
