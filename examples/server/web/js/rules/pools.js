/** Where to look: one of the pools that the server offers. */

/** @import { State, Step } from '../state.js' */

import { isLive, say, step } from '../state.js';

/** The pool that this page is in, or will be. @param {State} state */
export const current = ({ pool, terms }) => pool ?? terms?.pools[0] ?? null;

/** Whether there is anything to choose. @param {State} state */
export const isOffered = ({ terms }) => (terms?.pools.length ?? 0) > 1;

/**
 * Goes to another pool, with a line of its own. Not out of a queue or a chat, which are in the one where they began.
 * @param {State} state @param {string} pool @returns {Step}
 */
export function choose(state, pool) {
  const busy = state.search !== null || isLive(state.chat) || state.leaving !== null;
  if (busy || pool === current(state) || !state.terms?.pools.includes(pool)) return step(state);
  return turn(say(state, `You will now look in ${pool}.`), pool);
}

/** The pool that was remembered is no longer there. @param {State} state @returns {Step} */
export const gone = (state) => (state.pool === null ? step(state) : turn(state, null));

/** @param {State} state @param {string | null} pool @returns {Step} */
const turn = (state, pool) => step({ ...state, pool, wait: null }, { do: 'turn', pool }, { do: 'connect' });
