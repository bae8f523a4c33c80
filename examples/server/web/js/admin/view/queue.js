/** Reports, each with what one decides by. */

/** @import { Record, Report } from '../shapes.js' */
/** @import { Act, Show } from '../view.js' */

import { element, make, ref, setShown, setText } from '../../dom.js';
import { serverNow } from '../state.js';
import { actionName, reportName, some } from '../words.js';
import { listView } from './list.js';
import { copy, deviceChip, showTime } from './parts.js';

/** Reporters that are shown one by one. */
const MOST_DOTS = 8;

/** @param {Act} act @returns {Show} */
export function queueView(act) {
  let pool = 'main';
  const show = listView(act, 'queue', element('queue'), (/** @type {Report} */ { id }) => String(id), () => card(act, () => pool));
  const showPools = poolView(act);
  const [only, all] = [element('only-undecided'), element('all-reports')];
  return (state) => {
    if (state.screen !== 'queue') return;
    pool = state.pool ?? pool;
    showPools(state);
    only.setAttribute('aria-pressed', String(state.undecided));
    all.setAttribute('aria-pressed', String(!state.undecided));
    const none = state.undecided ? 'Nothing to decide. New reports show up here by themselves.' : 'There are no reports.';
    show(state.lists.queue, serverNow(state), state.lists.queue.next === null ? none : 'Nothing to decide on this page.');
  };
}

/** @param {Act} act @returns {Show} */
function poolView(act) {
  const [field, select] = [element('pool-field'), ref('pool', HTMLSelectElement)];
  select.addEventListener('change', () => act({ type: 'pool', pool: select.value }));
  let offered = '';
  return ({ pools, pool }) => {
    setShown(field, pools.length > 1);
    if (pools.join('\n') !== offered) {
      offered = pools.join('\n');
      select.replaceChildren(...pools.map((name) => new Option(name, name)));
    }
    if (pool !== null && select.value !== pool) select.value = pool;
  };
}

/** @param {Act} act @param {() => string} pool */
function card(act, pool) {
  const { node, part } = copy('report-template');
  const [showTarget, showReporter] = [deviceChip(part('target'), act), deviceChip(part('reporter'), act)];
  /** @type {Report | null} */
  let shown = null;
  const opens = (/** @type {string} */ name, /** @type {(report: Report) => import('../state.js').Deed} */ deed) =>
    part(name).addEventListener('click', () => shown !== null && act({ type: 'open', deed: deed(shown) }));
  opens('ban', ({ device }) => ({ kind: 'ban', device }));
  opens('lift', ({ device }) => ({ kind: 'lift', device }));
  opens('dismiss', ({ id, device }) => ({ kind: 'dismiss', pool: pool(), report: id, device }));
  let earlier = '';

  /** @param {Report} report @param {number} now */
  const update = (report, now) => {
    shown = report;
    setText(part('reason'), reportName(report.reason));
    setText(part('number'), `report ${report.id}`);
    showTime(part('at'), report.at, now);
    setText(part('note'), report.note ?? '');
    setShown(part('note'), report.note !== null);
    showTarget(report.device);
    showReporter(report.reporter);
    setText(part('against'), `${report.against} of ${some(report.needed, 'reporter')}`);
    showDots(part('dots'), report);
    setText(part('counted'), report.counted ? '' : 'does not count');
    setShown(part('ban-fact'), report.bannedUntil !== null);
    if (report.bannedUntil !== null) showTime(part('until'), report.bannedUntil, now);
    setShown(part('dismiss'), !report.dismissed);
    setShown(part('lift'), report.bannedUntil !== null);
    setText(part('ban'), report.bannedUntil === null ? 'Ban…' : 'Ban anew…');
    node.classList.toggle('settled', report.dismissed);
    setShown(part('earlier-box'), report.earlier.length > 0);
    const ids = report.earlier.map(({ id }) => id).join();
    if (ids !== earlier) part('earlier').replaceChildren(...report.earlier.map(() => make('li', '')));
    earlier = ids;
    report.earlier.forEach((record, index) => showEarlier(part('earlier').children[index], record, now));
  };
  return { node, update };
}

/** How far it is to a ban; beyond a handful the words have to do. @param {HTMLElement} place @param {Report} report */
function showDots(place, { against, needed }) {
  const wanted = needed > MOST_DOTS ? 0 : needed;
  while (place.childElementCount > wanted) place.lastElementChild?.remove();
  while (place.childElementCount < wanted) place.append(make('i', ''));
  [...place.children].forEach((dot, index) => dot.classList.toggle('on', index < against));
}

/** @param {Element | undefined} line @param {Record} record @param {number} now */
function showEarlier(line, record, now) {
  if (line === undefined) return;
  if (line.childElementCount === 0) line.append(make('strong', ''), ' ', make('time', 'aside'), make('span', ''));
  const [what, when, note] = line.children;
  if (what !== undefined) setText(what, actionName(record.action, record.on));
  if (when instanceof HTMLElement) showTime(when, record.at, now);
  if (note !== undefined) setText(note, record.note === null ? '' : `: ${record.note}`);
}
