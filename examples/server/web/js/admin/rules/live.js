/** The live figures: an hour to begin with, then one message a second, and again from the start after a loss. */

/** @import { Answer, State, Step } from '../state.js' */
/** @import { Minute, Now } from '../shapes.js' */

import { figures } from '../shapes.js';
import { call, isIn, say, step } from '../state.js';
import { stale } from './lists.js';
import { lostSession } from './session.js';

/** Points that are kept of each kind. */
const MOST = 60;

/** One message comes a second. After this long without, the line is dead, whatever the browser believes. */
const SILENCE_MS = 10_000;

const FIRST_DELAY_MS = 1_000;
const LONGEST_DELAY_MS = 20_000;

/**
 * Exponential, with the upper half of each step random.
 * @param {number} attempt 0 for the first after a loss @param {number} random from 0 to 1
 */
export function backoff(attempt, random) {
  const ceiling = Math.min(LONGEST_DELAY_MS, FIRST_DELAY_MS * 2 ** Math.min(attempt, 8));
  return Math.round(ceiling / 2 + (ceiling / 2) * random);
}

/** Asks for the course so far; the stream is opened once it is here. @param {State} state @returns {Step} */
export const begin = (state) =>
  call(state, 'figures', 'admin/figures', undefined, (now) => ({
    ...now,
    stream: { ...now.stream, status: 'connecting', retryAt: null, heardAt: now.now },
  }));

/** @param {State} state @param {Answer} answer @param {number} random @returns {Step} */
export function course(state, answer, random) {
  if (!isIn(state)) return step(state);
  if (!answer.ok) return answer.status === 401 ? lostSession(state) : lost(state, random);
  const read = figures(answer.body);
  const heard = { ...state, figures: read, lists: stale(state), stream: { ...state.stream, heardAt: state.now } };
  return step(read.now === null ? heard : byClock(heard, read.now), { do: 'follow' });
}

/** @param {State} state @param {Now} now @returns {State} */
const byClock = (state, now) => ({ ...state, ahead: now.at - state.now });

/** @param {State} before @param {Now} now @param {Minute | null} minute @returns {Step} */
export function news(before, now, minute) {
  if (!isIn(before)) return step(before);
  const { figures: known, stream } = before;
  const { at, online, waiting, pairs, matches } = now;
  const seconds = append(known.seconds, { at, online, waiting, pairs, matches });
  const minutes = minute === null ? known.minutes : append(known.minutes, minute);
  const state = byClock({
    ...before,
    figures: { now, seconds, minutes },
    stream: { status: /** @type {const} */ ('open'), retryAt: null, attempt: 0, heardAt: before.now },
  }, now);
  const back = stream.status === 'open' || stream.attempt === 0 ? state : say(state, 'The figures are live again.');
  return step(changed(known.now, now) ? { ...back, lists: stale(back) } : back);
}

/** Whether something happened that a list would show. @param {Now | null} before @param {Now} now */
const changed = (before, now) =>
  before === null || before.reports !== now.reports || before.bans !== now.bans || before.maintenance !== now.maintenance;

/**
 * @template {{ at: number }} T
 * @param {T[]} known @param {T} one @returns {T[]}
 */
function append(known, one) {
  const last = known.at(-1);
  return last !== undefined && one.at <= last.at ? known : [...known, one].slice(-MOST);
}

/** @param {State} state @param {number} random @returns {Step} */
export function lost(state, random) {
  if (!isIn(state) || state.stream.status === 'down') return step(state);
  const ms = backoff(state.stream.attempt, random);
  const stream = { ...state.stream, status: /** @type {const} */ ('down'), retryAt: state.now + ms, attempt: state.stream.attempt + 1 };
  const down = { ...state, stream };
  return step(state.stream.status === 'open' ? say(down, 'The figures are not live any more. Reconnecting.') : down, { do: 'unfollow' }, { do: 'wake', ms });
}

/** @param {State} state @returns {Step} */
export const retry = (state) => (isIn(state) && state.stream.status === 'down' ? begin(state) : step(state));

/** @param {State} state @param {number} random @returns {Step} */
export function due(state, random) {
  if (!isIn(state)) return step(state);
  const { status, retryAt, heardAt } = state.stream;
  if (status === 'down') return retryAt !== null && retryAt <= state.now ? begin(state) : step(state);
  if (state.now - heardAt > SILENCE_MS) return lost(state, random);
  return step(state);
}

