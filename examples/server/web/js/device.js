/**
 * All that this browser remembers: a random device id, the nickname, the bio, where to look, and by which
 * session the rooms know it. No chat, no picture.
 */

/** @import { Session } from './rooms/shapes.js' */
/** @import { Profile } from './state.js' */

const DEVICE = 'anonchat.device';
const PROFILE = 'anonchat.profile';
const POOL = 'anonchat.pool';
const ROOMS = 'anonchat.rooms';

/** A browser may refuse to store anything; then everything lasts as long as the page. @param {Storage} storage @param {string} key */
function read(storage, key) {
  try {
    return storage.getItem(key);
  } catch {
    return null;
  }
}

/** @param {Storage} storage @param {string} key @param {string} value */
function write(storage, key, value) {
  try {
    storage.setItem(key, value);
  } catch {
    // Not remembered, which harms nothing but the comfort of the next visit.
  }
}

/** @param {number} bytes */
export const randomHex = (bytes) =>
  Array.from(crypto.getRandomValues(new Uint8Array(bytes)), (byte) => byte.toString(16).padStart(2, '0')).join('');

/** Whether this browser was here before. @param {Storage} storage */
export const isKnown = (storage) => /^[0-9a-f]{32}$/.test(read(storage, DEVICE) ?? '');

/** 128 random bits, made here once and kept. @param {Storage} storage */
export function deviceId(storage) {
  const known = read(storage, DEVICE);
  if (known !== null && isKnown(storage)) return known;
  const made = randomHex(16);
  write(storage, DEVICE, made);
  return made;
}

/** @param {Storage} storage @returns {Partial<Profile>} */
export function recall(storage) {
  try {
    const { nickname, bio } = JSON.parse(read(storage, PROFILE) ?? '{}');
    return { ...(typeof nickname === 'string' ? { nickname } : {}), ...(typeof bio === 'string' ? { bio } : {}) };
  } catch {
    return {};
  }
}

/** @param {Storage} storage @param {Profile} profile */
export const remember = (storage, { nickname, bio }) => write(storage, PROFILE, JSON.stringify({ nickname, bio }));

/** @param {Storage} storage */
export const recallPool = (storage) => read(storage, POOL) || null;

/** @param {Storage} storage @param {string | null} pool */
export const rememberPool = (storage, pool) => write(storage, POOL, pool ?? '');

/** @param {Storage} storage @returns {Session | null} */
export function recallRooms(storage) {
  try {
    const { token, nickname } = JSON.parse(read(storage, ROOMS) ?? '{}');
    return typeof token === 'string' && token !== '' && typeof nickname === 'string' ? { token, nickname } : null;
  } catch {
    return null;
  }
}

/** Keeps a session, or forgets it. @param {Storage} storage @param {Session | null} session */
export const rememberRooms = (storage, session) =>
  write(storage, ROOMS, session === null ? '' : JSON.stringify({ token: session.token, nickname: session.nickname }));
