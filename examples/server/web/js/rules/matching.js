/** From the filter to a chat and on to the next one. */

/** @import { Filter, Matched, Waiting } from '../protocol.js' */
/** @import { Profile, State, Step } from '../state.js' */

import { andThen, isLive, isOpen, say, send, show, step } from '../state.js';
import { openChat } from './chat.js';
import { probe } from './pulse.js';

/** How often the place in the queue is asked for. */
const WHY_MS = 5_000;

/** @param {State} state @param {Profile} profile @returns {Step} */
export function saveProfile(state, profile) {
  const trimmed = { nickname: profile.nickname.trim(), bio: profile.bio.trim() };
  if (trimmed.nickname === '') return step(state);
  return step({ ...show(state, 'find'), profile: trimmed }, { do: 'remember', profile: trimmed });
}

/** @param {State} state @returns {Step} */
export const home = (state) =>
  ['banned', 'replaced'].includes(state.screen)
    ? step(state)
    : step({ ...show(state, 'home'), entering: false, chat: isLive(state.chat) ? state.chat : null });

/** Whether Find would only be refused. @param {State} state */
export function mustWait(state) {
  const { wait, now, filter } = state;
  return wait !== null && wait.until > now && (wait.filter === null || wait.filter === filter);
}

/** @param {State} state @param {Filter} filter */
export const usedUp = (state, filter) => filter !== 'any' && state.limits[filter] === 0;

/** @param {State} state @returns {Step} */
export function find(state) {
  const busy = state.search !== null || isLive(state.chat) || state.leaving !== null;
  if (!isOpen(state) || busy || mustWait(state) || usedUp(state, state.filter)) return step(state);
  return join({ ...state, chat: null });
}

/** @param {State} state @returns {Step} */
function join(state) {
  const { nickname, bio } = state.profile;
  const asked = send(state, { action: 'join', filter: state.filter, nickname, ...(bio === '' ? {} : { bio }) });
  return andThen(asked, (sent) => step(searchFrom(sent, sent.filter, sent.now, false)));
}

/** @param {State} state @param {Filter} filter @param {number} since @param {boolean} confirmed @returns {State} */
const searchFrom = (state, filter, since, confirmed) => ({
  ...show(state, 'queue'),
  chat: null,
  search: {
    filter,
    since: Math.min(since, state.now),
    confirmed,
    askedAt: 0,
    position: null,
    people: null,
    estimateMs: null,
    narrowedBy: [],
  },
});

/** In the queue, as the server says. @param {State} state @param {Filter} filter @param {number} since @returns {Step} */
export const searching = (state, filter, since) => askWhy(searchFrom(state, filter, since, true));

/** @param {State} state @returns {Step} */
function askWhy(state) {
  if (state.search === null) return step(state);
  return probe({ ...state, search: { ...state.search, askedAt: state.now } });
}

/** @param {State} state @returns {Step} */
export const due = (state) =>
  isOpen(state) && state.search?.confirmed && state.leaving === null && state.now - state.search.askedAt >= WHY_MS
    ? askWhy(state)
    : step(state);

/** @param {State} state @param {Filter} filter @returns {Step} */
export function queued(state, filter) {
  if (state.leaving !== null) return step(state);
  return searching(say(state, 'You are in the queue.'), filter, state.search?.since ?? state.now);
}

/** @param {State} state @param {Waiting} frame @returns {Step} */
export const waiting = (state, { position, people, estimateMs, narrowedBy }) =>
  step(
    state.search === null
      ? state
      : { ...state, search: { ...state.search, position, people, estimateMs, narrowedBy } },
  );

/** @param {State} state @param {Matched} frame @returns {Step} */
export function matched(state, frame) {
  if (state.leaving !== null) return step({ ...state, leaving: { ...state.leaving, matched: frame } });
  return openChat(state, { peer: frame.peer, profile: frame.profile, present: true, resumed: false });
}

/**
 * Ends the chat or gives up the place in the queue. While the line is down the wish is kept and sent
 * after `hello`, if there is still something to leave.
 * @param {State} state @param {boolean} toHome @returns {Step}
 */
export function leave(state, toHome) {
  if (state.leaving !== null) return step(state);
  if (state.search === null && !isLive(state.chat)) return step({ ...show(state, toHome ? 'home' : 'find'), chat: null });
  /** @type {State} */
  const leaving = { ...state, dialog: null, leaving: { how: 'leave', home: toHome, matched: null } };
  return isOpen(state) ? send(leaving, { action: 'leave' }) : step(leaving);
}

/** @param {State} state @returns {Step} */
export function next(state) {
  if (state.leaving !== null) return step(state);
  if (!isLive(state.chat)) return mayFind(state) ? find(state) : step({ ...show(state, 'find'), chat: null });
  /** @type {State} */
  const leaving = { ...state, dialog: null, leaving: { how: 'next', home: false, matched: null } };
  return isOpen(state) ? sendNext(leaving) : step(leaving);
}

/** @param {State} state */
const mayFind = (state) => isOpen(state) && !mustWait(state) && !usedUp(state, state.filter);

/** @param {State} state @returns {Step} */
export const sendNext = (state) => send(state, { action: 'next', filter: state.filter });

/** @param {State} state @returns {Step} */
export function left(state) {
  const { leaving } = state;
  const free = { ...state, leaving: null, chat: null, search: null };
  if (leaving?.how === 'next') return step(searchFrom(free, state.filter, state.now, false));
  const screen = leaving?.home ? 'home' : 'find';
  return step(say(show(free, screen), state.chat === null ? 'You left the queue.' : 'You left the chat.'));
}

/** Nothing was there to leave any more; what was to follow still follows. @param {State} state @returns {Step} */
export function nothingToLeave(state) {
  const how = state.leaving?.how;
  const done = left({ ...state, leaving: how === 'next' ? null : state.leaving });
  return how === 'next' ? join(done.state) : done;
}

/** The goodbye was refused, so what was to be left goes on. @param {State} state @returns {Step} */
export function stay(state) {
  const pending = state.leaving?.matched ?? null;
  const here = { ...state, leaving: null };
  return pending === null ? step(here) : matched(here, pending);
}
