/** A page of a long list: its rows, what there is before and after it, and what went wrong. */

/** @import { ListName, Paged } from '../state.js' */
/** @import { Act } from '../view.js' */

import { isBlocked, ref, setBlocked, setShown, setText } from '../../dom.js';
import { find, keyed } from './parts.js';

/**
 * @template T
 * @param {Act} act @param {ListName} name @param {HTMLElement} box where it is shown
 * @param {(row: T) => string} key
 * @param {() => { node: HTMLElement, update: (row: T, now: number) => void }} make
 * @returns {(list: Paged<T>, now: number, none: string) => void}
 */
export function listView(act, name, box, key, make) {
  box.append(ref('list-template', HTMLTemplateElement).content.cloneNode(true));
  /** @param {string} part */
  const part = (part) => find(box, part);
  const showRows = keyed(part('rows'), key, make);
  /** @type {[string, 'older' | 'newer' | 'newest' | 'reload'][]} */
  const buttons = [['older', 'older'], ['newer', 'newer'], ['newest', 'newest'], ['again', 'reload']];
  for (const [button, type] of buttons) {
    part(button).addEventListener('click', () => !isBlocked(part(button)) && act({ type, list: name }));
  }
  let page = 0;
  return (list, now, none) => {
    const { rows, trail, next, ready, problem, stale } = list;
    const hadFocus = box.contains(document.activeElement);
    showRows(rows, now);
    setText(part('problem-text'), problem ?? '');
    setShown(part('problem'), problem !== null);
    setShown(part('fresh'), ready && stale && trail.length > 0);
    setText(part('empty'), ready ? none : 'Loading…');
    setShown(part('empty'), rows.length === 0 && problem === null);
    setShown(part('pager'), trail.length > 0 || next !== null);
    setText(part('page'), `Page ${trail.length + 1}`);
    setBlocked(part('newer'), trail.length === 0);
    setBlocked(part('older'), next === null);
    box.setAttribute('aria-busy', String(list.call !== null));
    // Another page begins at its top; and who was on a row that is gone goes on from the heading.
    const heading = box.closest('section')?.querySelector('h1');
    if (ready && trail.length !== page) {
      page = trail.length;
      window.scrollTo(0, 0);
      heading?.focus({ preventScroll: true });
    } else if (hadFocus && !box.contains(document.activeElement)) heading?.focus({ preventScroll: true });
  };
}
