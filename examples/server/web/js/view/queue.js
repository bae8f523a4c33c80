/** Waiting. */

/** @import { Show } from '../view.js' */

import { element, setBlocked, setText } from '../dom.js';
import { FILTER_NAMES, clock, estimateText, narrowingText } from '../sentences.js';

/** After this long it is worth a word what would be quicker. */
const PATIENCE_MS = 30_000;

/** @returns {Show} */
export function queueView() {
  const [filterLine, waited, position, people] = [element('queue-filter'), element('waited'), element('position'), element('people')];
  const [hint, cancel] = [element('queue-hint'), element('cancel')];
  return ({ screen, search, now, leaving, link }) => {
    if (screen !== 'queue' || search === null) return;
    setText(filterLine, `You search for: ${FILTER_NAMES[search.filter].toLowerCase()}.`);
    setText(waited, clock(now - search.since));
    setText(position, search.position === null ? '–' : String(search.position));
    // The server rounds up to fives, so that nobody can tell when a certain person comes or goes.
    setText(people, search.people === null ? '–' : `≤ ${search.people}`);
    setBlocked(cancel, leaving !== null);
    setText(cancel, leaving === null ? 'Cancel' : 'Leaving…');
    const why = [estimateText(search.estimateMs), now - search.since > PATIENCE_MS ? narrowingText(search.narrowedBy) : ''];
    const known = why.filter((sentence) => sentence !== '').join(' ');
    setText(hint, link.status === 'open' ? known : 'Reconnecting. Your place is kept for a short while.');
  };
}
