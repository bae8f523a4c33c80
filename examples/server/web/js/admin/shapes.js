/**
 * What the admin API answers, read so that whatever arrives is either whole or left out: a newer server
 * cannot break an older page. Instants are milliseconds since 1970.
 */

/** @typedef {{ gender: string | null, filter: string, waiting: number }} Queue */
/** @typedef {{ count: number, medianMs: number | null, p95Ms: number | null, meanMs: number | null }} Wait */
/** @typedef {[name: string, count: number]} Count */

/**
 * @typedef {{ at: number, store: boolean, maintenance: number | null, connections: number, online: number,
 *   waiting: number, queues: Queue[], pairs: number, matches: number, matchesPerMinute: number, wait: Wait,
 *   reports: number, bans: number, messages: number, verification: Count[], refusals: Count[] }} Now
 * @typedef {{ at: number, online: number, waiting: number, pairs: number, matches: number }} Second
 * @typedef {{ at: number, online: number, waiting: number, pairs: number, matches: number, medianMs: number | null,
 *   p95Ms: number | null, reports: number, bans: number, judged: number, verified: number, refusals: number,
 *   messages: number }} Minute
 * @typedef {{ now: Now | null, seconds: Second[], minutes: Minute[] }} Figures
 */

/**
 * @typedef {{ id: number, at: number, session: string | null, action: string, device: string | null,
 *   until: number | null, pool: string | null, report: number | null, on: boolean | null, note: string | null,
 *   room: string | null, roomSession: string | null }} Record
 * @typedef {{ id: number, at: number, reporter: string, device: string, reason: string, note: string | null,
 *   counted: boolean, dismissed: boolean, against: number, needed: number, bannedUntil: number | null,
 *   earlier: Record[] }} Report
 * @typedef {{ device: string, given: number, until: number }} Ban
 */

/** @typedef {globalThis.Record<string, unknown>} Raw */

/** @param {unknown} value @returns {value is Raw} */
const isObject = (value) => typeof value === 'object' && value !== null && !Array.isArray(value);

/** @param {unknown} value @returns {Raw} */
const object = (value) => (isObject(value) ? value : {});

/** @param {unknown} value */
const number = (value) => (typeof value === 'number' && Number.isFinite(value) ? value : null);

/** @param {unknown} value */
const count = (value) => number(value) ?? 0;

/** @param {unknown} value */
const text = (value) => (typeof value === 'string' ? value : null);

/**
 * The elements of a list that can be read.
 * @template T
 * @param {unknown} value @param {(item: unknown) => T | null} read @returns {T[]}
 */
function list(value, read) {
  if (!Array.isArray(value)) return [];
  return value.map(read).filter((item) => item !== null);
}

/** @param {unknown} value @returns {Count[]} */
const counts = (value) => Object.entries(object(value)).map(([name, n]) => [name, count(n)]);

/** @param {unknown} value @returns {Queue | null} */
function queue(value) {
  const raw = object(value);
  const filter = text(raw.filter);
  return filter === null ? null : { gender: text(raw.gender), filter, waiting: count(raw.waiting) };
}

/** @param {unknown} value @returns {Now | null} */
export function now(value) {
  const raw = object(value);
  const at = number(raw.at);
  if (at === null) return null;
  const wait = object(raw.wait);
  return {
    at,
    store: raw.store !== false,
    maintenance: number(raw.maintenance),
    connections: count(raw.connections),
    online: count(raw.online),
    waiting: count(raw.waiting),
    queues: list(raw.queues, queue),
    pairs: count(raw.pairs),
    matches: count(raw.matches),
    matchesPerMinute: count(raw.matches_per_minute),
    wait: {
      count: count(wait.count),
      medianMs: number(wait.median_ms),
      p95Ms: number(wait.p95_ms),
      meanMs: number(wait.mean_ms),
    },
    reports: count(raw.reports),
    bans: count(raw.bans),
    messages: count(raw.messages),
    verification: counts(raw.verification),
    refusals: counts(raw.refusals),
  };
}

