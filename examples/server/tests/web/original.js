/** Somebody who comes as 000's client does, or by its native extension: a WebSocket with JSON frames. */

import WebSocket from 'ws';

import { PATIENCE_MS } from './stage.js';

export class Original {
  /** @type {any[]} */
  frames = [];
  #wake = () => {};

  /** @param {WebSocket} socket */
  constructor(socket) {
    this.socket = socket;
    socket.on('message', (data) => {
      this.frames.push(JSON.parse(String(data)));
      this.#wake();
    });
    this.closed = new Promise((done) => socket.on('close', done));
  }

  /** @param {string} url @param {string} [device] @param {string} [more] of the query */
  static async comes(url, device = `plain-${Math.random().toString(16).slice(2)}-0123456789`, more = '') {
    const socket = new WebSocket(`${url.replace('http', 'ws')}ws?device_id=${device}${more}`);
    const original = new Original(socket);
    await new Promise((open, failed) => {
      socket.on('open', open);
      socket.on('error', failed);
    });
    return original;
  }

  /** @param {object} frame */
  does(frame) {
    this.socket.send(JSON.stringify(frame));
  }

  /** The next frame of this type; others before it are passed over. @param {string} type */
  async hears(type) {
    const deadline = AbortSignal.timeout(PATIENCE_MS);
    for (;;) {
      const place = this.frames.findIndex((frame) => frame.type === type);
      if (place >= 0) return this.frames.splice(0, place + 1)[place];
      if (deadline.aborted) throw new Error(`"${type}" is not heard, but ${JSON.stringify(this.frames)}`);
      await new Promise((done) => {
        this.#wake = () => done(undefined);
        setTimeout(done, 200);
      });
    }
  }

  leaves() {
    this.socket.close();
  }
}
