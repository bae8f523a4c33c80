/** Joins the reducer of the rooms to the browser: events in, effects out. */

/** @import { Effect, Event } from './state.js' */

import { recall, recallRooms, rememberRooms } from '../device.js';
import { createLoop } from '../loop.js';
import { nickname } from '../names.js';
import { ask } from './api.js';
import { reduce } from './reducer.js';
import { codeIn } from './shapes.js';
import { RoomSocket, socketUrl } from './socket.js';
import { initial } from './state.js';
import { createView } from './view.js';

/** @typedef {Event extends infer E ? E extends Event ? Omit<E, 'at' | 'random'> : never : never} Happening */

/** What people see of times is to the second. */
const TICK_MS = 1_000;

/** The address of the API, which is beside the page. */
const surroundings = { base: document.baseURI, fetch: window.fetch.bind(window) };

let state = initial({
  at: Date.now(),
  session: recallRooms(localStorage),
  suggestion: recall(localStorage).nickname ?? nickname(Math.random),
});

/** @param {Happening} happening */
function handle(happening) {
  const done = reduce(state, /** @type {Event} */ ({ ...happening, at: Date.now(), random: Math.random() }));
  state = done.state;
  done.effects.forEach(perform);
}

/** @type {(happening: Happening) => void} */
const dispatch = createLoop(handle, () => show(state));
const show = createView(dispatch);
const socket = new RoomSocket(dispatch);

/** The code stands where browsers do not send it. */
const code = () => codeIn(location.hash.slice(1));

/** @param {string | null} wanted */
const addressOf = (wanted) => location.pathname + location.search + (wanted === null ? '' : `#${wanted}`);

/** @param {Effect} effect */
function perform(effect) {
  switch (effect.do) {
    case 'call': return void ask(surroundings, effect.call).then((answer) => dispatch({ type: 'answer', call: effect.call, answer }));
    case 'open': return socket.open(effect.line, socketUrl(surroundings.base, effect.code, effect.token));
    case 'hang_up': return socket.hangUp();
    case 'send': return socket.send(effect.frame);
    case 'address': return code() === effect.code ? undefined : history.pushState(null, '', addressOf(effect.code));
    case 'remember': return rememberRooms(localStorage, effect.session);
    // Another window may have chosen another nickname meanwhile.
    case 'forget': return recallRooms(localStorage)?.token === effect.token ? rememberRooms(localStorage, null) : undefined;
    case 'copy_link': return void copy(new URL(addressOf(effect.code), location.href).href);
    case 'wake': return void window.setTimeout(() => dispatch({ type: 'tick' }), effect.ms);
  }
}

/** @param {string} text */
const copy = (text) =>
  navigator.clipboard?.writeText(text).then(
    () => dispatch({ type: 'copied', done: true }),
    () => dispatch({ type: 'copied', done: false }),
  ) ?? dispatch({ type: 'copied', done: false });

window.setInterval(() => dispatch({ type: 'tick' }), TICK_MS);
document.addEventListener('visibilitychange', () => dispatch({ type: 'tick' }));
window.addEventListener('online', () => dispatch({ type: 'retry' }));
// Going back and a link within the page bring about both of these, or one of them.
window.addEventListener('popstate', () => dispatch({ type: 'address', code: code() }));
window.addEventListener('hashchange', () => dispatch({ type: 'address', code: code() }));

dispatch({ type: 'start', code: code() });
