/** What one says oneself. */

/** @import { State, Step } from '../state.js' */

import { charCount } from '../../protocol.js';
import { step, within } from '../state.js';

/** Characters of a message, beyond which the server would cut it. */
export const MESSAGE_CHARS = 1_000;

/** Soon enough that those who read never see it lapse. */
const TYPING_AGAIN_MS = 3_000;

/** @param {boolean} on */
const typing = (on) => /** @type {const} */ ({ do: 'send', frame: { type: 'typing', is_typing: on } });

/** @param {State} state @param {boolean} empty @returns {Step} */
export function compose(state, empty) {
  const { inside, now } = state;
  if (inside === null || inside.line.status !== 'open') return step(state);
  const { typedAt } = inside;
  if (empty) return typedAt === 0 ? step(state) : step(within(state, { typedAt: 0 }), typing(false));
  if (typedAt !== 0 && now - typedAt < TYPING_AGAIN_MS) return step(state);
  return step(within(state, { typedAt: now }), typing(true));
}

/** @param {State} state @param {string} written @returns {Step} */
export function say(state, written) {
  const { inside } = state;
  const text = written.trim();
  if (inside === null || inside.line.status !== 'open' || text === '' || charCount(text) > MESSAGE_CHARS) return step(state);
  const keys = state.keys + 1;
  const sent = [...inside.sent, { key: `s${keys}`, text, at: state.now, status: /** @type {const} */ ('sent'), problem: '' }];
  const stopped = inside.typedAt === 0 ? [] : [typing(false)];
  return step({ ...within(state, { sent, typedAt: 0 }), keys }, ...stopped, { do: 'send', frame: { type: 'chat_message', content: text } });
}

/** Says again what was not sent. @param {State} state @param {string} key @returns {Step} */
export function again(state, key) {
  const { inside } = state;
  const one = inside?.sent.find((sent) => sent.key === key && sent.status !== 'sent');
  if (inside === null || one === undefined || inside.line.status !== 'open') return step(state);
  const others = inside.sent.filter((sent) => sent !== one);
  return say(within(state, { sent: others }), one.text);
}
