/**
 * Shows a state of the rooms. Each screen has its own file under `view/`; here is what they share: which of
 * them is seen, where the focus goes, the notice, the line to the server and what a screen reader is told.
 */

/** @import { PersonEvent, State } from './state.js' */

import { element, isBlocked, setBlocked, setShown, setText } from '../dom.js';
import { duration } from '../sentences.js';
import { endText, roomName } from './sentences.js';
import { composerView } from './view/composer.js';
import { dialogView } from './view/dialog.js';
import { invitedView, lobbyView, nicknameView } from './view/lobby.js';
import { logView } from './view/log.js';
import { peopleView } from './view/people.js';
import { roomView } from './view/room.js';

/** @typedef {(event: PersonEvent) => void} Act */
/** @typedef {(state: State) => void} Show */

/** Buttons that mean the same wherever they stand. @type {Record<string, PersonEvent>} */
const BUTTONS = {
  retry: { type: 'retry' },
  reload: { type: 'reload' },
  accept: { type: 'accept' },
  'to-lobby': { type: 'to_lobby' },
  'take-back': { type: 'take_back' },
  forget: { type: 'forget' },
  'copy-link': { type: 'copy_link' },
  people: { type: 'people' },
  older: { type: 'older' },
  lock: { type: 'lock' },
  reports: { type: 'reports' },
  leave: { type: 'ask', deed: { kind: 'leave' } },
  'close-room': { type: 'ask', deed: { kind: 'close' } },
  confirm: { type: 'confirm' },
  'close-dialog': { type: 'close_dialog' },
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
    troubleView(),
    nicknameView(act),
    invitedView(),
    lobbyView(act),
    roomView(),
    logView(act),
    composerView(act),
    peopleView(act),
    goneView(),
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
  const loading = element('loading');
  return ({ screen }) => {
    setShown(loading, screen === 'loading');
    if (document.body.dataset.screen === screen) return;
    document.body.dataset.screen = screen;
    for (const section of all) section.hidden = section.dataset.screen !== screen;
  };
}

/** @returns {Show} */
function troubleView() {
  const [text, reload] = [element('trouble-text'), element('reload')];
  return ({ trouble, listing }) => {
    setText(text, trouble ?? '');
    setBlocked(reload, listing !== null);
  };
}

/** @returns {Show} */
function goneView() {
  const [title, text, lobby, back] = [element('gone-title'), element('gone-text'), element('gone-lobby'), element('take-back')];
  return ({ gone, session }) => {
    if (gone === null) return;
    const end = endText(gone.why);
    setText(title, end.title);
    setText(text, end.text);
    setText(lobby, session === null ? 'Choose a nickname' : 'To your rooms');
    setShown(back, gone.why === 'replaced');
  };
}

/** Once the new screen is filled, its heading is where reading begins. @returns {Show} */
function arrival() {
  let place = 'loading';
  return ({ screen, inside }) => {
    const here = screen === 'room' ? `room ${inside?.room.code}` : screen;
    if (here === place) return;
    place = here;
    const heading = document.querySelector(`section[data-screen="${screen}"] h1`);
    window.scrollTo(0, 0);
    document.title = inside === null ? `${heading?.textContent ?? 'Rooms'} · anonchat` : `${roomName(inside.room)} · anonchat`;
    if (heading instanceof HTMLElement) heading.focus({ preventScroll: true });
  };
}

/** @returns {Show} */
function linkView() {
  const [box, text, retry] = [element('link'), element('link-text'), element('link-retry')];
  return ({ inside, now }) => {
    setShown(box, inside !== null);
    if (inside === null) return;
    const { status, retryAt, restarting } = inside.line;
    box.dataset.status = status;
    setShown(retry, status === 'down' && retryAt !== null && retryAt - now > 2_000);
    const left = retryAt === null || retryAt <= now ? '' : ` in ${duration(retryAt - now)}`;
    const down = restarting ? `Server restarts, back${left}` : `Reconnecting${left}`;
    setText(text, status === 'open' ? 'Connected' : status === 'down' ? down : 'Connecting…');
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
