/** Gender: declared, or estimated from one picture that is taken only after consent. */

/** @import { Gender } from '../protocol.js' */
/** @import { Check, State, Step } from '../state.js' */

import { GENDERS } from '../protocol.js';
import { cameraProblem, uploadProblem } from '../sentences.js';
import { FRESH_CHECK, isOpen, say, send, show, step } from '../state.js';

/** @type {ReadonlySet<Check['step']>} */
const IN_USE = new Set(['starting', 'preview', 'countdown', 'uploading']);

/** Time to look into the camera. */
const COUNTDOWN_MS = 3_000;

/** Goes from home to the first thing that is still missing. @param {State} state @returns {Step} */
export function enter(state) {
  const here = { ...state, entering: false };
  if (here.chat !== null && here.chat.ended === null) return step(show(here, 'chat'));
  if (here.search !== null) return step(show(here, 'queue'));
  if (here.gender !== null) return step(show(here, 'profile'));
  return recheck(here);
}

/** @param {State} state @returns {Step} */
export const recheck = (state) =>
  step({ ...show(state, state.terms?.verification === 'off' ? 'gender' : 'check'), check: FRESH_CHECK });

/** @param {State} state @param {Gender | null} gender @returns {Step} */
export function declare(state, gender) {
  if (gender === null) return step(show(state, 'profile'));
  if (!isOpen(state) || state.declaring) return step(state);
  return send({ ...state, declaring: true }, { action: 'declare', gender });
}

/** @param {State} state @param {Gender} gender @returns {Step} */
export function declared(state, gender) {
  const known = { ...state, gender, declaring: false };
  return step(state.screen === 'gender' ? show(known, 'profile') : known);
}

/** @param {State} state @param {Partial<Check>} change @returns {State} */
const checked = (state, change) => ({ ...state, notice: null, check: { ...state.check, ...change } });

/** @param {State} state @param {string} problem @param {number | null} [retryAt] @returns {Step} */
const failed = (state, problem, retryAt = null) =>
  step(say(checked(state, { step: 'failed', problem, retryAt, shootAt: null }), problem), { do: 'camera_close' });

/** @param {State} state @param {boolean} given @returns {Step} */
export const consent = (state, given) => step(checked(state, { consent: given }));

/** @param {State} state @returns {Step} */
export function cameraOpen(state) {
  const { step: at, consent: given, retryAt } = state.check;
  const ready = at === 'consent' || at === 'failed' || at === 'unsure' || at === 'abstained';
  if (!given || !ready || (retryAt !== null && retryAt > state.now)) return step(state);
  return step(checked(state, { step: 'starting', problem: null, retryAt: null }), { do: 'camera_open' });
}

/** @param {State} state @returns {Step} */
export function cameraReady(state) {
  // Left while the browser was asking: the light of the camera must not stay on.
  if (state.screen !== 'check' || state.check.step !== 'starting') return step(state, { do: 'camera_close' });
  return step(say(checked(state, { step: 'preview' }), 'The camera is on. Place your face in the frame.'));
}

/** @param {State} state @param {string} why @returns {Step} */
export const cameraFailed = (state, why) =>
  IN_USE.has(state.check.step) ? failed(state, cameraProblem(why)) : step(state);

/** @param {State} state @returns {Step} */
export function shoot(state) {
  if (state.check.step !== 'preview') return step(state);
  const counting = checked(state, { step: 'countdown', shootAt: state.now + COUNTDOWN_MS });
  return step(say(counting, 'Picture in three seconds. Hold still.'), { do: 'wake', ms: 1_000 });
}

/** @param {State} state @returns {Step} */
export function due(state) {
  const { step: at, shootAt, retryAt } = state.check;
  if (retryAt !== null && retryAt <= state.now) return step(checked(state, { retryAt: null }));
  if (at !== 'countdown' || shootAt === null) return step(state);
  const left = shootAt - state.now;
  if (left > 0) return step(state, { do: 'wake', ms: left % 1_000 || 1_000 });
  return step(
    say(checked(state, { step: 'uploading', shootAt: null, progress: 0 }), 'Picture taken. It is being checked.'),
    { do: 'camera_shoot' },
  );
}

/**
 * The camera does not outlive its screen, whatever took the screen away.
 * @param {State} state @returns {Step}
 */
export const offScreen = (state) =>
  state.screen !== 'check' && IN_USE.has(state.check.step)
    ? step({ ...state, check: FRESH_CHECK }, { do: 'camera_close' })
    : step(state);

/** @param {State} state @param {number} fraction @returns {Step} */
export const uploadProgress = (state, fraction) =>
  step(state.check.step === 'uploading' ? checked(state, { progress: Math.min(1, Math.max(0, fraction)) }) : state);

/**
 * @param {State} state
 * @param {{ status: number, body: unknown, retryAfterMs: number | null }} answer
 * @returns {Step}
 */
export function uploadDone(state, { status, body, retryAfterMs }) {
  if (state.check.step !== 'uploading') return step(state, { do: 'camera_close' });
  const verdict = status === 200 ? readVerdict(body) : null;
  if (verdict === null) {
    return failed(state, uploadProblem(status === 200 ? 500 : status, body), retryAfterMs && state.now + retryAfterMs);
  }
  const { at, gender, message } = verdict;
  const answered = checked(state, { step: at, message, progress: 1 });
  const known = at === 'unsure' ? answered : { ...answered, gender };
  return step(say(known, at === 'unsure' ? (message ?? 'The picture could not be judged.') : 'The check is done.'), { do: 'camera_close' });
}

/**
 * Whoever has a token was checked, also when the estimate abstained.
 * @param {unknown} body
 * @returns {{ at: 'verified' | 'abstained' | 'unsure', gender: Gender | null, message: string | null } | null}
 */
function readVerdict(body) {
  if (typeof body !== 'object' || body === null || !('verified' in body)) return null;
  const { gender, verified, message, token } = /** @type {Record<string, unknown>} */ (body);
  const known = GENDERS.find((name) => name === gender) ?? null;
  const passed = verified === true ? 'verified' : typeof token === 'string' ? 'abstained' : 'unsure';
  return { at: known === null ? 'unsure' : passed, gender: known, message: typeof message === 'string' ? message : null };
}

/** Back to the camera with the consent as it was. @param {State} state @returns {Step} */
export const retry = (state) => cameraOpen(state);

/** @param {State} state @returns {Step} */
export const skip = (state) =>
  state.terms?.verification === 'required' ? step(state) : step(show(state, 'profile'));

/** @param {State} state @returns {Step} */
export const proceed = (state) =>
  state.check.step === 'verified' || state.check.step === 'abstained' ? step(show(state, 'profile')) : skip(state);
