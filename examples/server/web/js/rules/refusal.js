/** What an `error` frame means for what was asked. */

/** @import { Filter, Refusal } from '../protocol.js' */
/** @import { State, Step } from '../state.js' */

import { refusalText } from '../sentences.js';
import { FRESH_CHECK, andThen, notify, say, show, step } from '../state.js';
import { refusedMessage } from './delivery.js';
import { banned } from './link.js';
import { nothingToLeave, stay } from './matching.js';
import { gone } from './pools.js';
import { noUndo, refusedReport } from './safety.js';

/** How long a refusal stays when it does not say until when. */
const READ_MS = 8_000;

/** The instant from which it may be tried again, by this clock. @param {State} state @param {Refusal} refusal */
export const retryAt = (state, { retryAfterMs, until }) =>
  retryAfterMs !== null ? state.now + retryAfterMs : until !== null && until > state.now ? until : null;

/** @param {State} state @param {Refusal} refusal @returns {Step} */
export function refused(state, refusal) {
  if (refusal.code === 'banned') return banned(state, refusal.until);
  if (refusal.code === 'unknown_pool') return gone(state);
  switch (refusal.action ?? guess(state)) {
    case 'why': return whyRefused(state, refusal);
    case 'ack': case 'typing': return step(state);
    case 'msg': return refusedMessage(state, refusal);
    case 'leave': return goodbyeRefused(state, refusal);
    case 'next': return state.leaving === null ? joinRefused(state, refusal) : goodbyeRefused(state, refusal);
    case 'join': return joinRefused(state, refusal);
    case 'report': return step(refusedReport(state, refusalText(refusal)));
    case 'unblock': return step(complain(noUndo(state), refusal));
    default: return step(complain({ ...state, declaring: false }, refusal));
  }
}

/** What an error without an action most likely answers. @param {State} state */
const guess = ({ leaving, search }) => leaving?.how ?? (search !== null && !search.confirmed ? 'join' : null);

/** @param {State} state @param {Refusal} refusal @returns {State} */
const complain = (state, refusal) =>
  say(notify(state, 'error', refusalText(refusal), retryAt(state, refusal) ?? state.now + READ_MS), refusalText(refusal));

/**
 * Outside the queue this is only the sign of life that was asked for. Inside, the page has missed
 * something, and a new `hello` tells what.
 * @param {State} state @param {Refusal} refusal @returns {Step}
 */
const whyRefused = (state, { code }) =>
  code === 'not_waiting' && state.search?.confirmed && state.leaving === null ? step(state, { do: 'connect' }) : step(state);

/** @param {State} state @param {Refusal} refusal @returns {Step} */
function goodbyeRefused(state, refusal) {
  if (state.leaving === null) return step(state);
  if (refusal.code === 'not_paired' || refusal.code === 'not_waiting') return nothingToLeave(state);
  return andThen(stay(state), (here) => step(complain(here, refusal)));
}

/** These say for how long Find is of no use; anything else can be changed and tried again at once. */
const WAITS = new Set(['cooldown', 'daily_total', 'daily_limit', 'rate_limited', 'unavailable']);

/** @param {State} state @param {Refusal} refusal @returns {Step} */
function joinRefused(state, refusal) {
  if (refusal.code === 'already_waiting' || refusal.code === 'already_paired') return step(state, { do: 'connect' });
  const until = retryAt(state, refusal);
  /** @type {Filter | null} */
  const filter = refusal.code === 'daily_limit' ? state.filter : null;
  const wait = until !== null && WAITS.has(refusal.code) ? { until, filter } : state.wait;
  const back = { ...state, search: null, chat: null, wait };
  return step(shown(back, refusal, until), ...(until === null ? [] : [wake(until - state.now)]));
}

/** @param {number} ms @returns {import('../state.js').Effect} */
const wake = (ms) => ({ do: 'wake', ms });

/** The screen on which the refusal can be dealt with. @param {State} state @param {Refusal} refusal @param {number | null} until @returns {State} */
function shown(state, refusal, until) {
  const text = refusalText(refusal);
  const screen =
    refusal.code === 'profanity' || refusal.code === 'too_long'
      ? 'profile'
      : refusal.code === 'verification_required' || refusal.code === 'verification_invalid'
        ? 'check'
        : 'find';
  const there = show(state, screen);
  return say(notify(screen === 'check' ? { ...there, check: FRESH_CHECK } : there, 'error', text, until), text);
}
