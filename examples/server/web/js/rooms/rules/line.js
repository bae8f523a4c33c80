/** The line of a room: how it opens, how it is lost, and when to try again. */

/** @import { Inside, State, Step } from '../state.js' */

import { backoff } from '../../connection.js';
import { endText } from '../sentences.js';
import { ask, say, show, step, within } from '../state.js';

/** How the server says goodbye for good. @type {Record<number, string>} */
const GOODBYES = { 4001: 'replaced', 4003: 'unknown', 4004: 'closed' };

/** What was under way when the line was lost may have arrived or not. */
const PERHAPS = 'Perhaps not sent.';

/** @param {State} state @returns {Step} */
export function open(state) {
  const { inside, session } = state;
  if (inside === null || session === null) return step(state);
  const line = { ...inside.line, status: /** @type {const} */ ('connecting'), retryAt: null, number: inside.line.number + 1 };
  const { code } = inside.room;
  return step(within(state, { line }), { do: 'open', line: line.number, code, token: session.token });
}

/** @param {State} state @param {{ line: number, code: number, opened: boolean }} event @param {number} random @returns {Step} */
export function closed(state, { line: number, code, opened }, random) {
  const { inside } = state;
  if (inside === null || inside.line.number !== number) return step(state);
  const why = GOODBYES[code];
  if (why !== undefined) return gone(state, why);
  const { line } = inside;
  const ms = line.restartInMs ?? backoff(line.attempt, () => random);
  const down = { ...line, status: /** @type {const} */ ('down'), retryAt: state.now + ms, attempt: line.attempt + 1, restarting: line.restartInMs !== null, restartInMs: null };
  const lost = within(state, { line: down, sent: doubt(inside), typing: {}, typedAt: 0 });
  const waking = /** @type {const} */ ({ do: 'wake', ms });
  // A browser does not say why a handshake was refused; the room itself does.
  if (opened) return step(lost, waking);
  const asked = ask(lost, 'look', `api/rooms/${inside.room.code}/`);
  return step(asked.state, ...asked.effects, waking);
}

/** @param {Inside} inside */
const doubt = ({ sent }) =>
  sent.map((one) => (one.status === 'sent' ? { ...one, status: /** @type {const} */ ('lost'), problem: PERHAPS } : one));

/** How long a message may take to come back. */
const ECHO_MS = 10_000;

/** @param {State} state @returns {Step} */
export function due(state) {
  const { inside } = state;
  if (inside === null) return step(state);
  const late = inside.sent.some(({ status, at }) => status === 'sent' && at + ECHO_MS <= state.now);
  const here = late ? within(state, { sent: doubt(inside) }) : state;
  const { status, retryAt } = inside.line;
  return status === 'down' && retryAt !== null && retryAt <= state.now ? open(here) : step(here);
}

/** @param {State} state @returns {Step} */
export const retry = (state) => (state.inside?.line.status === 'down' ? open(state) : step(state));

/** One is no longer in the room, for good. @param {State} state @param {string} why @returns {Step} */
export function gone(state, why) {
  const { inside } = state;
  if (inside === null) return step(state);
  const isOver = why === 'session_over' || why === 'banned';
  const known = isOver ? { session: null, rooms: [] } : {};
  const out = show({ ...state, ...known, inside: null, wanted: null, gone: { code: inside.room.code, why } }, 'gone');
  const { title, text } = endText(why);
  const { session } = state;
  const forgotten = isOver && session !== null ? [/** @type {const} */ ({ do: 'forget', token: session.token })] : [];
  return step(say({ ...out, dialog: null }, `${title}. ${text}`), { do: 'hang_up' }, { do: 'address', code: null }, ...forgotten);
}
