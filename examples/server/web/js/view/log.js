/** The messages of one chat. Bubbles are added and marked, never rebuilt, so that nothing is read out twice. */

/** @import { Chat, Delivery, Message } from '../state.js' */

import { element, make, setShown, setText } from '../dom.js';
import { GENDER_NAMES } from '../sentences.js';
import { peerName } from '../state.js';

/** @type {Record<Delivery, string>} */
const DELIVERY_NAMES = {
  kept: 'Waiting',
  sent: 'Sent',
  delivered: 'Delivered',
  lost: 'Not delivered',
  refused: 'Not sent',
};

/** This close to the end, the log follows what comes. */
const NEAR_PX = 80;

/** @returns {(chat: Chat | null) => void} */
export function logView() {
  const log = element('log');
  const newer = element('newer');
  /** @type {Map<string, { bubble: HTMLElement, tick: HTMLElement | null, problem: HTMLElement | null }>} */
  const bubbles = new Map();
  let peer = '';
  /** @type {Message[] | null} */
  let shown = null;

  const atEnd = () => log.scrollHeight - log.scrollTop - log.clientHeight < NEAR_PX;
  const toEnd = () => {
    log.scrollTop = log.scrollHeight;
    setShown(newer, false);
  };
  newer.addEventListener('click', () => {
    toEnd();
    log.focus();
  });
  log.addEventListener('scroll', () => atEnd() && setShown(newer, false));
  // The keyboard of a phone, the field that grows and a banner all take height from the log.
  let follows = true;
  log.addEventListener('scroll', () => (follows = atEnd()));
  new ResizeObserver(() => follows && toEnd()).observe(log);

  return (chat) => {
    if (chat === null) {
      // A chat that is over leaves nothing behind, not even in the document.
      if (peer !== '') log.replaceChildren();
      peer = '';
      shown = null;
      return bubbles.clear();
    }
    if (chat.peer !== peer) {
      peer = chat.peer;
      shown = null;
      bubbles.clear();
      log.replaceChildren(introduction(chat));
    }
    if (chat.messages === shown) return;
    const follow = atEnd();
    const before = bubbles.size;
    for (const message of chat.messages) {
      const made = bubbles.get(message.id) ?? append(log, bubbles, message, peerName(chat));
      if (message.mine) markDelivery(made, message.delivery, message.problem);
    }
    shown = chat.messages;
    if (bubbles.size === before) return;
    if (follow || chat.messages.at(-1)?.mine) toEnd();
    else setShown(newer, true);
  };
}

/** @param {Chat} chat */
function introduction(chat) {
  const { bio, gender } = chat.profile;
  const card = make('div', 'introduction');
  const who = gender === null ? peerName(chat) : `${peerName(chat)}, ${GENDER_NAMES[gender].toLowerCase()}`;
  card.append(make('p', 'introduction-name', who));
  if (bio !== null) card.append(make('p', 'introduction-bio', bio));
  const past = 'You are back in your chat. What was written before is gone, because nobody keeps it.';
  card.append(make('p', 'introduction-hint', chat.resumed ? past : 'Say hello, be kind, and stay anonymous.'));
  return card;
}

/**
 * @param {HTMLElement} log
 * @param {Map<string, { bubble: HTMLElement, tick: HTMLElement | null, problem: HTMLElement | null }>} bubbles
 * @param {Message} message
 * @param {string} peer
 */
function append(log, bubbles, message, peer) {
  const bubble = make('div', message.mine ? 'bubble mine' : 'bubble theirs');
  const text = make('p', 'words', message.text);
  text.dir = 'auto';
  text.prepend(make('span', 'hush', message.mine ? 'You: ' : `${peer}: `));
  bubble.append(text);
  const tick = message.mine ? make('span', 'tick') : null;
  tick?.setAttribute('role', 'img');
  const problem = message.mine ? make('p', 'problem') : null;
  if (tick !== null) bubble.append(tick);
  if (problem !== null) {
    problem.hidden = true;
    bubble.append(problem);
  }
  log.append(bubble);
  const made = { bubble, tick, problem };
  bubbles.set(message.id, made);
  return made;
}

/**
 * @param {{ bubble: HTMLElement, tick: HTMLElement | null, problem: HTMLElement | null }} made
 * @param {Delivery} delivery
 * @param {string | null} problem
 */
function markDelivery({ bubble, tick, problem: line }, delivery, problem) {
  if (bubble.dataset.delivery === delivery) return;
  bubble.dataset.delivery = delivery;
  tick?.setAttribute('aria-label', DELIVERY_NAMES[delivery]);
  if (line === null) return;
  const words = delivery === 'refused' ? `Not sent. ${problem ?? ''}` : delivery === 'lost' ? 'Not delivered.' : '';
  setText(line, words);
  setShown(line, words !== '');
}
