/**
 * The frames of the native protocol, v=1: what the server may say and what the page may ask.
 *
 * `decode` is total. Whatever text arrives, it gives a frame with every member checked, or null;
 * it never throws, so a newer server cannot break an older page.
 */

/** @typedef {'male' | 'female' | 'non-binary' | 'prefer-not-to-say'} Gender */
/** @typedef {Gender | 'any'} Filter */
/** @typedef {Partial<Record<Gender, number>>} Limits */
/** @typedef {{ nickname: string | null, gender: Gender | null, bio: string | null }} PeerProfile */
/** @typedef {'off' | 'optional' | 'required'} Verification */
/** @typedef {{ message: number, nickname: number, bio: number }} TextLimits */

/**
 * @typedef {{ type: 'hello', gender: Gender | null, verification: Verification, text: TextLimits,
 *   graceMs: number, pools: string[], reports: string[], phase: Phase, limits?: Limits }} Hello
 * @typedef {{ name: 'idle' } | { name: 'waiting', filter: Filter, since: number | null }
 *   | { name: 'paired', peer: string, profile: PeerProfile, present: boolean }} Phase
 * @typedef {{ type: 'matched', peer: string, profile: PeerProfile, limits?: Limits }} Matched
 * @typedef {{ type: 'msg', from: string, id: string | null, text: string }} Msg
 * @typedef {{ type: 'waiting', since: number | null, position: number | null, people: number | null,
 *   narrowedBy: string[], estimateMs: number | null }} Waiting
 * @typedef {{ type: 'error', code: string, message: string, action: string | null, id: string | null,
 *   until: number | null, retryAfterMs: number | null }} Refusal
 */

/**
 * @typedef {(Hello | Matched | Msg | Waiting | Refusal
 *   | { type: 'daily_limits' }
 *   | { type: 'replaced' }
 *   | { type: 'banned', until: number | null }
 *   | { type: 'server_restarting', reconnectInMs: number }
 *   | { type: 'declared', gender: Gender }
 *   | { type: 'queued', filter: Filter }
 *   | { type: 'left' }
 *   | { type: 'ack', id: string }
 *   | { type: 'typing', from: string, typing: boolean }
 *   | { type: 'peer_away', peer: string, until: number | null }
 *   | { type: 'peer_back', peer: string }
 *   | { type: 'peer_left', peer: string, reason: string }
 *   | { type: 'reported' }
 *   | { type: 'blocked', peer: string, block: string }
 *   | { type: 'unblocked', block: string }) & { limits?: Limits }} Frame
 */

/**
 * @typedef {{ action: 'declare', gender: Gender }
 *   | { action: 'join', filter: Filter, nickname: string, bio?: string }
 *   | { action: 'next', filter: Filter }
 *   | { action: 'leave' }
 *   | { action: 'msg', peer: string, id: string, text: string }
 *   | { action: 'ack', peer: string, id: string }
 *   | { action: 'typing', peer: string, typing: boolean }
 *   | { action: 'report', reported: string, reason: string, note?: string }
 *   | { action: 'block', peer: string }
 *   | { action: 'unblock', block: string }
 *   | { action: 'why' }} Request
 */

/** @type {readonly Gender[]} */
export const GENDERS = ['female', 'male', 'non-binary', 'prefer-not-to-say'];

/** @type {readonly Filter[]} */
export const FILTERS = ['any', ...GENDERS];

/** A filter with this many matches left has no limit. */
export const UNLIMITED = 9999;

/** The longest note of a report that the server reads. */
export const NOTE_CHARS = 500;

/** The server refuses a sender's further messages beyond this many without an acknowledgement. */
export const MAX_UNACKNOWLEDGED = 64;

/** @type {TextLimits} */
const DEFAULT_TEXT = { message: 500, nickname: 30, bio: 140 };

const DEFAULT_REPORTS = ['harassment', 'spam', 'minor', 'explicit', 'other'];

/** @typedef {Record<string, unknown>} Raw */

/** @param {unknown} value @returns {value is Raw} */
const isObject = (value) => typeof value === 'object' && value !== null && !Array.isArray(value);

/** @param {unknown} value */
const text = (value) => (typeof value === 'string' ? value : null);

/** An identifier: a string with something in it. @param {unknown} value */
const key = (value) => text(value) || null;

/** @param {unknown} value */
const number = (value) => (typeof value === 'number' && Number.isFinite(value) ? value : null);

/** @param {unknown} value */
const positive = (value) => {
  const n = number(value);
  return n !== null && n > 0 ? n : null;
};

/** @param {unknown} value @returns {Gender | null} */
const gender = (value) => GENDERS.find((known) => known === value) ?? null;

/** @param {unknown} value @returns {Filter} */
const filter = (value) => FILTERS.find((known) => known === value) ?? 'any';

/** @param {unknown} value @returns {string[]} */
const strings = (value) => (Array.isArray(value) ? value.filter((item) => typeof item === 'string') : []);

/** @param {unknown} value @returns {Limits | undefined} */
function limits(value) {
  if (!isObject(value)) return undefined;
  /** @type {Limits} */
  const found = {};
  for (const name of GENDERS) {
    const left = number(value[name]);
    if (left !== null) found[name] = Math.max(0, Math.floor(left));
  }
  return found;
}

/** 000 tells the gender of a peer without one as `"?"` or null. @param {Raw} raw @returns {PeerProfile} */
function peerProfile(raw) {
  const profile = isObject(raw.peer_profile) ? raw.peer_profile : {};
  return {
    nickname: text(profile.nickname)?.trim() || null,
    gender: gender(profile.gender) ?? gender(raw.peer_gender),
    bio: text(profile.bio)?.trim() || null,
  };
}

