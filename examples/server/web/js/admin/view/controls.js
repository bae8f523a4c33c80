/** Maintenance, reset and the session. */

/** @import { Show } from '../view.js' */

import { element, setShown, setText } from '../../dom.js';
import { serverNow } from '../state.js';
import { dateTime, relative } from '../words.js';

/** @returns {Show} */
export function controlsView() {
  const [state, button, session] = [element('maintenance-state'), element('maintenance'), element('session')];
  const [strip, since, store] = [element('maintenance-strip'), element('maintenance-since'), element('store-strip')];
  return (all) => {
    const { screen, figures: { now }, expiresAt } = all;
    const inside = screen !== 'sign-in' && screen !== 'loading';
    const on = now?.maintenance ?? null;
    setShown(strip, inside && on !== null);
    setShown(store, inside && now?.store === false);
    if (on !== null) {
      setText(since, `since ${dateTime(on)}`);
      since.title = relative(on, serverNow(all));
    }
    setText(state, now === null ? '' : on === null ? 'Off' : `On since ${dateTime(on)}`);
    state.dataset.on = String(on !== null);
    setText(button, on === null ? 'Turn on…' : 'Turn off…');
    setText(session, expiresAt === null ? '' : `This session ends at ${dateTime(expiresAt)}.`);
  };
}
