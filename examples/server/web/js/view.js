/**
 * Shows a state. Each screen has its own file under `view/`; here is what they share: which of them is
 * seen, where the focus goes, the notice, the line to the server and what a screen reader is told.
 */

/** @import { PersonEvent, State } from './state.js' */

import { element, isBlocked, setShown, setText } from './dom.js';
import { duration } from './sentences.js';
import { chatView } from './view/chat.js';
import { checkView } from './view/check.js';
import { dialogView } from './view/dialogs.js';
import { findView } from './view/find.js';
import { genderView, homeView, bannedView } from './view/plain.js';
import { profileView } from './view/profile.js';
import { queueView } from './view/queue.js';

/** @typedef {(event: PersonEvent) => void} Act */
/** @typedef {(state: State) => void} Show */

/** Buttons that mean the same wherever they stand. @type {Record<string, PersonEvent>} */
const BUTTONS = {
  home: { type: 'home' },
  retry: { type: 'retry_link' },
  start: { type: 'start' },
  'skip-gender': { type: 'declare', gender: null },
  recheck: { type: 'recheck' },
  camera: { type: 'camera_open' },
  shoot: { type: 'shoot' },
  'check-skip': { type: 'check_skip' },
  'check-continue': { type: 'check_continue' },
  'edit-profile': { type: 'profile_edit' },
  cancel: { type: 'cancel' },
  next: { type: 'next' },
  leave: { type: 'leave', home: false },
  'leave-home': { type: 'leave', home: true },
  report: { type: 'dialog', kind: 'report' },
  block: { type: 'dialog', kind: 'block' },
  'confirm-block': { type: 'block' },
  'close-dialog': { type: 'dialog', kind: null },
  'close-notice': { type: 'notice_close' },
};

/** @param {Act} act @returns {Show} */
export function createView(act) {
  document.addEventListener('click', ({ target }) => {
    const button = target instanceof Element ? target.closest('[data-do]') : null;
    const event = BUTTONS[button?.getAttribute('data-do') ?? ''];
    if (button !== null && event !== undefined && !isBlocked(button)) act(event);
  });
  const parts = [
    screens(),
    homeView(),
    genderView(act),
    checkView(act),
    profileView(act),
    findView(act),
    queueView(),
    chatView(act),
    bannedView(),
    dialogView(act),
    arrival(),
    linkView(),
    noticeView(),
    announcer(),
  ];
  return (state) => parts.forEach((show) => show(state));
}

/** @returns {Show} */
function screens() {
  const all = [...document.querySelectorAll('section[data-screen]')].filter((found) => found instanceof HTMLElement);
  return ({ screen }) => {
    if (document.body.dataset.screen === screen) return;
    document.body.dataset.screen = screen;
    for (const section of all) section.hidden = section.dataset.screen !== screen;
  };
}

/** Once the new screen is filled, its heading is where reading begins. @returns {Show} */
function arrival() {
  let place = 'home';
  return ({ screen, chat }) => {
    const here = screen === 'chat' ? `chat ${chat?.peer}` : screen;
    if (here === place) return;
    place = here;
    const heading = document.querySelector(`section[data-screen="${screen}"] h1`);
    window.scrollTo(0, 0);
    if (heading instanceof HTMLElement) heading.focus({ preventScroll: true });
    document.title = screen === 'home' ? 'anonchat' : `${heading?.textContent} · anonchat`;
  };
}

/** @returns {Show} */
function linkView() {
  const [box, text, retry] = [element('link'), element('link-text'), element('link-retry')];
  return ({ link, now }) => {
    box.dataset.status = link.status;
    setShown(box, link.status !== 'off' && link.status !== 'stopped');
    setShown(retry, link.status === 'down' && link.retryAt !== null && link.retryAt - now > 2_000);
    const left = link.retryAt === null ? '' : ` in ${duration(link.retryAt - now)}`;
    const down = link.restarting ? `Server restarts, back${left}` : `Reconnecting${left}`;
    setText(text, link.status === 'open' ? 'Connected' : link.status === 'down' ? down : 'Connecting…');
  };
}

/** @returns {Show} */
function noticeView() {
  const [box, text] = [element('notice'), element('notice-text')];
  return ({ notice, now, wait }) => {
    setShown(box, notice !== null);
    box.classList.toggle('error', notice?.tone === 'error');
    if (notice === null) return;
    // Only a pause that the server set is worth counting down; other notices go by themselves.
    const counts = notice.until !== null && wait?.until === notice.until;
    setText(text, counts ? `${notice.text} Try again in ${duration(wait.until - now)}.` : notice.text);
  };
}

/** @returns {Show} */
function announcer() {
  const line = element('announcer');
  let told = 0;
  return ({ said }) => {
    if (said.count === told) return;
    told = said.count;
    // A sentence that is said twice has to differ to be read twice.
    line.textContent = said.text + (told % 2 === 0 ? '' : '\u00a0');
  };
}
