/** What moderators do. Everything asks first, and what fails keeps its words and says why. */

/** @import { Answer, Call, Deed, Dialog, Filled, State, Step } from '../state.js' */

import { NOTE_CHARS, charCount } from '../../protocol.js';
import { banEnd } from '../shapes.js';
import { call, notify, say, step } from '../state.js';
import { doneText } from '../words.js';
import { stale } from './lists.js';
import { lostSession } from './session.js';

/** What has to be typed before everything is thrown away. */
export const WORD = 'reset';

/** The longest ban that is offered: ten years. */
export const LONGEST_BAN_S = 10 * 365 * 24 * 60 * 60;

/** @param {State} state @param {Deed} deed @returns {Step} */
export function open(state, deed) {
  const id = state.dialogs + 1;
  return step({ ...state, dialogs: id, dialog: { id, deed, call: null, problem: null }, notice: null });
}

/** Who has pressed the button sees what comes of it. @param {State} state @returns {Step} */
export const close = (state) => step(state.dialog?.call === null ? { ...state, dialog: null } : state);

/** @param {string} text */
export const isDevice = (text) => /^[0-9a-f]{32}$/i.test(text);

/** What is still missing, in words. @param {Deed} deed @param {Filled} filled @returns {string | null} */
export function missing(deed, { note, device, forS, word }) {
  if (charCount(note.trim()) > NOTE_CHARS) return 'The note is too long.';
  if (deed.kind === 'ban' && !isDevice(deed.device ?? device.trim())) return 'A device is 32 digits, 0 to 9 and a to f.';
  if (deed.kind === 'ban' && (forS === null || !(forS >= 60))) return 'Say how long, a minute at least.';
  if (deed.kind === 'ban' && forS !== null && forS > LONGEST_BAN_S) return 'Ten years is the longest.';
  if (deed.kind === 'reset' && word.trim() !== WORD) return `Type the word ${WORD} to go on.`;
  return null;
}

/** @param {Deed} deed @param {Filled} filled @returns {[path: string, body: object]} */
function order(deed, { note, device, forS }) {
  const words = note.trim() === '' ? {} : { note: note.trim() };
  switch (deed.kind) {
    case 'ban': return ['admin/bans', { device: (deed.device ?? device.trim()).toLowerCase(), for_s: Math.round(forS ?? 0), ...words }];
    case 'lift': return [`admin/bans/${deed.device}/lift`, words];
    case 'dismiss': return [`admin/reports/${encodeURIComponent(deed.pool)}/${deed.report}/dismiss`, words];
    case 'ban-session': return ['admin/rooms/ban', { session: deed.session, ...words }];
    case 'close-room': return ['admin/rooms/close', { room: deed.room, ...words }];
    case 'maintenance': return ['admin/maintenance', { on: deed.on, ...words }];
    case 'reset': return ['admin/reset', { confirm: WORD, ...words }];
  }
}

/** @param {State} state @param {Filled} filled @returns {Step} */
export function confirm(state, filled) {
  const { dialog } = state;
  if (dialog === null || dialog.call !== null) return step(state);
  const lacks = missing(dialog.deed, filled);
  if (lacks !== null) return step(failed(state, dialog, lacks));
  return call(state, 'deed', ...order(dialog.deed, filled), (now, id) => ({ ...now, dialog: { ...dialog, call: id, problem: null } }));
}

/** @param {State} state @param {Dialog} dialog @param {string} problem @returns {State} */
const failed = (state, dialog, problem) => say({ ...state, dialog: { ...dialog, call: null, problem } }, problem);

/** @param {State} state @param {Call} made @param {Answer} answer @returns {Step} */
export function done(state, made, answer) {
  const { dialog } = state;
  if (dialog === null || dialog.call !== made.id) return step(state);
  if (answer.ok) {
    const text = doneText(dialog.deed, banEnd(answer.body));
    return step(notify({ ...state, dialog: null, lists: soon(state) }, 'info', text));
  }
  if (answer.status === 401) {
    return lostSession(failed(state, dialog, 'This was not done, because your session was over. You can send it now.'));
  }
  // It may have been carried out all the same.
  return step({ ...failed(state, dialog, answer.problem), lists: soon(state) });
}

/** Lists that are to be asked for now, not after the pause. @param {State} state */
function soon(state) {
  const { queue, rooms, bans, audit } = stale(state);
  return { queue: { ...queue, loadedAt: 0 }, rooms: { ...rooms, loadedAt: 0 }, bans: { ...bans, loadedAt: 0 }, audit: { ...audit, loadedAt: 0 } };
}

/** @param {State} state @param {Answer} answer @returns {Step} */
export function exported(state, answer) {
  const idle = { ...state, saving: /** @type {const} */ ('idle'), lists: stale(state) };
  if (answer.ok) return step(notify(idle, 'info', 'The whole record was saved.'));
  return answer.status === 401 ? lostSession(idle) : step(notify(idle, 'error', answer.problem));
}
