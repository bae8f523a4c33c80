/** The chat: who it is with, what is going on, and the field to write in. The messages are in `log.js`. */

/** @import { Chat, State } from '../state.js' */
/** @import { Act, Show } from '../view.js' */

import { element, isBlocked, onSubmit, ref, setBlocked, setShown, setText } from '../dom.js';
import { charCount } from '../protocol.js';
import { GENDER_NAMES, duration, endingText } from '../sentences.js';
import { isOpen, peerName } from '../state.js';
import { logView } from './log.js';

/** The count appears when this much of the limit is used. */
const COUNT_FROM = 0.8;

/** @param {Act} act @returns {Show} */
export function chatView(act) {
  const showLog = logView();
  const showEnding = endingView(act);
  const showComposer = composerView(act);
  const [name, peerState, avatar] = [element('peer-name'), element('peer-state'), element('avatar')];
  const [log, typing, typingText] = [element('log'), element('typing'), element('typing-text')];
  const [banner, bannerText] = [element('chat-banner'), element('chat-banner-text')];
  const [next, leave, report, block] = [element('chat-next'), element('chat-leave'), element('chat-report'), element('chat-block')];

  return (state) => {
    const { chat, leaving, now } = state;
    showLog(chat);
    if (chat === null) return;
    const over = chat.ended !== null;
    setText(name, peerName(chat));
    setText(avatar, [...peerName(chat)][0] ?? '');
    avatar.dataset.hue = String([...chat.peer].reduce((sum, letter) => sum + (letter.codePointAt(0) ?? 0), 0) % 6);
    const gender = chat.profile.gender === null ? 'Gender unknown' : GENDER_NAMES[chat.profile.gender];
    setText(peerState, over ? `${gender} · chat ended` : chat.present ? gender : `${gender} · away`);

    setShown(next, !over);
    setShown(leave, !over);
    setText(report, chat.reported ? 'Reported' : 'Report');
    setBlocked(report, chat.reported);
    setShown(block, !state.blocks.some(({ peer }) => peer === chat.peer));
    setBlocked(block, !isOpen(state));
    for (const button of [next, leave]) setBlocked(button, leaving !== null);

    typing.classList.toggle('on', chat.peerTypingUntil > now && !over);
    setText(typingText, `${peerName(chat)} is writing`);
    const words = bannerSentence(state, chat);
    setShown(banner, words !== null);
    setText(bannerText, words ?? '');
    log.dataset.held = String(!chat.present || !isOpen(state));
    showEnding(state);
    showComposer(state);
  };
}

/** @param {State} state @param {Chat} chat */
function bannerSentence(state, chat) {
  if (chat.ended !== null) return null;
  if (state.leaving !== null) return isOpen(state) ? 'Leaving…' : 'Leaving as soon as the connection is back.';
  if (!isOpen(state)) return 'You are not connected. What you write is sent when the connection is back.';
  if (chat.present || chat.awayUntil === null) return null;
  const left = chat.awayUntil - state.now;
  const wait = left > 0 ? ` They have ${duration(left)} to come back.` : '';
  return `${peerName(chat)} lost the connection.${wait} What you write waits for them.`;
}

/** @param {Act} act @returns {Show} */
function endingView(act) {
  const [box, text, next, undo] = [element('ending'), element('ending-text'), element('ending-next'), element('undo-block')];
  let block = '';
  undo.addEventListener('click', () => !isBlocked(undo) && act({ type: 'unblock', block }));
  return (state) => {
    const { chat, blocks } = state;
    const appears = box.hidden && chat?.ended;
    setShown(box, Boolean(chat?.ended));
    if (!chat?.ended) return;
    const made = blocks.find(({ peer }) => peer === chat.peer);
    const lifted = chat.ended.reason === 'blocked' && chat.ended.byMe && made === undefined;
    setText(text, lifted ? `${peerName(chat)} is no longer blocked.` : endingText(chat.ended.reason, chat.ended.byMe, peerName(chat)));
    block = made?.block ?? '';
    setShown(undo, made !== undefined);
    setBlocked(undo, made?.lifting === true);
    // The field that had the focus is gone; the next thing to do is here.
    if (appears && lostFocus()) next.focus();
  };
}

const lostFocus = () => {
  const { activeElement } = document;
  return activeElement === document.body || activeElement?.closest('[hidden], .composer') != null;
};

/** @param {Act} act @returns {Show} */
function composerView(act) {
  const form = ref('composer', HTMLFormElement);
  const field = ref('message', HTMLTextAreaElement);
  const [send, count] = [element('send'), element('message-count')];
  let most = 0;
  let peer = '';

  const measure = () => {
    const length = charCount(field.value.trim());
    setBlocked(send, length === 0 || length > most);
    setShown(count, length > most * COUNT_FROM);
    setText(count, `${length} of ${most}`);
    field.setAttribute('aria-invalid', String(length > most));
    // Grows with the text, up to the height that the style sheet allows.
    field.style.height = 'auto';
    field.style.height = `${field.scrollHeight + 2}px`;
  };
  const submit = () => {
    if (isBlocked(send)) return;
    act({ type: 'say', text: field.value });
  };
  onSubmit(form, submit);
  field.addEventListener('keydown', (event) => {
    // Enter also ends the composition of a word in many languages; that one is not meant for us.
    if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    submit();
  });
  field.addEventListener('input', () => {
    measure();
    act({ type: 'compose', empty: field.value.trim() === '' });
  });
  document.addEventListener('keydown', (event) => {
    const free = event.target instanceof Element && event.target.closest('input, textarea, button, summary, dialog') === null;
    const letter = event.key.length === 1 && event.key !== ' ' && !event.ctrlKey && !event.metaKey && !event.altKey;
    if (document.body.dataset.screen === 'chat' && free && letter && !form.hidden) field.focus();
  });

  let ids = 0;
  return ({ chat, terms, idCount, leaving }) => {
    if (chat === null) return;
    if (terms !== null) most = terms.text.message;
    const changed = chat.peer !== peer;
    if (changed || idCount !== ids) field.value = '';
    if (changed || idCount !== ids || !form.hidden) measure();
    peer = chat.peer;
    ids = idCount;
    setShown(form, chat.ended === null);
    field.readOnly = leaving !== null;
  };
}
