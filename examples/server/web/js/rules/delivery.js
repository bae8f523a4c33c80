/**
 * Messages: shown exactly once, in the sender's order, across lost connections.
 *
 * A message stays ours until it is acknowledged. What was sent before a break may be lost, so after one
 * everything unacknowledged is sent again, in order, with the same ids; the receiver drops doubles.
 *
 * One message is under way at a time. With two, the first could be lost in the socket of a peer who is just
 * coming back, and the second, sent before we hear of that, would be shown before it.
 */

/** @import { Msg, Refusal } from '../protocol.js' */
/** @import { Chat, Message, OwnMessage, State, Step } from '../state.js' */

import { MAX_UNACKNOWLEDGED } from '../protocol.js';
import { refusalText } from '../sentences.js';
import { isOpen, notify, peerName, say, send, step } from '../state.js';

/** The server counts 60 frames a minute; the rest is for leaving, reporting and the like. */
const MESSAGES_A_MINUTE = 50;

/** A peer who is there acknowledges within this time; otherwise the message may be lost, and a double does no harm. */
const ANSWER_MS = 10_000;

/** How long to hold when the server does not say. */
const HOLD_MS = 2_000;

/** @param {Message} message @returns {message is OwnMessage} */
const unacknowledged = (message) => message.mine && (message.delivery === 'kept' || message.delivery === 'sent');

/** @param {Chat} chat @param {(message: OwnMessage) => OwnMessage} change @returns {Chat} */
const changeUnacknowledged = (chat, change) => ({
  ...chat,
  messages: chat.messages.map((message) => (unacknowledged(message) ? change(message) : message)),
});

/** Everything unacknowledged has to be sent (again). @param {Chat} chat */
export const keepAll = (chat) => changeUnacknowledged(chat, (message) => ({ ...message, delivery: 'kept' }));

/** Nothing unacknowledged will arrive any more. @param {Chat} chat */
export const loseAll = (chat) => changeUnacknowledged(chat, (message) => ({ ...message, delivery: 'lost' }));

/**
 * Whether a message may go out now: the server's truth is known, the peer is there, nobody is leaving.
 * @param {State} state @param {Chat} chat
 */
const mayGo = (state, chat) =>
  isOpen(state) &&
  chat.ended === null &&
  chat.present &&
  state.leaving === null &&
  state.now >= chat.holdUntil &&
  state.paced.filter((at) => at > state.now - 60_000).length < MESSAGES_A_MINUTE;

/**
 * Sends the oldest message that waits, unless one is under way.
 * @param {State} state @returns {Step}
 */
export function pump(state) {
  const { chat } = state;
  const head = chat?.messages.find(unacknowledged);
  if (chat === null || head === undefined || !mayGo(state, chat)) return step(state);
  if (head.delivery === 'sent' && state.now - chat.sentAt < ANSWER_MS) return step(state);
  const sent = mark({ ...state, chat: { ...chat, sentAt: state.now } }, head.id, { delivery: 'sent' });
  return send(sent, { action: 'msg', peer: chat.peer, id: head.id, text: head.text });
}

/** @param {State} state @param {string} id @param {Partial<OwnMessage>} change @returns {State} */
function mark(state, id, change) {
  if (state.chat === null) return state;
  const messages = state.chat.messages.map((message) =>
    message.mine && message.id === id ? { ...message, ...change } : message,
  );
  return { ...state, chat: { ...state.chat, messages } };
}

/** @param {State} state @param {string} typed @returns {Step} */
export function sayText(state, typed) {
  const text = typed.trim();
  const { chat } = state;
  if (text === '' || chat === null || chat.ended !== null || state.leaving !== null) return step(state);
  if (chat.messages.filter(unacknowledged).length >= MAX_UNACKNOWLEDGED) {
    return step(notify(state, 'error', 'Too many messages are waiting to be delivered. Please wait a moment.', state.now + 5_000));
  }
  const idCount = state.idCount + 1;
  /** @type {OwnMessage} */
  const message = { id: `${state.idPrefix}-${idCount}`, mine: true, text, delivery: 'kept', problem: null };
  const written = { ...state, idCount, chat: { ...chat, messages: [...chat.messages, message] } };
  return pump(written);
}

/** @param {State} state @param {Msg} frame @returns {Step} */
export function received(state, { from, id, text }) {
  const { chat } = state;
  if (chat === null || chat.ended !== null || chat.peer !== from) return step(state);
  if (id !== null && chat.seen.has(id)) return send(state, { action: 'ack', peer: from, id });
  const shown = chat.shown + 1;
  /** @type {Chat} */
  const next = {
    ...chat,
    shown,
    seen: id === null ? chat.seen : new Set([...chat.seen, id]),
    messages: [...chat.messages, { id: `peer-${shown}`, mine: false, text }],
    peerTypingUntil: 0,
  };
  const read = { ...state, chat: next };
  return id === null ? step(read) : send(read, { action: 'ack', peer: from, id });
}

/** @param {State} state @param {string} id @returns {Step} */
export const acknowledged = (state, id) => {
  const open = state.chat?.messages.some((message) => unacknowledged(message) && message.id === id);
  return open ? pump(mark(state, id, { delivery: 'delivered' })) : step(state);
};

/**
 * A message the server did not take. For a passing reason it goes again; otherwise it will never be taken,
 * and its writer is told why.
 * @param {State} state @param {Refusal} refusal @returns {Step}
 */
export function refusedMessage(state, refusal) {
  const { chat } = state;
  const known = chat?.messages.some((message) => unacknowledged(message) && message.id === refusal.id);
  if (chat === null || !known || refusal.id === null) {
    return step(chat?.ended === null ? notify(state, 'error', refusalText(refusal), state.now + 6_000) : state);
  }
  if (refusal.code === 'rate_limited' || refusal.code === 'unavailable') {
    const holdMs = refusal.retryAfterMs ?? Math.max(HOLD_MS, (refusal.until ?? 0) - state.now);
    return step({ ...state, chat: { ...keepAll(chat), holdUntil: state.now + holdMs } }, { do: 'wake', ms: holdMs });
  }
  if (refusal.code === 'not_paired') return step(mark(state, refusal.id, { delivery: 'lost' }));
  const problem = refusalText(refusal);
  return pump(say(mark(state, refusal.id, { delivery: 'refused', problem }), `Not sent to ${peerName(chat)}: ${problem}`));
}
