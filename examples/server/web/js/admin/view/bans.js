/** Banned devices, those that are free first first. */

/** @import { Ban } from '../shapes.js' */
/** @import { Act, Show } from '../view.js' */

import { element, setShown, setText } from '../../dom.js';
import { serverNow } from '../state.js';
import { count } from '../words.js';
import { listView } from './list.js';
import { copy, deviceChip, showTime } from './parts.js';

/** @param {Act} act @returns {Show} */
export function bansView(act) {
  const show = listView(act, 'bans', element('bans'), (/** @type {Ban} */ { device }) => device, () => line(act));
  const badge = element('bans-badge');
  return (state) => {
    const bans = state.figures.now?.bans ?? 0;
    setShown(badge, bans > 0);
    setText(badge, count(bans));
    if (state.screen === 'bans') show(state.lists.bans, serverNow(state), 'Nobody is banned.');
  };
}

/** @param {Act} act */
function line(act) {
  const { node, part } = copy('ban-template');
  const showDevice = deviceChip(part('device'), act);
  let device = '';
  part('lift').addEventListener('click', () => act({ type: 'open', deed: { kind: 'lift', device } }));
  /** @param {Ban} ban @param {number} now */
  const update = (ban, now) => {
    device = ban.device;
    showDevice(device);
    showTime(part('until'), ban.until, now);
    showTime(part('given'), ban.given, now);
  };
  return { node, update };
}
