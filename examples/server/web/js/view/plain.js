/** The screens with little on them: home, gender, banned. */

/** @import { Gender } from '../protocol.js' */
/** @import { Act, Show } from '../view.js' */

import { chosen, element, onSubmit, ref, setBlocked, setShown, setText } from '../dom.js';
import { duration } from '../sentences.js';
import { isLive, isOpen } from '../state.js';

/** @returns {Show} */
export function homeView() {
  const [start, hint] = [element('start'), element('start-hint')];
  return (state) => {
    const { entering, chat, search, link } = state;
    setBlocked(start, entering);
    const going = isLive(chat) ? 'Back to your chat' : search !== null ? 'Back to the queue' : 'Start';
    setText(start, entering ? 'Connecting…' : going);
    const stuck = entering && link.status === 'down';
    setText(hint, stuck ? 'The server cannot be reached yet. The page keeps trying.' : 'Takes less than a minute.');
  };
}

/** @param {Act} act @returns {Show} */
export function genderView(act) {
  const form = ref('gender-form', HTMLFormElement);
  const save = element('gender-save');
  onSubmit(form, () => {
    const gender = /** @type {Gender | null} */ (chosen(form, 'gender'));
    if (gender !== null) act({ type: 'declare', gender });
  });
  form.addEventListener('change', () => setBlocked(save, false));
  setBlocked(save, true);
  return (state) => {
    if (state.screen !== 'gender') return;
    setBlocked(save, state.declaring || !isOpen(state) || chosen(form, 'gender') === null);
    setText(save, state.declaring ? 'Saving…' : 'Continue');
  };
}

/** @returns {Show} */
export function bannedView() {
  const [left, until, retry] = [element('ban-left'), element('ban-until'), element('ban-retry')];
  return ({ screen, bannedUntil, now }) => {
    if (screen !== 'banned') return;
    const over = bannedUntil === null || bannedUntil <= now;
    setShown(left, !over);
    setShown(retry, over);
    if (bannedUntil === null) return setText(until, '');
    setText(left, duration(bannedUntil - now));
    const date = new Date(bannedUntil).toLocaleString([], { dateStyle: 'medium', timeStyle: 'short' });
    setText(until, over ? 'The time is over.' : `Until ${date}.`);
  };
}
