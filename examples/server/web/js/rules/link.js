/**
 * The line to the server, and what `hello` means for what is on the screen.
 *
 * `hello` is the truth after every reconnect; these rules bring the page from any state to it.
 */

/** @import { Hello } from '../protocol.js' */
/** @import { State, Step } from '../state.js' */

import { isOpen, notify, say, send, show, step } from '../state.js';
import { endChat, openChat, resumeChat } from './chat.js';
import { enter } from './check.js';
import { searching, sendNext } from './matching.js';
import { unanswered } from './safety.js';

/** @param {State} state @returns {Step} */
export const connecting = (state) =>
  step({ ...state, link: { ...state.link, status: 'connecting', retryAt: null } });

/**
 * @param {State} state
 * @param {{ retryInMs: number | null, why: 'lost' | 'replaced' | 'banned' }} event
 * @returns {Step}
 */
export function lost(state, { retryInMs, why }) {
  const wasOpen = isOpen(state);
  /** @type {State} */
  const down = {
    ...unanswered(state),
    declaring: false,
    probedAt: null,
    link: {
      status: retryInMs === null ? 'stopped' : 'down',
      retryAt: retryInMs === null ? null : state.now + retryInMs,
      restarting: state.link.restarting,
    },
  };
  if (why === 'replaced') return replaced(down);
  if (why === 'banned') return banned(down, state.bannedUntil);
  return step(wasOpen && !down.link.restarting ? say(down, 'Connection lost. Reconnecting.') : down);
}

/** @param {State} state @returns {Step} */
export const restarting = (state) =>
  step(say({ ...state, link: { ...state.link, restarting: true } }, 'The server is restarting. You will be reconnected.'));

/** @param {State} state @returns {Step} */
export const retry = (state) =>
  step({ ...state, entering: state.entering || ['banned', 'replaced'].includes(state.screen) }, { do: 'connect' });

/** @param {State} state @returns {Step} */
export function start(state) {
  if (isOpen(state)) return enter(state);
  const waiting = { ...state, entering: true };
  return state.link.status === 'off' ? step(waiting, { do: 'connect' }) : step(waiting);
}

/** Another window holds this device now; what was open here is open there. @param {State} state @returns {Step} */
export const replaced = (state) =>
  step({ ...show(state, 'replaced'), search: null, chat: null, leaving: null });

/** @param {State} state @param {number | null} until @returns {Step} */
export const banned = (state, until) =>
  step({ ...show(state, 'banned'), bannedUntil: until, search: null, chat: null, leaving: null });

/** @param {State} before @param {Hello} frame @returns {Step} */
export function hello(before, frame) {
  const { verification, text, graceMs, pools, reports, gender, phase } = frame;
  const again = before.terms !== null && before.link.status !== 'open';
  /** @type {State} */
  const opened = {
    ...before,
    terms: { verification, text, graceMs, pools, reports },
    gender,
    declaring: false,
    bannedUntil: null,
    probedAt: null,
    link: { status: 'open', retryAt: null, restarting: false },
  };
  const state = again ? say(opened, 'Connected again.') : opened;
  switch (phase.name) {
    case 'idle': return idle(state);
    case 'waiting': return waiting(state, phase);
    case 'paired': return paired(state, phase);
  }
}

/** @param {State} state @returns {Step} */
function idle(state) {
  const { search, chat, leaving, screen } = state;
  const free = { ...state, search: null, leaving: null };
  if (leaving !== null) return step(show({ ...free, chat: null }, leaving.home ? 'home' : 'find'));
  if (chat !== null && chat.ended === null) return step(endChat(free, { reason: 'line', byMe: false }));
  if (search !== null) {
    return step(notify(show(free, 'find'), 'info', 'Your place in the queue was given up while you were away.'));
  }
  const entering = state.entering || screen === 'banned' || screen === 'replaced';
  return entering ? enter(free) : step(free);
}

/** @param {State} state @param {Extract<Hello['phase'], { name: 'waiting' }>} phase @returns {Step} */
function waiting(state, { filter, since }) {
  if (state.leaving?.how === 'leave') return send(state, { action: 'leave' });
  const known = state.search?.confirmed === true && state.search.filter === filter ? state.search.since : since;
  return searching({ ...state, leaving: null, chat: null, entering: false }, filter, known ?? state.now);
}

/** @param {State} before @param {Extract<Hello['phase'], { name: 'paired' }>} phase @returns {Step} */
function paired(before, { peer, profile, present }) {
  const state = { ...before, search: null, entering: false };
  const same = state.chat !== null && state.chat.peer === peer && state.chat.ended === null;
  if (state.leaving?.how === 'leave') return send(state, { action: 'leave' });
  if (state.leaving?.how === 'next' && same) return sendNext(state);
  const here = { ...state, leaving: null };
  return same ? resumeChat(here, present) : openChat(here, { peer, profile, present, resumed: true });
}