/** @param {unknown} value @returns {Second | null} */
function second(value) {
  const raw = object(value);
  const at = number(raw.at);
  if (at === null) return null;
  return { at, online: count(raw.online), waiting: count(raw.waiting), pairs: count(raw.pairs), matches: count(raw.matches) };
}

/** @param {unknown} value @returns {Minute | null} */
export function minute(value) {
  const [raw, base] = [object(value), second(value)];
  if (base === null) return null;
  return {
    ...base,
    medianMs: number(raw.median_ms),
    p95Ms: number(raw.p95_ms),
    reports: count(raw.reports),
    bans: count(raw.bans),
    judged: count(raw.judged),
    verified: count(raw.verified),
    refusals: count(raw.refusals),
    messages: count(raw.messages),
  };
}

/** @param {unknown} value @returns {Figures} */
export const figures = (value) => ({
  now: now(object(value).now),
  seconds: list(object(value).seconds, second),
  minutes: list(object(value).minutes, minute),
});

/** @param {unknown} value @returns {Record | null} */
function record(value) {
  const raw = object(value);
  const [id, at, action] = [number(raw.id), number(raw.at), text(raw.action)];
  if (id === null || at === null || action === null) return null;
  return {
    id,
    at,
    action,
    session: text(raw.session),
    device: text(raw.device),
    until: number(raw.until),
    pool: text(raw.pool),
    report: number(raw.report),
    on: typeof raw.on === 'boolean' ? raw.on : null,
    note: text(raw.note),
    room: text(raw.room),
    roomSession: text(raw.room_session),
  };
}

/** @param {unknown} value @returns {Report | null} */
function report(value) {
  const raw = object(value);
  const [id, at, device] = [number(raw.id), number(raw.at), text(raw.device)];
  if (id === null || at === null || device === null) return null;
  return {
    id,
    at,
    device,
    reporter: text(raw.reporter) ?? '',
    reason: text(raw.reason) ?? 'other',
    note: text(raw.note),
    counted: raw.counted === true,
    dismissed: raw.dismissed === true,
    against: count(raw.against),
    needed: count(raw.needed),
    bannedUntil: number(raw.banned_until),
    earlier: list(raw.earlier, record),
  };
}

/** @param {unknown} value @returns {Ban | null} */
function ban(value) {
  const raw = object(value);
  const [device, given, until] = [text(raw.device), number(raw.given), number(raw.until)];
  return device === null || given === null || until === null ? null : { device, given, until };
}

/** The place of the next page, as text whatever it is. @param {unknown} value */
const place = (value) => (number(value) === null ? text(value) : String(value));

/** @param {unknown} value */
export const queuePage = (value) => ({
  rows: list(object(value).reports, report),
  next: place(object(value).next),
  pool: text(object(value).pool),
  pools: list(object(value).pools, text),
});

/**
 * A message that was reported in a room.
 * @typedef {{ id: number, room: string, at: number, nickname: string, content: string, session: string | null, reasons: string[] }} RoomReport
 */

/** @param {unknown} value @returns {RoomReport | null} */
function roomReport(value) {
  const it = object(value);
  const [id, room, session] = [number(it.id), text(it.room), text(it.session)];
  if (id === null || room === null) return null;
  const reasons = list(it.reasons, text).filter((reason) => reason !== '');
  return { id, room, at: count(it.at), nickname: text(it.nickname) ?? '', content: text(it.content) ?? '', session, reasons };
}

/** @param {unknown} value */
export const roomsPage = (value) => ({ rows: list(object(value).reports, roomReport), next: place(object(value).next) });

/** @param {unknown} value */
export const bansPage = (value) => ({ rows: list(object(value).bans, ban), next: place(object(value).next) });

/** @param {unknown} value */
export const auditPage = (value) => ({ rows: list(object(value).records, record), next: place(object(value).next) });

/** When a session ends. @param {unknown} value */
export const expiry = (value) => number(object(value).expires_at);

/** When a ban that was given ends. @param {unknown} value */
export const banEnd = (value) => number(object(value).until);
