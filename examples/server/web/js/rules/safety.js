/** Reports and blocks. */

/** @import { Frame } from '../protocol.js' */
/** @import { State, Step } from '../state.js' */

import { NOTE_CHARS } from '../protocol.js';
import { isOpen, notify, peerName, say, send, step } from '../state.js';
import { endChat } from './chat.js';

/** @param {State} state @param {'report' | 'block' | null} kind @returns {Step} */
export function dialog(state, kind) {
  if (kind === null || state.chat === null) return step({ ...state, dialog: null });
  return step({ ...state, dialog: kind === 'report' ? { kind, sending: false, problem: null } : { kind } });
}

/** @param {State} state @param {string} reason @param {string} typed @returns {Step} */
export function report(state, reason, typed) {
  const { chat, dialog: open } = state;
  if (chat === null || open?.kind !== 'report' || open.sending) return step(state);
  if (!isOpen(state)) return step(refusedReport(state, 'You are not connected. Please try again in a moment.'));
  const note = [...typed.trim()].slice(0, NOTE_CHARS).join('');
  return send(
    { ...state, dialog: { kind: 'report', sending: true, problem: null } },
    { action: 'report', reported: chat.peer, reason, ...(note === '' ? {} : { note }) },
  );
}

/** @param {State} state @returns {Step} */
export function reported(state) {
  const chat = state.chat === null ? null : { ...state.chat, reported: true };
  const text = 'Thank you. Your report was received.';
  return step(say(notify({ ...state, chat, dialog: null }, 'info', text, state.now + 8_000), text));
}

/** @param {State} state @param {string} problem @returns {State} */
export const refusedReport = (state, problem) =>
  state.dialog?.kind === 'report'
    ? say({ ...state, dialog: { kind: 'report', sending: false, problem } }, problem)
    : notify(state, 'error', problem, state.now + 8_000);

/** @param {State} state @returns {Step} */
export function block(state) {
  if (state.chat === null || !isOpen(state)) return step({ ...state, dialog: null });
  return send({ ...state, dialog: null }, { action: 'block', peer: state.chat.peer });
}

/** @param {State} before @param {Extract<Frame, { type: 'blocked' }>} frame @returns {Step} */
export function blocked(before, { peer, block: id }) {
  const theirs = before.chat !== null && before.chat.peer === peer ? before.chat : null;
  const nickname = theirs === null ? 'Stranger' : peerName(theirs);
  const state = { ...before, blocks: [...before.blocks, { block: id, nickname, peer, lifting: false }] };
  if (theirs === null) return step(state);
  if (theirs.ended === null) return step(endChat(state, { reason: 'blocked', byMe: true }));
  const chat = { ...theirs, ended: { reason: 'blocked', byMe: true } };
  return step(say({ ...state, chat }, `You blocked ${nickname}.`));
}

/** @param {State} state @param {string} id @returns {Step} */
export function unblock(state, id) {
  if (!isOpen(state) || !state.blocks.some(({ block: made, lifting }) => made === id && !lifting)) return step(state);
  const blocks = state.blocks.map((made) => (made.block === id ? { ...made, lifting: true } : made));
  return send({ ...state, blocks }, { action: 'unblock', block: id });
}

/** No undo is under way any more, answered or not. @param {State} state @returns {State} */
export const noUndo = (state) => ({ ...state, blocks: state.blocks.map((made) => ({ ...made, lifting: false })) });

/** Whatever was asked for may be asked for again. @param {State} state @returns {State} */
export function unanswered(state) {
  const { dialog: open } = state;
  return noUndo(open?.kind === 'report' ? { ...state, dialog: { ...open, sending: false } } : state);
}

/** @param {State} state @param {string} id @returns {Step} */
export function unblocked(state, id) {
  const made = state.blocks.find(({ block: known }) => known === id);
  const blocks = state.blocks.filter(({ block: known }) => known !== id);
  if (made === undefined) return step(state);
  return step(say({ ...state, blocks }, `${made.nickname} is no longer blocked.`));
}