/** @param {Raw} raw @returns {Phase | null} */
function phase(raw) {
  if (raw.phase === 'waiting') return { name: 'waiting', filter: filter(raw.filter), since: number(raw.since) };
  if (raw.phase === 'idle') return { name: 'idle' };
  const peer = key(raw.peer);
  if (raw.phase !== 'paired' || peer === null) return null;
  return { name: 'paired', peer, profile: peerProfile(raw), present: raw.peer_present !== false };
}

/** @param {Raw} raw @returns {Hello | null} */
function hello(raw) {
  const now = phase(raw);
  if (now === null) return null;
  const chars = isObject(raw.text) ? raw.text : {};
  const reports = strings(raw.reports);
  return {
    type: 'hello',
    phase: now,
    gender: gender(raw.gender),
    verification: raw.verification === 'off' || raw.verification === 'required' ? raw.verification : 'optional',
    text: {
      message: positive(chars.message_chars) ?? DEFAULT_TEXT.message,
      nickname: positive(chars.nickname_chars) ?? DEFAULT_TEXT.nickname,
      bio: positive(chars.bio_chars) ?? DEFAULT_TEXT.bio,
    },
    graceMs: positive(raw.grace_ms) ?? 15_000,
    pools: strings(raw.pools),
    reports: reports.length > 0 ? reports : DEFAULT_REPORTS,
  };
}

/** @param {Raw} raw @returns {Refusal} */
const refusal = (raw) => ({
  type: 'error',
  code: text(raw.code) ?? 'unknown',
  message: text(raw.message) ?? '',
  action: text(raw.action),
  id: key(raw.id),
  until: number(raw.until),
  retryAfterMs: number(raw.retry_after_ms),
});

/** @param {Raw} raw @returns {Frame | null} */
function message(raw) {
  const [from, body] = [key(raw.from), text(raw.text)];
  return from === null || body === null ? null : { type: 'msg', from, id: key(raw.id), text: body };
}

/** @param {Raw} raw @returns {Waiting} */
const waiting = (raw) => ({
  type: 'waiting',
  since: number(raw.since),
  position: number(raw.position),
  people: number(raw.people),
  narrowedBy: strings(raw.narrowed_by),
  estimateMs: number(raw.estimate_ms),
});

/**
 * A frame that means nothing without this identifier.
 * @param {unknown} value
 * @param {(key: string) => Frame | null} make
 * @returns {Frame | null}
 */
const withKey = (value, make) => {
  const found = key(value);
  return found === null ? null : make(found);
};

/** @type {ReadonlyMap<string, (raw: Raw) => Frame | null>} */
const READERS = new Map(
  /** @type {[string, (raw: Raw) => Frame | null][]} */ ([
    ['hello', hello],
    ['daily_limits', () => ({ type: 'daily_limits' })],
    ['replaced', () => ({ type: 'replaced' })],
    ['banned', (raw) => ({ type: 'banned', until: number(raw.until) })],
    ['server_restarting', (raw) => ({ type: 'server_restarting', reconnectInMs: positive(raw.reconnect_in_ms) ?? 0 })],
    ['declared', (raw) => {
      const declared = gender(raw.gender);
      return declared === null ? null : { type: 'declared', gender: declared };
    }],
    ['queued', (raw) => ({ type: 'queued', filter: filter(raw.filter) })],
    ['matched', (raw) => withKey(raw.peer, (peer) => ({ type: 'matched', peer, profile: peerProfile(raw) }))],
    ['left', () => ({ type: 'left' })],
    ['msg', message],
    ['ack', (raw) => withKey(raw.id, (id) => ({ type: 'ack', id }))],
    ['typing', (raw) => withKey(raw.from, (from) => ({ type: 'typing', from, typing: raw.typing !== false }))],
    ['peer_away', (raw) => withKey(raw.peer, (peer) => ({ type: 'peer_away', peer, until: number(raw.until) }))],
    ['peer_back', (raw) => withKey(raw.peer, (peer) => ({ type: 'peer_back', peer }))],
    ['peer_left', (raw) => withKey(raw.peer, (peer) => ({ type: 'peer_left', peer, reason: text(raw.reason) ?? 'left' }))],
    ['reported', () => ({ type: 'reported' })],
    ['blocked', (raw) => withKey(raw.peer, (peer) =>
      withKey(raw.block, (block) => ({ type: 'blocked', peer, block })))],
    ['unblocked', (raw) => withKey(raw.block, (block) => ({ type: 'unblocked', block }))],
    ['waiting', waiting],
    ['error', refusal],
  ]),
);

/**
 * Reads one frame. Unknown types and malformed frames give null.
 * @param {unknown} data what a WebSocket delivered
 * @returns {Frame | null}
 */
export function decode(data) {
  if (typeof data !== 'string') return null;
  /** @type {unknown} */
  let raw;
  try {
    raw = JSON.parse(data);
  } catch {
    return null;
  }
  if (!isObject(raw) || typeof raw.type !== 'string') return null;
  const frame = READERS.get(raw.type)?.(raw) ?? null;
  const left = limits(raw.limits);
  return frame !== null && left !== undefined ? { ...frame, limits: left } : frame;
}

/** @param {Request} request */
export const encode = (request) => JSON.stringify(request);

/** Characters as the server counts them, not UTF-16 units. @param {string} value */
export const charCount = (value) => [...value].length;
