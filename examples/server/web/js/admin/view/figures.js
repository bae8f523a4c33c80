/** The live figures. */

/** @import { Count, Figures, Minute, Now, Second } from '../shapes.js' */
/** @import { Show } from '../view.js' */

import { element, make, ref, setShown, setText } from '../../dom.js';
import { clockTime, count, outcomeName, queueName, ruleName, some, span } from '../words.js';
import { copy, findShape, setAttribute } from './parts.js';
import { plotView } from './plots.js';

/** Names of queues, outcomes or rules that are shown one by one. */
const MOST_BARS = 8;

const EACH = count;

/**
 * @typedef {object} Figure
 * @property {string} name
 * @property {string} tone
 * @property {(now: Now) => string} value
 * @property {(now: Now) => string} unit
 * @property {(minute: Minute, before: Minute | undefined) => number | null} minute what is plotted
 * @property {((second: Second) => number)} [second] of the last minute, until there are two minutes
 * @property {(n: number) => string} format
 */

/** @type {Figure[]} */
const NOW = [
  { name: 'Online', tone: 'iris', value: ({ online }) => count(online), unit: ({ connections }) => `${some(connections, 'connection')} here`, minute: ({ online }) => online, second: ({ online }) => online, format: EACH },
  { name: 'Waiting', tone: 'coral', value: ({ waiting }) => count(waiting), unit: ({ queues }) => `in ${some(queues.length, 'queue')}`, minute: ({ waiting }) => waiting, second: ({ waiting }) => waiting, format: EACH },
  { name: 'Pairs', tone: 'iris', value: ({ pairs }) => count(pairs), unit: ({ pairs }) => `${count(2 * pairs)} people talking`, minute: ({ pairs }) => pairs, second: ({ pairs }) => pairs, format: EACH },
  { name: 'Matches a minute', tone: 'coral', value: ({ matchesPerMinute }) => count(matchesPerMinute), unit: ({ matches }) => `${count(matches)} ever`, minute: ({ matches }) => matches, format: EACH },
];

/** @type {Figure[]} */
const MORE = [
  { name: 'Median wait', tone: 'iris', value: ({ wait }) => span(wait.medianMs), unit: ({ wait }) => `of ${some(wait.count, 'wait')}`, minute: ({ medianMs }) => medianMs, format: span },
  { name: '95th percentile wait', tone: 'iris', value: ({ wait }) => span(wait.p95Ms), unit: () => 'in the last hour', minute: ({ p95Ms }) => p95Ms, format: span },
  { name: 'Reports', tone: 'coral', value: ({ reports }) => count(reports), unit: () => 'kept; new ones plotted', minute: fresh, format: EACH },
  { name: 'Bans', tone: 'coral', value: ({ bans }) => count(bans), unit: () => 'devices now', minute: ({ bans }) => bans, format: EACH },
  { name: 'Pictures judged', tone: 'iris', value: ({ verification }) => count(total(verification)), unit: share, minute: ({ judged }) => judged, format: EACH },
  { name: 'Verified', tone: 'iris', value: ({ verification }) => count(of(verification, 'verified')), unit: () => 'in the last hour', minute: ({ verified }) => verified, format: EACH },
  { name: 'Refusals', tone: 'coral', value: ({ refusals }) => count(total(refusals)), unit: () => 'in the last hour', minute: ({ refusals }) => refusals, format: EACH },
  { name: 'Messages relayed', tone: 'iris', value: ({ messages }) => count(messages), unit: () => 'in the last hour', minute: ({ messages }) => messages, format: EACH },
];

/** New reports, as far as those that were forgotten meanwhile do not hide them. @param {Minute} minute @param {Minute | undefined} before */
function fresh({ reports }, before) {
  return before === undefined ? null : Math.max(0, reports - before.reports);
}

/** @param {Count[]} counts */
function total(counts) {
  return counts.reduce((sum, [, n]) => sum + n, 0);
}

/** @param {Count[]} counts @param {string} name */
function of(counts, name) {
  return counts.find(([known]) => known === name)?.[1] ?? 0;
}

/** @param {Now} now */
function share({ verification }) {
  const all = total(verification);
  return all === 0 ? 'in the last hour' : `${Math.round((100 * of(verification, 'verified')) / all)} % verified`;
}

