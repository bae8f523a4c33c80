/**
 * The few ways in which the page touches the document. Text goes in as text, never as markup, and only
 * when it differs, so that a screen reader is not told the same thing every second.
 */

/**
 * The element of the page with this `data-ref`.
 * @template {Element} E
 * @param {string} name
 * @param {new () => E} kind
 * @returns {E}
 */
export function ref(name, kind) {
  const found = document.querySelector(`[data-ref="${name}"]`);
  if (!(found instanceof kind)) throw new Error(`The page has no ${kind.name} "${name}".`);
  return found;
}

/** @param {string} name */
export const element = (name) => ref(name, HTMLElement);

/** @param {Element} target @param {string} text */
export function setText(target, text) {
  if (target.textContent !== text) target.textContent = text;
}

/** @param {HTMLElement} target @param {boolean} shown */
export function setShown(target, shown) {
  if (target.hidden === shown) target.hidden = !shown;
}

/**
 * Not `disabled`, which would throw the keyboard focus away from a button that waits for a moment only.
 * @param {HTMLElement} target @param {boolean} blocked
 */
export function setBlocked(target, blocked) {
  const value = String(blocked);
  if (target.getAttribute('aria-disabled') !== value) target.setAttribute('aria-disabled', value);
}

/** @param {Element} target */
export const isBlocked = (target) => target.closest('[aria-disabled="true"]') !== null;

/** @param {string} tag @param {string} className @param {string} [text] */
export function make(tag, className, text = '') {
  const made = document.createElement(tag);
  made.className = className;
  made.textContent = text;
  return made;
}

/**
 * One labelled radio button.
 * @param {string} group @param {string} value @param {string} label
 */
export function radio(group, value, label) {
  const copy = /** @type {DocumentFragment} */ (ref('option', HTMLTemplateElement).content.cloneNode(true));
  const [input, text, aside] = [copy.querySelector('input'), copy.querySelector('span'), copy.querySelector('small')];
  if (input === null || text === null || aside === null) throw new Error('The option template is incomplete.');
  input.name = group;
  input.value = value;
  text.textContent = label;
  return { node: copy, input, text, aside };
}

/** @param {HTMLFormElement} form @param {string} name */
export function chosen(form, name) {
  const value = new FormData(form).get(name);
  return typeof value === 'string' ? value : null;
}

/** @param {HTMLFormElement} form @param {() => void} act */
export function onSubmit(form, act) {
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    act();
  });
}
