/**
 * Reports, bans and records, a page at a time: whatever there are of them, one page is here.
 *
 * The first page follows what happens. Somebody who reads an older one is not disturbed, and told that
 * there is something new.
 */

/** @import { Answer, Call, ListName, Lists, Paged, State, Step } from '../state.js' */

import { auditPage, bansPage, queuePage, roomsPage } from '../shapes.js';
import { call, emptyList, isIn, step } from '../state.js';
import { lostSession } from './session.js';

/** Rows of a page, which bounds the document too. */
export const PAGE = { queue: 25, rooms: 25, bans: 50, audit: 50 };

/** A list is not asked for more often, however much happens. */
const PAUSE_MS = 2_000;

/** @type {readonly ListName[]} */
const NAMES = ['queue', 'rooms', 'bans', 'audit'];

/** @param {State} state @param {ListName} name @param {Partial<Paged<any>>} change @returns {State} */
const change = (state, name, change) => ({ ...state, lists: { ...state.lists, [name]: { ...state.lists[name], ...change } } });

/** All lists, known to be behind. @param {State} state @returns {Lists} */
export const stale = ({ lists }) => ({
  queue: { ...lists.queue, stale: true },
  rooms: { ...lists.rooms, stale: true },
  bans: { ...lists.bans, stale: true },
  audit: { ...lists.audit, stale: true },
});

/** @param {ListName} name @param {State} state @param {string | null} place */
function address(name, { pool, undecided: only, about: device }, place) {
  const query = new URLSearchParams({ limit: String(PAGE[name]) });
  if (place !== null) query.set(name === 'bans' ? 'after' : 'before', place);
  if (name === 'queue') query.set('open', String(only));
  if (name === 'queue' && pool !== null) query.set('pool', pool);
  if (name === 'audit' && device !== null) query.set('about', device);
  return `admin/${name}?${query}`;
}

/** @param {State} state @param {ListName} name @param {string | null} place @param {(string | null)[]} trail @returns {Step} */
const load = (state, name, place, trail) =>
  call(state, name, address(name, state, place), undefined, (now, id) =>
    change(now, name, { place, trail, call: id, stale: false, problem: null, loadedAt: now.now }));

/** The list that is on the screen, if it is behind and nobody is reading further down. @param {State} state @returns {Step} */
export function refresh(state) {
  const name = NAMES.find((list) => list === state.screen);
  if (name === undefined || !isIn(state)) return step(state);
  const { stale: behind, trail, call: under, loadedAt, ready, problem } = state.lists[name];
  if (!behind || under !== null) return step(state);
  if (!ready && problem === null) return load(state, name, null, []);
  return trail.length === 0 && state.now - loadedAt >= PAUSE_MS ? load(state, name, null, []) : step(state);
}

/** @param {State} state @param {ListName} name @param {Call} made @param {Answer} answer @returns {Step} */
export function page(state, name, made, answer) {
  if (state.lists[name].call !== made.id) return step(state);
  const over = change(state, name, { call: null });
  if (!answer.ok) {
    if (answer.status === 401) return lostSession({ ...over, lists: stale(over) });
    return step(change(over, name, { problem: answer.problem }));
  }
  if (name === 'rooms') return step(change(over, name, { ...roomsPage(answer.body), ready: true }));
  if (name === 'bans') return step(change(over, name, { ...bansPage(answer.body), ready: true }));
  if (name === 'audit') return step(change(over, name, { ...auditPage(answer.body), ready: true }));
  const { rows, next, pool: shown, pools } = queuePage(answer.body);
  return step({ ...change(over, name, { rows, next, ready: true }), pools, pool: state.pool ?? shown });
}

/** @param {State} state @param {ListName} name @returns {Step} */
export function older(state, name) {
  const { next, place, trail, call: under } = state.lists[name];
  return next === null || under !== null ? step(state) : load(state, name, next, [...trail, place]);
}

/** @param {State} state @param {ListName} name @returns {Step} */
export function newer(state, name) {
  const { trail, call: under } = state.lists[name];
  const before = trail.at(-1);
  return before === undefined || under !== null ? step(state) : load(state, name, before, trail.slice(0, -1));
}

/** @param {State} state @param {ListName} name @returns {Step} */
export const newest = (state, name) => load(state, name, null, []);

/** The same page once more. @param {State} state @param {ListName} name @returns {Step} */
export const reload = (state, name) => load(state, name, state.lists[name].place, state.lists[name].trail);

/** @param {State} state @param {string} wanted @returns {Step} */
export function pool(state, wanted) {
  if (wanted === state.pool) return step(state);
  return load({ ...change(state, 'queue', emptyList()), pool: wanted }, 'queue', null, []);
}

/** @param {State} state @param {boolean} only @returns {Step} */
export function undecided(state, only) {
  if (only === state.undecided) return step(state);
  return load({ ...change(state, 'queue', emptyList()), undecided: only }, 'queue', null, []);
}

/** Shows what was done about one device, or about all. @param {State} state @param {string | null} device @returns {Step} */
export function about(state, device) {
  const there = { ...state, tab: /** @type {const} */ ('audit'), screen: /** @type {const} */ ('audit'), notice: null };
  if (device === state.about) return step(there);
  return load({ ...change(there, 'audit', emptyList()), about: device }, 'audit', null, []);
}
