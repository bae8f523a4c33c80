/** One pair: how it opens, who is typing, who is away, how it ends. */

/** @import { Frame, PeerProfile } from '../protocol.js' */
/** @import { Chat, Effect, Ending, State, Step } from '../state.js' */

import { endingText } from '../sentences.js';
import { isOpen, peerName, say, send, show, step } from '../state.js';
import { keepAll, loseAll, pump } from './delivery.js';

/** The server lets a peer's typing lapse after this time. */
const TYPING_LAPSE_MS = 5_000;

/** Soon enough that a peer who goes on typing never sees it lapse. */
const TYPING_AGAIN_MS = 3_000;

/**
 * @param {State} state
 * @param {{ peer: string, profile: PeerProfile, present: boolean, resumed: boolean }} pair
 * @returns {Step}
 */
export function openChat(state, { peer, profile, present, resumed }) {
  /** @type {Chat} */
  const chat = {
    peer,
    profile,
    present,
    resumed,
    messages: [],
    shown: 0,
    seen: new Set(),
    awayUntil: present || state.terms === null ? null : state.now + state.terms.graceMs,
    holdUntil: 0,
    sentAt: 0,
    peerTypingUntil: 0,
    typingSentAt: 0,
    reported: false,
    ended: null,
  };
  const open = { ...show({ ...state, screen: 'find' }, 'chat'), chat, search: null, leaving: null };
  return step(say(open, `You are now talking with ${peerName(chat)}.`));
}

/**
 * The same pair after our own reconnect. Whatever was not acknowledged may not have arrived.
 * @param {State} state @param {boolean} present @returns {Step}
 */
export function resumeChat(state, present) {
  if (state.chat === null || state.terms === null) return step(state);
  const awayUntil = present ? null : (state.chat.awayUntil ?? state.now + state.terms.graceMs);
  const chat = { ...keepAll(state.chat), present, awayUntil, typingSentAt: 0, peerTypingUntil: 0 };
  return pump({ ...show(state, 'chat'), chat });
}

/** @param {State} state @param {Ending} ending @returns {State} */
export function endChat(state, ending) {
  if (state.chat === null || state.chat.ended !== null) return state;
  const chat = { ...loseAll(state.chat), ended: ending, peerTypingUntil: 0, awayUntil: null };
  // A report may still be sent to the end; there is nobody left to block by closing the pair.
  const dialog = state.dialog?.kind === 'report' ? state.dialog : null;
  return say({ ...state, chat, dialog }, endingText(ending.reason, ending.byMe, peerName(chat)));
}

/**
 * Tells the peer that somebody is typing, or no longer is.
 * @param {State} state @param {boolean} empty whether the text field is empty @returns {Step}
 */
export function compose(state, empty) {
  const { chat } = state;
  if (chat === null || chat.ended !== null || !chat.present || !isOpen(state) || state.leaving !== null) return step(state);
  if (empty) return stopTyping(state);
  if (state.now - chat.typingSentAt < TYPING_AGAIN_MS) return step(state);
  return send({ ...state, chat: { ...chat, typingSentAt: state.now } }, { action: 'typing', peer: chat.peer, typing: true });
}

/** @param {State} state @returns {Step} */
export function stopTyping(state) {
  const { chat } = state;
  if (chat === null || chat.typingSentAt === 0 || !isOpen(state) || !chat.present) return step(state);
  return send({ ...state, chat: { ...chat, typingSentAt: 0 } }, { action: 'typing', peer: chat.peer, typing: false });
}

/**
 * Changes the chat if the frame is about it. Frames of an earlier pair may still be on their way.
 * @param {State} state
 * @param {string} peer
 * @param {(chat: Chat) => Chat} change
 * @param {...Effect} effects
 * @returns {Step}
 */
const inChat = (state, peer, change, ...effects) =>
  state.chat !== null && state.chat.ended === null && state.chat.peer === peer
    ? step({ ...state, chat: change(state.chat) }, ...effects)
    : step(state);

/** @param {State} state @param {Extract<Frame, { type: 'typing' }>} frame @returns {Step} */
export const peerTyping = (state, { from, typing }) =>
  inChat(
    state,
    from,
    (chat) => ({ ...chat, peerTypingUntil: typing ? state.now + TYPING_LAPSE_MS : 0 }),
    { do: 'wake', ms: TYPING_LAPSE_MS },
  );

/** @param {State} state @param {Extract<Frame, { type: 'peer_away' }>} frame @returns {Step} */
export function peerAway(state, { peer, until }) {
  const graceMs = state.terms?.graceMs ?? 0;
  // This clock may differ from the server's, but the wait is never longer than the grace.
  const left = until === null || until <= state.now ? graceMs : Math.min(until - state.now, graceMs);
  const away = inChat(state, peer, (chat) => ({
    ...chat,
    present: false,
    awayUntil: state.now + left,
    peerTypingUntil: 0,
    typingSentAt: 0,
  }));
  const { chat } = away.state;
  return chat !== null && chat !== state.chat
    ? step(say(away.state, `${peerName(chat)} lost the connection. Your messages wait until they are back.`))
    : away;
}

/** @param {State} state @param {string} peer @returns {Step} */
export function peerBack(state, peer) {
  const back = inChat(state, peer, (chat) => ({ ...keepAll(chat), present: true, awayUntil: null }));
  const { chat } = back.state;
  if (chat === null || chat === state.chat) return back;
  return pump(state.chat?.present ? back.state : say(back.state, `${peerName(chat)} is back.`));
}

/** @param {State} state @param {Extract<Frame, { type: 'peer_left' }>} frame @returns {Step} */
export const peerLeft = (state, { peer, reason }) =>
  step(state.chat?.peer === peer ? endChat(state, { reason, byMe: false }) : state);
