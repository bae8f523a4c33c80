/** Joins the reducer of the moderators' page to the browser: events in, effects out. */

/** @import { Effect, Event } from './state.js' */

import { createLoop } from '../loop.js';
import { ask, download } from './api.js';
import { reduce } from './reducer.js';
import { initial } from './state.js';
import { Stream } from './stream.js';
import { createView } from './view.js';

/** @typedef {Event extends infer E ? E extends Event ? Omit<E, 'at' | 'random'> : never : never} Happening */

/** Times on the page are to the minute, waits to the second. */
const TICK_MS = 1_000;

/** The address of the API, which is beside the page. */
const surroundings = { base: document.baseURI, fetch: window.fetch.bind(window) };

let state = initial(Date.now());

/** @param {Happening} happening */
function handle(happening) {
  const done = reduce(state, /** @type {Event} */ ({ ...happening, at: Date.now(), random: Math.random() }));
  state = done.state;
  done.effects.forEach(perform);
}

/** @type {(happening: Happening) => void} */
const dispatch = createLoop(handle, () => show(state));
const show = createView(dispatch);
const stream = new Stream(dispatch, () => new EventSource(new URL('admin/live', surroundings.base)));

/** @param {Effect} effect */
function perform(effect) {
  switch (effect.do) {
    case 'call': return void ask(surroundings, effect.call).then((answer) => dispatch({ type: 'answer', call: effect.call, answer }));
    case 'follow': return stream.follow();
    case 'unfollow': return stream.unfollow();
    case 'wake': return void window.setTimeout(() => dispatch({ type: 'tick' }), effect.ms);
    case 'export': return void save();
    case 'copy': return void copy(effect.text);
  }
}

async function save() {
  const { file, ...answer } = await download(surroundings);
  if (file !== undefined) {
    const address = URL.createObjectURL(file);
    const link = Object.assign(document.createElement('a'), { href: address, download: 'anonchat-audit.ndjson' });
    link.click();
    // The browser has taken hold of the file by then.
    window.setTimeout(() => URL.revokeObjectURL(address), 60_000);
  }
  dispatch({ type: 'exported', answer });
}

/** @param {string} text */
const copy = (text) =>
  navigator.clipboard?.writeText(text).then(
    () => dispatch({ type: 'copied', done: true }),
    () => dispatch({ type: 'copied', done: false }),
  ) ?? dispatch({ type: 'copied', done: false });

/** A one-time link carries its secret where browsers do not send it; it leaves the address bar at once. */
function takeSecret() {
  const secret = /^#([0-9a-f]{64})$/.exec(location.hash)?.[1];
  if (secret === undefined) return false;
  history.replaceState(null, '', location.pathname + location.search);
  dispatch({ type: 'link_secret', secret });
  return true;
}

window.setInterval(() => dispatch({ type: 'tick' }), TICK_MS);
document.addEventListener('visibilitychange', () => dispatch({ type: 'tick' }));
window.addEventListener('online', () => dispatch({ type: 'retry_stream' }));
window.addEventListener('hashchange', takeSecret);

if (!takeSecret()) dispatch({ type: 'start' });
