/** What asks first, and what an owner may do. */

/** @import { Answer, Call, Deed, State, Step } from '../state.js' */

import { isolated } from '../sentences.js';
import { reports as readReports } from '../shapes.js';
import { andThen, ask, isOwner, notify, step, within } from '../state.js';
import { over, toLobby } from './entry.js';
import { changed } from './inside.js';

/** What only an owner may do. */
const OWNERS = new Set(['kick', 'ban', 'hand-over', 'close']);

/** @param {State} state @param {Deed} deed @returns {Step} */
export function open(state, deed) {
  if (OWNERS.has(deed.kind) && (state.inside === null || !isOwner(state.inside))) return step(state);
  return step({ ...state, dialog: { kind: 'ask', deed, call: null, problem: null } });
}

/** Another nickname is another person; without rooms there is nothing to lose. @param {State} state @returns {Step} */
export const forget = (state) =>
  state.rooms.length > 0 ? open(state, { kind: 'forget' }) : andThen(open(state, { kind: 'forget' }), confirm);

/** @param {State} state @returns {Step} */
export const close = (state) => step(state.dialog === null ? state : { ...state, dialog: null });

/** @param {State} state @returns {Step} */
export function confirm(state) {
  const { dialog, inside } = state;
  if (dialog?.kind !== 'ask' || dialog.call !== null) return step(state);
  const { deed } = dialog;
  if (deed.kind !== 'forget' && inside === null) return step(state);
  const body = 'alias' in deed ? { alias: deed.alias } : {};
  const done = deed.kind === 'forget'
    ? ask(state, 'end', 'api/session/end/', {})
    : ask(state, 'deed', `api/rooms/${inside?.room.code}/${deed.kind}/`, body);
  return step({ ...done.state, dialog: { ...dialog, call: done.state.calls, problem: null } }, ...done.effects);
}

/** Whether one is on the way out of the room by one's own wish. @param {State} state */
export const isGoing = ({ dialog }) =>
  dialog?.kind === 'ask' && dialog.call !== null && (dialog.deed.kind === 'leave' || dialog.deed.kind === 'close');

/** Out, as one wished. @param {State} state @returns {Step} */
export function out(state) {
  const closed = state.dialog?.kind === 'ask' && state.dialog.deed.kind === 'close';
  const code = state.inside?.room.code;
  const rooms = state.rooms.filter((room) => room.code !== code);
  const done = toLobby({ ...state, rooms, dialog: null });
  return step(notify(done.state, 'info', closed ? 'The room is closed.' : 'You have left the room.'), ...done.effects);
}

/** @param {State} state @param {Call} call @param {Answer} answer @returns {Step} */
export function done(state, call, answer) {
  const { dialog } = state;
  if (dialog?.kind !== 'ask' || dialog.call !== call.id) return step(state);
  if (!answer.ok) return step({ ...state, dialog: { ...dialog, call: null, problem: answer.problem } });
  const { deed } = dialog;
  if (deed.kind === 'forget') return over({ ...state, wanted: null }, null);
  if (isGoing(state)) return out(state);
  const words = deed.kind === 'kick' ? 'was removed' : deed.kind === 'ban' ? 'was banned' : 'is the owner now';
  return step(notify({ ...state, dialog: null }, 'info', 'nickname' in deed ? `${isolated(deed.nickname)} ${words}.` : ''));
}

/** @param {State} state @returns {Step} */
export function lock(state) {
  const { inside } = state;
  if (inside === null || inside.locking || !isOwner(inside)) return step(state);
  const asked = ask(state, 'lock', `api/rooms/${inside.room.code}/lock/`, { locked: !inside.room.locked });
  return step(within(asked.state, { locking: true }), ...asked.effects);
}

/** @param {State} state @param {Call} call @param {Answer} answer @returns {Step} */
export function locked(state, call, answer) {
  if (state.inside === null || state.inside.room.code !== call.code) return step(state);
  const here = within(state, { locking: false });
  if (!answer.ok) return step(notify(here, 'error', answer.problem));
  const isLocked = call.body !== undefined && 'locked' in call.body && call.body.locked === true;
  return step(notify(changed(here, { locked: isLocked }), 'info', isLocked ? 'Nobody new may join.' : 'Whoever has the code may join.'));
}

/** @param {State} state @param {number} id @returns {Step} */
export function askReport(state, id) {
  const entry = state.inside?.entries.find((one) => 'message' in one && one.message.id === id);
  if (entry === undefined || !('message' in entry)) return step(state);
  return step({ ...state, dialog: { kind: 'report', message: entry.message, call: null, problem: null } });
}

/** @param {State} state @param {string} reason @returns {Step} */
export function report(state, reason) {
  const { dialog } = state;
  if (dialog?.kind !== 'report' || dialog.call !== null) return step(state);
  const asked = ask(state, 'report', `api/messages/${dialog.message.id}/report/`, { reason });
  return step({ ...asked.state, dialog: { ...dialog, call: asked.state.calls, problem: null } }, ...asked.effects);
}

/** @param {State} state @param {Call} call @param {Answer} answer @returns {Step} */
export function reported(state, call, answer) {
  const { dialog, inside } = state;
  if (dialog?.kind !== 'report' || dialog.call !== call.id || inside === null) return step(state);
  // One who has reported it before, in another window perhaps, has nothing left to do either.
  if (!answer.ok && answer.status !== 409) return step({ ...state, dialog: { ...dialog, call: null, problem: answer.problem } });
  const marked = within({ ...state, dialog: null }, { reported: [...inside.reported, dialog.message.id] });
  return step(notify(marked, 'info', answer.ok ? 'The owner of the room can see it now.' : answer.problem));
}

/** @param {State} state @returns {Step} */
export function reports(state) {
  const { inside } = state;
  if (inside === null || !isOwner(inside)) return step(state);
  const asked = ask(state, 'reports', `api/moderation/reports/?room_code=${inside.room.code}`);
  return step({ ...asked.state, dialog: { kind: 'reports', list: null, call: asked.state.calls, problem: null } }, ...asked.effects);
}

/** @param {State} state @param {Call} call @param {Answer} answer @returns {Step} */
export function reportsKnown(state, call, answer) {
  const { dialog } = state;
  if (dialog?.kind !== 'reports' || dialog.call !== call.id) return step(state);
  const list = answer.ok ? readReports(answer.body) : [];
  return step({ ...state, dialog: { ...dialog, call: null, list, problem: answer.ok ? null : answer.problem } });
}
