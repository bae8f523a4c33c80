/** Whom to look for, and how many matches are left today. */

/** @import { Filter } from '../protocol.js' */
/** @import { State } from '../state.js' */
/** @import { Act, Show } from '../view.js' */

import { element, make, onSubmit, radio, ref, setBlocked, setShown, setText } from '../dom.js';
import { FILTERS, UNLIMITED } from '../protocol.js';
import { FILTER_NAMES, GENDER_NAMES, duration, leftToday } from '../sentences.js';
import { isOpen } from '../state.js';
import { mustWait, usedUp } from '../rules/matching.js';
import { current, isOffered } from '../rules/pools.js';

/** @param {Act} act @returns {Show} */
export function findView(act) {
  const form = ref('find-form', HTMLFormElement);
  const [find, findText, me, noGender] = [element('find'), element('find-text'), element('me'), element('no-gender')];
  const options = new Map(FILTERS.map((filter) => [filter, radio('filter', filter, FILTER_NAMES[filter])]));
  for (const { node } of options.values()) element('filters').append(node);
  form.addEventListener('change', ({ target }) => {
    if (target instanceof HTMLInputElement) act({ type: 'filter', filter: /** @type {Filter} */ (target.value) });
  });
  onSubmit(form, () => act({ type: 'find' }));
  const showPools = poolsView(act);
  const showBlocks = blocksView(act);

  return (state) => {
    if (state.screen !== 'find') return;
    for (const [filter, { input, aside }] of options) {
      input.disabled = usedUp(state, filter);
      if (input.checked !== (filter === state.filter)) input.checked = filter === state.filter;
      setText(aside, leftToday(filter === 'any' ? UNLIMITED : state.limits[filter], UNLIMITED));
    }
    const { profile, gender, wait, filter } = state;
    setText(me, gender === null ? profile.nickname : `${profile.nickname}, ${GENDER_NAMES[gender].toLowerCase()}`);
    setShown(noGender, gender === null);
    const waits = mustWait(state);
    setBlocked(find, waits || !isOpen(state) || usedUp(state, filter));
    setText(findText, waits && wait !== null ? `Find somebody in ${duration(wait.until - state.now)}` : 'Find somebody');
    showPools(state);
    showBlocks(state);
  };
}

/** Where to look, if the server leaves a choice. @param {Act} act @returns {Show} */
function poolsView(act) {
  const [field, select] = [element('pool-field'), ref('pool', HTMLSelectElement)];
  select.addEventListener('change', () => act({ type: 'pool', pool: select.value }));
  let shown = '';
  return (state) => {
    const pools = state.terms?.pools ?? [];
    setShown(field, isOffered(state));
    if (shown !== pools.join()) {
      shown = pools.join();
      select.replaceChildren(...pools.map((pool) => new Option(pool, pool)));
    }
    const here = current(state) ?? '';
    if (select.value !== here) select.value = here;
  };
}

/** Blocks made in this visit, each with its undo. @param {Act} act @returns {Show} */
function blocksView(act) {
  const [box, title, list] = [element('blocks'), element('blocks-title'), element('block-list')];
  /** @type {State['blocks'] | null} */
  let shown = null;
  return ({ blocks }) => {
    if (blocks === shown) return;
    shown = blocks;
    setShown(box, blocks.length > 0);
    setText(title, `Blocked in this visit (${blocks.length})`);
    list.replaceChildren(
      ...blocks.map(({ block, nickname, lifting }) => {
        const row = make('li', 'row');
        const undo = make('button', 'text', lifting ? 'Undoing…' : 'Undo');
        undo.setAttribute('type', 'button');
        undo.setAttribute('aria-label', `Undo the block of ${nickname}`);
        setBlocked(undo, lifting);
        undo.addEventListener('click', () => act({ type: 'unblock', block }));
        row.append(make('span', '', nickname), undo);
        return row;
      }),
    );
  };
}
