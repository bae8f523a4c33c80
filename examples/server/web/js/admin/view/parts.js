/** Pieces that are made many times: a copy of a template, its parts by name, a device, a time, a list by keys. */

/** @import { Act } from '../view.js' */

import { ref, setText } from '../../dom.js';
import { dateTime, relative, short } from '../words.js';

/** @typedef {{ node: HTMLElement, part: (name: string) => HTMLElement }} Piece */

/** A copy of a template with one root. @param {string} name @returns {Piece} */
export function copy(name) {
  const fragment = /** @type {DocumentFragment} */ (ref(name, HTMLTemplateElement).content.cloneNode(true));
  const node = fragment.firstElementChild;
  if (!(node instanceof HTMLElement)) throw new Error(`The template "${name}" is empty.`);
  return { node, part: (part) => find(node, part) };
}

/** @param {ParentNode} root @param {string} name */
export function find(root, name) {
  const found = root.querySelector(`[data-part="${name}"]`);
  if (!(found instanceof HTMLElement)) throw new Error(`There is no part "${name}".`);
  return found;
}

/** @param {ParentNode} root @param {string} name */
export function findShape(root, name) {
  const found = root.querySelector(`[data-part="${name}"]`);
  if (!(found instanceof SVGElement)) throw new Error(`There is no shape "${name}".`);
  return found;
}

/** @param {Element} target @param {string} name @param {string} value */
export function setAttribute(target, name, value) {
  if (target.getAttribute(name) !== value) target.setAttribute(name, value);
}

/** An instant, as far from now as it is, and exactly for who points at it. @param {HTMLElement} target @param {number} at @param {number} now */
export function showTime(target, at, now) {
  setText(target, relative(at, now));
  const written = new Date(at);
  if (Number.isNaN(written.getTime())) return;
  setAttribute(target, 'datetime', written.toISOString());
  setAttribute(target, 'title', dateTime(at));
}

/**
 * A device: the beginning of its hash, which leads to its records, and a button that copies all of it.
 * @param {HTMLElement} place @param {Act} act @returns {(device: string) => void}
 */
export function deviceChip(place, act) {
  const { node, part } = copy('device-template');
  let shown = '';
  part('record').addEventListener('click', () => act({ type: 'about', device: shown }));
  part('copy').addEventListener('click', () => act({ type: 'copy', text: shown }));
  place.append(node);
  return (device) => {
    if (device === shown) return;
    shown = device;
    setText(part('record'), short(device));
    part('record').title = device;
    part('record').setAttribute('aria-label', `Records about device ${short(device)}`);
    part('copy').setAttribute('aria-label', `Copy device ${short(device)}`);
  };
}

/**
 * Shows rows under their keys: what stays keeps its node, and so the focus and an open menu.
 * @template T
 * @param {HTMLElement} list
 * @param {(row: T) => string} key
 * @param {() => { node: HTMLElement, update: (row: T, now: number) => void }} make
 * @returns {(rows: T[], now: number) => void}
 */
export function keyed(list, key, make) {
  /** @type {Map<string, ReturnType<typeof make>>} */
  let known = new Map();
  return (rows, now) => {
    const next = new Map(rows.map((row) => [key(row), known.get(key(row)) ?? make()]));
    for (const [name, { node }] of known) if (!next.has(name)) node.remove();
    known = next;
    rows.forEach((row, index) => {
      const made = known.get(key(row));
      if (made === undefined) return;
      made.update(row, now);
      if (list.children[index] !== made.node) list.insertBefore(made.node, list.children[index] ?? null);
    });
  };
}
