/** Joins the reducer to the browser: events in, effects out. */

/** @import { Effect, Event } from './state.js' */

import { Camera } from './camera.js';
import { Connection, socketUrl } from './connection.js';
import { deviceId, isKnown, randomHex, recall, recallPool, remember, rememberPool } from './device.js';
import { ref } from './dom.js';
import { createLoop } from './loop.js';
import { nickname } from './names.js';
import { reduce } from './reducer.js';
import { initial } from './state.js';
import { upload } from './upload.js';
import { createView } from './view.js';

/** @typedef {Event extends infer E ? E extends Event ? Omit<E, 'at'> : never : never} Happening */

/** Clocks on the page show seconds. */
const TICK_MS = 1_000;

const knownDevice = isKnown(localStorage);
const remembered = recall(localStorage);

let state = initial({
  at: Date.now(),
  profile: { nickname: remembered.nickname ?? nickname(Math.random), bio: remembered.bio ?? '' },
  pool: recallPool(localStorage),
  // Ids go on being different after a reload, or the peer would take new messages for doubles.
  idPrefix: randomHex(4),
});

/** @param {Happening} happening */
function handle(happening) {
  const done = reduce(state, /** @type {Event} */ ({ ...happening, at: Date.now() }));
  state = done.state;
  done.effects.forEach(perform);
}

/** @type {(happening: Happening) => void} */
const dispatch = createLoop(handle, () => show(state));
const show = createView(dispatch);
const camera = new Camera(ref('video', HTMLVideoElement), (why) => dispatch({ type: 'camera_failed', why }));
let stopUpload = () => {};
/** @type {Connection | null} */
let connection = null;

/** The device id is made when it is first needed, which is when somebody presses Start. */
const address = () => socketUrl(document.baseURI, deviceId(localStorage), state.pool);

const line = () =>
  (connection ??= new Connection(address(), dispatch, {
    open: (url) => new WebSocket(url),
    after: (call, ms) => window.setTimeout(call, ms),
    cancel: (timer) => window.clearTimeout(timer),
    random: Math.random,
  }));

async function openCamera() {
  const why = await camera.open();
  if (why === null) dispatch({ type: 'camera_ready' });
  else if (why !== 'closed') dispatch({ type: 'camera_failed', why });
}

async function shoot() {
  const picture = await camera.shoot();
  if (picture === null) return dispatch({ type: 'camera_failed', why: 'unknown' });
  stopUpload = upload(picture, deviceId(localStorage), dispatch);
}

/** @param {Effect} effect */
function perform(effect) {
  switch (effect.do) {
    case 'send': return line().send(effect.request);
    case 'connect': return line().connect();
    case 'wake': return void window.setTimeout(() => dispatch({ type: 'tick' }), effect.ms);
    case 'remember': return remember(localStorage, effect.profile);
    case 'turn':
      rememberPool(localStorage, effect.pool);
      line().url = address();
      return;
    case 'camera_open': return void openCamera();
    case 'camera_shoot': return void shoot();
    case 'camera_close':
      stopUpload();
      return camera.close();
  }
}

window.setInterval(() => dispatch({ type: 'tick' }), TICK_MS);
document.addEventListener('visibilitychange', () => dispatch({ type: 'tick' }));
window.addEventListener('online', () => state.link.status === 'down' && line().connect());

show(state);
// Somebody who was here before may have a chat that is still open.
if (knownDevice) line().connect();
