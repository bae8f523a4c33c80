/** Consent, camera, countdown, upload and verdict. */

/** @import { State } from '../state.js' */
/** @import { Act, Show } from '../view.js' */

import { element, ref, setBlocked, setShown, setText } from '../dom.js';
import { GENDER_NAMES, duration } from '../sentences.js';

/** @param {Act} act @returns {Show} */
export function checkView(act) {
  const consent = ref('consent', HTMLInputElement);
  const progress = ref('progress', HTMLProgressElement);
  const [terms, viewfinder, count, hint] = ['check-consent', 'viewfinder', 'count', 'check-hint'].map(element);
  const [verdict, verdictText, camera, cameraText] = ['verdict', 'verdict-text', 'camera', 'camera-text'].map(element);
  const [shoot, proceed, skip] = ['shoot', 'check-continue', 'check-skip'].map(element);
  if (!terms || !viewfinder || !count || !hint || !verdict || !verdictText || !camera || !cameraText || !shoot || !proceed || !skip) {
    throw new Error('The check screen is incomplete.');
  }
  consent.addEventListener('change', () => act({ type: 'consent', given: consent.checked }));
  let shown = '';

  return (state) => {
    if (state.screen !== 'check') {
      shown = '';
      return;
    }
    const { step, consent: given, shootAt, progress: fraction, problem, retryAt, message } = state.check;
    const required = state.terms?.verification === 'required';
    const live = step === 'preview' || step === 'countdown' || step === 'uploading';
    const passed = step === 'verified' || step === 'abstained';
    const again = step === 'failed' || step === 'unsure' || step === 'abstained';

    if (consent.checked !== given) consent.checked = given;
    setShown(terms, step === 'consent');
    setShown(viewfinder, live || step === 'starting');
    viewfinder.dataset.step = step;
    setText(count, shootAt === null ? '' : String(Math.max(1, Math.ceil((shootAt - state.now) / 1000))));
    setText(hint, HINTS[step] ?? '');
    setShown(hint, HINTS[step] !== undefined);
    setShown(progress, step === 'uploading');
    progress.value = Math.round(fraction * 100);

    setShown(verdict, again || passed);
    verdict.dataset.tone = step === 'verified' ? 'good' : step === 'failed' ? 'bad' : 'unsure';
    setText(verdictText, verdictSentence(state, problem, message));

    setShown(camera, step === 'consent' || step === 'starting' || again);
    setBlocked(camera, !given || step === 'starting' || retryAt !== null);
    const wait = retryAt === null ? '' : ` in ${duration(retryAt - state.now)}`;
    setText(cameraText, again ? `Try again${wait}` : 'Open the camera');
    // Stays where it is until the verdict, so that a second press never lands on Skip.
    setShown(shoot, live);
    setBlocked(shoot, step !== 'preview');
    setText(shoot, step === 'uploading' ? 'Checking…' : 'Take the picture');
    setShown(proceed, passed || (step === 'unsure' && !required));
    setText(proceed, passed ? 'Continue' : 'Continue without');
    proceed.classList.toggle('primary', step === 'verified');
    proceed.classList.toggle('secondary', step !== 'verified');
    setShown(skip, !required && !passed && step !== 'unsure');

    // A button that went away took the focus with it; the one that came is where to go on.
    if (shown !== '' && shown !== step && document.activeElement === document.body) {
      [shoot, proceed, camera].find((button) => !button.hidden)?.focus();
    }
    shown = step;
  };
}

/** @type {Partial<Record<State['check']['step'], string>>} */
const HINTS = {
  starting: 'Please allow the camera when the browser asks.',
  preview: 'Look straight into the camera, with light on your face.',
  countdown: 'Hold still.',
  uploading: 'Checking. The picture is wiped right after.',
};

/** @param {State} state @param {string | null} problem @param {string | null} message */
function verdictSentence({ check: { step }, gender }, problem, message) {
  if (step === 'failed') return problem ?? '';
  if (step === 'abstained') {
    return 'The picture is fine, but the estimate was not sure, so others see: prefers not to say. You can go on, or try again.';
  }
  if (step === 'unsure') return message ?? 'The picture could not be judged.';
  return gender === null ? '' : `Done. The estimate is: ${GENDER_NAMES[gender].toLowerCase()}. It holds for a day.`;
}
