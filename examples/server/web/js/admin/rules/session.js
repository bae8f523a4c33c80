/** Signing in and out, and what is kept of what was being done when a session ends in the middle. */

/** @import { Answer, Call, State, Step } from '../state.js' */

import { expiry } from '../shapes.js';
import { call, emptyList, isIn, step } from '../state.js';
import { begin } from './live.js';

const OVER = 'Your session is over. Sign in again, and what you were doing is here as you left it.';
const USED = 'This link is used up or of another run. Ask the server for a new one, or sign in with the key.';

/** @param {State} state @returns {Step} */
export const start = (state) => call(state, 'session', 'admin/session');

/** @param {State} state @param {Answer} answer @returns {Step} */
export function found(state, answer) {
  // A link or a form may have been quicker.
  if (isIn(state) || state.signIn.call !== null) return step(state);
  if (answer.ok) return enter(state, answer.body);
  const problem = answer.status === 401 ? state.signIn.problem : answer.problem;
  return step({ ...state, screen: 'sign-in', signIn: { ...state.signIn, problem } });
}

/** @param {State} state @param {string} key @param {boolean} byLink @returns {Step} */
export function signIn(state, key, byLink) {
  if (state.signIn.call !== null || isIn(state)) return step(state);
  const typed = key.trim();
  if (typed === '') return step({ ...state, signIn: { ...state.signIn, problem: 'The key is missing.' } });
  const hint = byLink ? 'Signing in by the link…' : null;
  return call(state, 'sign-in', 'admin/sign-in', { key: typed }, (now, id) => ({
    ...now,
    screen: 'sign-in',
    signIn: { call: id, problem: null, hint },
  }));
}

/** @param {State} state @param {Call} made @param {Answer} answer @returns {Step} */
export function signedIn(state, made, answer) {
  if (state.signIn.call !== made.id) return step(state);
  if (answer.ok) return enter(state, answer.body);
  const byLink = state.signIn.hint !== null;
  const wrong = byLink ? USED : 'That is not the key.';
  const problem = answer.status === 401 ? wrong : answer.problem;
  const out = { ...state, signIn: { call: null, problem, hint: null } };
  // Whoever opens a used link again may still be signed in by it.
  return byLink ? start(out) : step(out);
}

/** @param {State} state @param {unknown} body @returns {Step} */
function enter(state, body) {
  const signIn = { call: null, problem: null, hint: null };
  return begin({ ...state, screen: state.tab, signIn, expiresAt: expiry(body) });
}

/** @param {State} state @returns {Step} */
export const signOut = (state) => call(state, 'sign-out', 'admin/sign-out', {});

/** @param {State} state @param {Answer} answer @returns {Step} */
export function signedOut(state, answer) {
  if (!answer.ok && answer.status !== 401) return step({ ...state, notice: { tone: 'error', text: answer.problem, until: null } });
  // Whoever comes next to this machine finds nothing of what was seen.
  const lists = { queue: emptyList(), rooms: emptyList(), bans: emptyList(), audit: emptyList() };
  const left = { ...leave(state), lists, dialog: null, about: null, tab: /** @type {const} */ ('figures'), figures: { now: null, seconds: [], minutes: [] } };
  return step({ ...left, signIn: { call: null, problem: null, hint: 'You are signed out.' } }, { do: 'unfollow' });
}

/**
 * The server does not know the session any more: the form again, and behind it everything as it was.
 * @param {State} state @returns {Step}
 */
export function lostSession(state) {
  if (!isIn(state)) return step(state);
  const dialog = state.dialog === null ? null : { ...state.dialog, call: null };
  return step({ ...leave(state), dialog, signIn: { call: null, problem: OVER, hint: null } }, { do: 'unfollow' });
}

/** @param {State} state @returns {State} */
const leave = (state) => ({
  ...state,
  screen: 'sign-in',
  notice: null,
  expiresAt: null,
  saving: 'idle',
  stream: { ...state.stream, status: 'off', retryAt: null },
});
