/** Messages that were reported in rooms. */

/** @import { RoomReport } from '../shapes.js' */
/** @import { Act, Show } from '../view.js' */

import { element, make, setShown, setText } from '../../dom.js';
import { serverNow } from '../state.js';
import { listView } from './list.js';
import { copy, showTime } from './parts.js';

/** @param {Act} act @returns {Show} */
export function roomsView(act) {
  const show = listView(act, 'rooms', element('rooms'), (/** @type {RoomReport} */ { id }) => String(id), () => card(act));
  return (state) => {
    if (state.screen === 'rooms') show(state.lists.rooms, serverNow(state), 'Nothing is reported in any room.');
  };
}

/** @param {Act} act */
function card(act) {
  const { node, part } = copy('room-report-template');
  /** @type {RoomReport | null} */
  let shown = null;
  part('ban').addEventListener('click', () => {
    if (shown !== null && shown.session !== null) act({ type: 'open', deed: { kind: 'ban-session', session: shown.session, nickname: shown.nickname } });
  });
  part('close').addEventListener('click', () => shown !== null && act({ type: 'open', deed: { kind: 'close-room', room: shown.room } }));
  /** @param {RoomReport} report @param {number} now */
  const update = (report, now) => {
    const isNew = shown?.reasons.join('\n') !== report.reasons.join('\n');
    shown = report;
    setText(part('nickname'), report.nickname);
    setText(part('room'), report.room);
    showTime(part('at'), report.at, now);
    setText(part('content'), report.content);
    setText(part('times'), report.reasons.length === 0 ? 'No reason was given.' : 'Reported because:');
    setShown(part('ban'), report.session !== null);
    if (!isNew) return;
    part('reasons').replaceChildren(...report.reasons.map((text) => {
      const reason = make('li', '', text);
      reason.dir = 'auto';
      return reason;
    }));
  };
  return { node, update };
}