/** @returns {Show} */
export function figuresView() {
  const parts = [group(element('plots-now'), NOW), group(element('plots-more'), MORE), numbersView()];
  const [queues, outcomes, refusals] = [
    barsView(element('queues'), element('queues-none')),
    barsView(element('outcomes'), element('outcomes-none')),
    barsView(element('refusals'), element('refusals-none')),
  ];
  const when = element('figures-when');
  return ({ screen, figures, stream }) => {
    if (screen !== 'figures') return;
    const { now } = figures;
    setText(when, now === null ? 'Loading…' : stream.status === 'open' ? `At ${clockTime(now.at)}, second by second` : `As of ${clockTime(now.at)}`);
    if (now === null) return;
    for (const show of parts) show(figures, now);
    queues(now.queues.map(({ gender, filter, waiting }) => [queueName(gender, filter), waiting]));
    outcomes(now.verification.map(([name, n]) => [outcomeName(name), n]));
    refusals(now.refusals.map(([name, n]) => [ruleName(name), n]));
  };
}

/** @param {HTMLElement} place @param {Figure[]} shown @returns {(figures: Figures, now: Now) => void} */
function group(place, shown) {
  const views = shown.map(({ name, tone }) => plotView(place, name, tone));
  return ({ seconds, minutes }, now) => {
    shown.forEach(({ value, unit, minute, second, format }, index) => {
      const fine = minutes.length < 2 && second !== undefined;
      const points = fine
        ? seconds.map((one) => ({ at: one.at, value: second(one) }))
        : minutes.map((one, at) => ({ at: one.at, value: minute(one, minutes[at - 1]) }));
      const [first, last] = [points[0]?.at ?? now.at, points.at(-1)?.at ?? now.at];
      views[index]?.(value(now), unit(now), points, format, span(Math.max(1_000, last - first)));
    });
  };
}

/**
 * The largest of some counts, as bars.
 * @param {HTMLElement} list @param {HTMLElement} none what is shown instead if there are none
 * @returns {(counts: Count[]) => void}
 */
function barsView(list, none) {
  return (counts) => {
    const known = counts.filter(([, n]) => n > 0).sort(([, a], [, b]) => b - a);
    const top = known.slice(0, MOST_BARS);
    const rest = known.slice(MOST_BARS);
    const shown = rest.length === 0 ? top : [...top, /** @type {Count} */ ([`${rest.length} more`, total(rest)])];
    const most = Math.max(1, ...shown.map(([, n]) => n));
    setShown(none, shown.length === 0);
    while (list.childElementCount > shown.length) list.lastElementChild?.remove();
    while (list.childElementCount < shown.length) list.append(copy('bar-template').node);
    shown.forEach(([label, n], index) => {
      const line = list.children[index];
      if (line === undefined) return;
      for (const [part, text] of /** @type {const} */ ([['name', label], ['count', count(n)]])) {
        const target = line.querySelector(`[data-part="${part}"]`);
        if (target !== null) setText(target, text);
      }
      setAttribute(findShape(line, 'bar'), 'width', String(Math.round((1000 * n) / most) / 10));
    });
  };
}

/** Every number behind the plots, made only for who opens it. @returns {(figures: Figures) => void} */
function numbersView() {
  const [details, table] = [ref('numbers', HTMLDetailsElement), ref('numbers-table', HTMLTableElement)];
  const columns = [...NOW, ...MORE];
  const heads = ['Time', ...columns.map(({ name }) => name)].map((name) => {
    const cell = make('th', '', name);
    cell.setAttribute('scope', 'col');
    return cell;
  });
  const head = document.createElement('tr');
  head.append(...heads);
  table.tHead?.append(head);
  let until = 0;
  /** @type {Minute[]} */
  let latest = [];
  const fill = () => {
    const last = latest.at(-1)?.at ?? 0;
    if (!details.open || last === until) return;
    until = last;
    const lines = latest.map((minute, index) => {
      const line = document.createElement('tr');
      const time = make('th', '', clockTime(minute.at));
      time.setAttribute('scope', 'row');
      line.append(time, ...columns.map(({ minute: read, format }) => {
        const value = read(minute, latest[index - 1]);
        return make('td', '', value === null ? '–' : format(value));
      }));
      return line;
    });
    table.tBodies[0]?.replaceChildren(...lines.reverse());
  };
  details.addEventListener('toggle', fill);
  return ({ minutes }) => {
    latest = minutes;
    fill();
  };
}
