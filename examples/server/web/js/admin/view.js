/**
 * Shows a state of the moderators' page. Each section has its own file under `view/`; here is what they
 * share: which of them is seen, where the focus goes, the line to the server, and what a screen reader is told.
 */

/** @import { PersonEvent, State } from './state.js' */

import { element, isBlocked, setShown, setText } from '../dom.js';
import { duration } from '../sentences.js';
import { TABS, isIn } from './state.js';
import { auditView } from './view/audit.js';
import { bansView } from './view/bans.js';
import { controlsView } from './view/controls.js';
import { dialogView } from './view/dialog.js';
import { figuresView } from './view/figures.js';
import { queueView } from './view/queue.js';
import { roomsView } from './view/rooms.js';
import { signInView } from './view/sign-in.js';

/** @typedef {(event: PersonEvent) => void} Act */
/** @typedef {(state: State) => void} Show */

/** Buttons that mean the same wherever they stand. @type {Record<string, (state: State) => PersonEvent>} */
const BUTTONS = {
  'sign-out': () => ({ type: 'sign_out' }),
  retry: () => ({ type: 'retry_stream' }),
  'only-undecided': () => ({ type: 'undecided', only: true }),
  'all-reports': () => ({ type: 'undecided', only: false }),
  'ban-device': () => ({ type: 'open', deed: { kind: 'ban', device: null } }),
  'about-all': () => ({ type: 'about', device: null }),
  export: () => ({ type: 'export' }),
  maintenance: ({ figures }) => ({ type: 'open', deed: { kind: 'maintenance', on: (figures.now?.maintenance ?? null) === null } }),
  'maintenance-off': () => ({ type: 'open', deed: { kind: 'maintenance', on: false } }),
  reset: () => ({ type: 'open', deed: { kind: 'reset' } }),
  'close-notice': () => ({ type: 'notice_close' }),
};

/** @param {Act} act @returns {Show} */
export function createView(act) {
  /** @type {State | null} */
  let shown = null;
  document.addEventListener('click', ({ target }) => {
    const button = target instanceof Element ? target.closest('[data-do]') : null;
    const event = BUTTONS[button?.getAttribute('data-do') ?? ''];
    if (button !== null && event !== undefined && shown !== null && !isBlocked(button)) act(event(shown));
  });
  const parts = [
    screens(),
    tabsView(act),
    signInView(act),
    figuresView(),
    queueView(act),
    roomsView(act),
    bansView(act),
    auditView(act),
    controlsView(),
    dialogView(act),
    arrival(),
    linkView(),
    noticeView(),
    announcer(),
  ];
  return (state) => {
    shown = state;
    parts.forEach((show) => show(state));
  };
}

/** @returns {Show} */
function screens() {
  const all = [...document.querySelectorAll('section[data-screen]')].filter((found) => found instanceof HTMLElement);
  const out = element('sign-out');
  return (state) => {
    setShown(out, isIn(state));
    if (document.body.dataset.screen === state.screen) return;
    document.body.dataset.screen = state.screen;
    for (const section of all) section.hidden = section.dataset.screen !== state.screen;
  };
}

/** @param {Act} act @returns {Show} */
function tabsView(act) {
  const bar = element('tabs');
  bar.addEventListener('click', ({ target }) => {
    const wanted = target instanceof Element ? target.closest('[data-tab]')?.getAttribute('data-tab') : null;
    const tab = TABS.find((known) => known === wanted);
    if (tab !== undefined) act({ type: 'tab', tab });
  });
  return (state) => {
    setShown(bar, isIn(state));
    for (const button of bar.querySelectorAll('[data-tab]')) {
      if (button.getAttribute('data-tab') === state.screen) button.setAttribute('aria-current', 'page');
      else button.removeAttribute('aria-current');
    }
  };
}

/** Once the new section is filled, its heading is where reading begins. @returns {Show} */
function arrival() {
  let place = 'loading';
  return ({ screen }) => {
    if (screen === place) return;
    place = screen;
    const heading = document.querySelector(`section[data-screen="${screen}"] h1`);
    window.scrollTo(0, 0);
    document.title = `${screen === 'sign-in' ? 'Sign in' : heading?.textContent} · anonchat moderation`;
    // A dialog that is back keeps the focus; otherwise a form begins at its field, a section at its heading.
    if (document.querySelector('dialog[open]') !== null) return;
    const first = screen === 'sign-in' ? document.getElementById('key') : heading;
    if (first instanceof HTMLElement) first.focus({ preventScroll: true });
  };
}

/** @returns {Show} */
function linkView() {
  const [box, text, retry] = [element('link'), element('link-text'), element('link-retry')];
  return (state) => {
    const { stream: { status, retryAt }, now } = state;
    box.dataset.status = status;
    setShown(box, isIn(state) && status !== 'off');
    setShown(retry, status === 'down' && retryAt !== null && retryAt - now > 2_000);
    const left = retryAt === null ? '' : ` in ${duration(retryAt - now)}`;
    setText(text, status === 'open' ? 'Live' : status === 'down' ? `Reconnecting${left}` : 'Connecting…');
  };
}

/** @returns {Show} */
function noticeView() {
  const [box, text] = [element('notice'), element('notice-text')];
  return ({ notice }) => {
    setShown(box, notice !== null);
    box.classList.toggle('error', notice?.tone === 'error');
    if (notice !== null) setText(text, notice.text);
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
