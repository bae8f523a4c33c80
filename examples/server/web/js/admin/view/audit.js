/** The record of what was done. */

/** @import { Record } from '../shapes.js' */
/** @import { Act, Show } from '../view.js' */

import { element, setBlocked, setShown, setText } from '../../dom.js';
import { serverNow } from '../state.js';
import { actionName, dateTime, short } from '../words.js';
import { listView } from './list.js';
import { copy, deviceChip, setAttribute, showTime } from './parts.js';

/** @param {Act} act @returns {Show} */
export function auditView(act) {
  const show = listView(act, 'audit', element('audit'), (/** @type {Record} */ { id }) => String(id), () => line(act));
  const [about, device, save] = [element('about'), element('about-device'), element('export')];
  return (state) => {
    if (state.screen !== 'audit') return;
    setShown(about, state.about !== null);
    setText(device, short(state.about ?? ''));
    device.title = state.about ?? '';
    setBlocked(save, state.saving === 'busy');
    setText(save, state.saving === 'busy' ? 'Exporting…' : 'Export all');
    show(state.lists.audit, serverNow(state), state.about === null ? 'Nothing was done yet.' : 'Nothing was done about this device.');
  };
}

/** @param {Act} act */
function line(act) {
  const { node, part } = copy('record-template');
  const showDevice = deviceChip(part('device'), act);
  /** @param {Record} record @param {number} now */
  const update = (record, now) => {
    setText(part('action'), actionName(record.action, record.on));
    setAttribute(part('action'), 'data-action', record.action);
    if (record.device !== null) showDevice(record.device);
    setShown(part('device'), record.device !== null);
    const about = aboutText(record);
    setText(part('about'), about);
    setShown(part('subject'), record.device !== null || about !== '');
    setText(part('note'), record.note ?? '');
    setShown(part('note'), record.note !== null);
    showTime(part('at'), record.at, now);
    setText(part('by'), record.action === 'refused' ? `no ${record.id}` : `by ${record.session === null ? 'the key' : `sign-in ${short(record.session)}`} · no ${record.id}`);
  };
  return { node, update };
}

/** @param {Record} record */
function aboutText({ until, report, pool, room, roomSession }) {
  if (room !== null) return `room ${room}`;
  if (roomSession !== null) return `session ${short(roomSession)}`;
  if (until !== null) return `until ${dateTime(until)}`;
  if (report !== null) return `report ${report}${pool === null || pool === 'main' ? '' : ` in ${pool}`}`;
  return '';
}
