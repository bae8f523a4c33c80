/** Whether the line is alive. */

/** @import { State, Step } from '../state.js' */

import { andThen, isLive, isOpen, send, step } from '../state.js';

/** Silence after which the page asks for a sign of life, so that a dead line is noticed within the grace. */
const SILENCE_MS = 8_000;

/** An answer that takes longer than this does not come. */
const ANSWER_MS = 6_000;

/** @param {State} state */
const unanswered = ({ probedAt, heardAt }) => probedAt !== null && probedAt > heardAt;

/**
 * Asks for something that is always answered. The oldest question without an answer is what counts.
 * @param {State} state @returns {Step}
 */
export const probe = (state) =>
  andThen(send(state, { action: 'why' }), (sent) => step({ ...sent, probedAt: unanswered(sent) ? sent.probedAt : sent.now }));

/**
 * Notices a line that only looks alive, as after a change of network. Any answer will do: in a chat
 * `why` is refused, and the refusal is the sign of life.
 * @param {State} state @returns {Step}
 */
export function due(state) {
  const engaged = state.search !== null || isLive(state.chat);
  if (!isOpen(state) || !engaged) return step(state);
  const { probedAt, heardAt, now } = state;
  if (probedAt !== null && unanswered(state)) {
    return now - probedAt < ANSWER_MS ? step(state) : step({ ...state, probedAt: null }, { do: 'connect' });
  }
  return now - heardAt < SILENCE_MS ? step(state) : probe(state);
}
