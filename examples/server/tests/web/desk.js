/**
 * A server of the moderators' page that says what a test wants: the page's files, an admin API that keeps
 * its state here, and a stream that can be cut. It is there for what the real one cannot be made to do.
 */

import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import http from 'node:http';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const WEB = fileURLToPath(new URL('../../web/', import.meta.url));
const KINDS = { '.html': 'text/html; charset=utf-8', '.css': 'text/css', '.js': 'text/javascript', '.svg': 'image/svg+xml' };
const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; connect-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'";

export const KEY = 'the-key-of-this-test';
export const device = (n) => n.toString(16).padStart(2, '0').repeat(16);

/** Figures as the server gives them. @param {number} at @param {object} [change] */
export const now = (at, change = {}) => ({
  at, store: true, maintenance: null, connections: 3, online: 3, waiting: 1,
  queues: [{ gender: 'female', filter: 'any', waiting: 1 }],
  pairs: 1, matches: 7, matches_per_minute: 2,
  wait: { count: 5, median_ms: 1_200, p95_ms: 9_000, mean_ms: 2_000 },
  reports: 0, bans: 0, messages: 40,
  verification: { verified: 6, no_face: 2, busy: 0 }, refusals: { cooldown: 3, banned: 0 }, ...change,
});

/** A report as the server gives it. @param {number} id @param {object} [change] */
export const report = (id, change = {}) => ({
  id, at: Date.now() - 60_000 * id, reporter: device(200), device: device(id % 190), reason: 'spam', note: null,
  counted: true, dismissed: false, against: 1, needed: 5, banned_until: null, earlier: [], ...change,
});

export class Desk {
  /** Requests so far, as `METHOD path`. @type {string[]} */
  asked = [];
  /** Bodies of the posts. @type {object[]} */
  bodies = [];
  /** Answers in place of the usual ones: the beginning of a path, a status, a body. @type {Map<string, [number, object]>} */
  instead = new Map();
  session = true;
  now = now(Date.now());
  minutes = [];
  seconds = [];
  reports = [];
  bans = [];
  rooms = [];
  records = [];
  /** @type {Set<http.ServerResponse>} */
  streams = new Set();

  static async start() {
    const desk = new Desk();
    const server = http.createServer((request, answer) => void desk.#answer(request, answer));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    desk.url = `http://127.0.0.1:${server.address().port}/`;
    desk.stop = async () => {
      desk.cut();
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    };
    return desk;
  }

  /** Tells all that follow. @param {object} [change] @param {object | null} [minute] */
  tell(change = {}, minute = null) {
    this.now = { ...this.now, at: Date.now(), ...change };
    for (const stream of this.streams) stream.write(`event: figures\ndata: ${JSON.stringify({ now: this.now, minute })}\n\n`);
  }

  /** Ends all streams. */
  cut() {
    for (const stream of this.streams) stream.destroy();
    this.streams.clear();
  }

  async #answer(request, answer) {
    const url = new URL(request.url, this.url);
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    const body = chunks.length === 0 ? null : JSON.parse(Buffer.concat(chunks).toString());
    const send = (status, json) => answer.writeHead(status, { 'Content-Type': 'application/json', 'Cache-Control': 'no-store' }).end(JSON.stringify(json));
    if (url.pathname !== '/admin' && !url.pathname.startsWith('/admin/')) return this.#file(url.pathname, answer);
    if (url.pathname === '/admin') return this.#file('/admin.html', answer);
    this.asked.push(`${request.method} ${url.pathname}${url.search}`);
    if (body !== null) this.bodies.push(body);
    for (const [prefix, [status, json]] of this.instead) if (url.pathname.startsWith(prefix)) return send(status, json);
    if (url.pathname === '/admin/sign-in') {
      this.session = body?.key === KEY;
      return this.session ? send(200, { session: '1', expires_at: Date.now() + 43_200_000 }) : send(401, { detail: 'Admin key required' });
    }
    if (!this.session) return send(401, { detail: 'Admin key required' });
    return this.#api(request.method, url, body, answer, send);
  }

  #api(method, url, body, answer, send) {
    const [, , name, ...rest] = url.pathname.split('/');
    const limit = Number(url.searchParams.get('limit') ?? 25);
    if (method === 'POST') {
      if (name === 'sign-out') this.session = false;
      if (name === 'maintenance') this.now.maintenance = body.on ? Date.now() : null;
      if (name === 'reports') this.reports = this.reports.filter(({ id }) => id !== Number(rest[1]));
      const audit = this.records.length + 1;
      return send(200, { audit, until: Date.now() + (body?.for_s ?? 0) * 1_000, on: body?.on, since: this.now.maintenance });
    }
    const page = (rows, before, key) => {
      const from = before === null ? 0 : rows.findIndex((row) => String(key(row)) === before) + 1;
      const found = rows.slice(from, from + limit);
      return [found, from + limit < rows.length ? key(found.at(-1)) : null];
    };
    switch (name) {
      case 'session': return send(200, { session: '1', expires_at: Date.now() + 43_200_000 });
      case 'figures': return send(200, { now: { ...this.now, at: Date.now() }, seconds: this.seconds, minutes: this.minutes });
      case 'queue': {
        const [reports, next] = page(this.reports, url.searchParams.get('before'), ({ id }) => id);
        return send(200, { pool: 'main', pools: ['main'], reports, next });
      }
      case 'rooms': {
        const [reports, next] = page(this.rooms, url.searchParams.get('before'), ({ id }) => id);
        return send(200, { census: {}, reports, next });
      }
      case 'bans': {
        const [bans, next] = page(this.bans, url.searchParams.get('after'), ({ device: of }) => of);
        return send(200, { pool: 'main', bans, next });
      }
      case 'audit': {
        const about = url.searchParams.get('about');
        const [records, next] = page(this.records.filter((one) => about === null || one.device === about), url.searchParams.get('before'), ({ id }) => id);
        return rest[0] === 'export'
          ? answer.writeHead(200, { 'Content-Type': 'application/x-ndjson' }).end(this.records.map((one) => `${JSON.stringify(one)}\n`).join(''))
          : send(200, { records, next });
      }
      case 'live':
        answer.writeHead(200, { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-store' });
        answer.on('close', () => this.streams.delete(answer));
        this.streams.add(answer);
        return this.tell();
      default: return send(404, { detail: 'Not Found' });
    }
  }

  async #file(name, answer) {
    const bytes = await readFile(path.join(WEB, path.normalize(name))).catch(() => null);
    if (bytes === null) return answer.writeHead(404).end();
    return answer.writeHead(200, { 'Content-Type': KINDS[path.extname(name)] ?? 'application/octet-stream', 'Content-Security-Policy': POLICY }).end(bytes);
  }
}
