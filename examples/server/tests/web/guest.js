/** Somebody who comes as 002's clients do: `/join`, a cookie, and the official Socket.IO client. */

import { once } from 'node:events';

import { io } from 'socket.io-client';

import { PATIENCE_MS } from './stage.js';

/** @typedef {{ name: string, data: any }} Told */

export class Guest {
  /** @type {Told[]} */
  told = [];

  /** @param {import('socket.io-client').Socket} socket @param {string} cookie */
  constructor(socket, cookie) {
    this.socket = socket;
    this.cookie = cookie;
    socket.onAny((name, data) => {
      if (this.#ignored.has(name)) return;
      this.told.push({ name, data });
      this.#wake();
    });
  }

  #wake = () => {};
  /** @type {Set<string>} */
  #ignored = new Set();

  /** Events of this name are passed over from now on. @param {string} name */
  ignores(name) {
    this.#ignored.add(name);
    this.told = this.told.filter((told) => told.name !== name);
  }

  /** @param {string} url @param {object} wish @param {object} [options] of the client */
  static async comes(url, wish, options = {}) {
    const { cookie } = await join(url, wish);
    return Guest.connects(url, cookie, options);
  }

  /** @param {string} url @param {string} cookie @param {object} [options] */
  static async connects(url, cookie, options = {}) {
    const socket = io(url, { extraHeaders: { cookie }, forceNew: true, reconnection: false, ...options });
    const guest = new Guest(socket, cookie);
    await Promise.race([
      once(socket, 'connect'),
      once(socket, 'connect_error').then(([error]) => Promise.reject(error)),
    ]);
    return guest;
  }

  /** @param {string} name @param {any} [data] */
  does(name, data) {
    if (data === undefined) this.socket.emit(name);
    else this.socket.emit(name, data);
  }

  /** The next event, which must have this name. @param {string} name */
  async hears(name) {
    const deadline = AbortSignal.timeout(PATIENCE_MS);
    while (this.told.length === 0) {
      if (deadline.aborted) throw new Error(`nothing is told, but "${name}" should be`);
      await new Promise((woken) => {
        this.#wake = () => woken(undefined);
        setTimeout(woken, 200);
      });
    }
    const [told] = this.told.splice(0, 1);
    if (told?.name !== name) throw new Error(`"${told?.name}" is told, not "${name}": ${JSON.stringify(told?.data)}`);
    return told.data;
  }

  leaves() {
    this.socket.disconnect();
  }
}

/** @param {string} url @param {object | URLSearchParams} wish @param {Record<string, string>} [headers] */
export async function join(url, wish, headers = {}) {
  const isForm = wish instanceof URLSearchParams;
  const answer = await fetch(new URL('join', url), {
    method: 'POST',
    redirect: 'manual',
    headers: isForm ? headers : { 'content-type': 'application/json', ...headers },
    body: isForm ? wish : JSON.stringify(wish),
  });
  const cookie = answer.headers.get('set-cookie') ?? '';
  return { status: answer.status, cookie: cookie.split(';')[0] ?? '', header: cookie, location: answer.headers.get('location'), body: await answer.text() };
}

/** Two who look for each other and have met. @param {string} url @param {object} [options] */
export async function pair(url, options = {}) {
  const al = await Guest.comes(url, { username: 'Al', gender: 'male', looking_for: 'female' }, options);
  const bea = await Guest.comes(url, { username: 'Bea', bio: 'likes tea', gender: 'female', looking_for: 'anyone' }, options);
  await al.hears('connected');
  await bea.hears('connected');
  al.does('find_match');
  await al.hears('waiting');
  bea.does('find_match');
  return { al, bea, toAl: await al.hears('match_found'), toBea: await bea.hears('match_found') };
}
