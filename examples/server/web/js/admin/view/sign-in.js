/** The form for the key. */

/** @import { Act, Show } from '../view.js' */

import { element, isBlocked, onSubmit, ref, setBlocked, setShown, setText } from '../../dom.js';

/** @param {Act} act @returns {Show} */
export function signInView(act) {
  const key = ref('key', HTMLInputElement);
  const [problem, hint, send] = [element('sign-in-problem'), element('sign-in-hint'), element('sign-in-send')];
  onSubmit(ref('sign-in-form', HTMLFormElement), () => {
    if (!isBlocked(send)) act({ type: 'sign_in', key: key.value });
  });
  return ({ screen, signIn }) => {
    if (screen !== 'sign-in') {
      // Nobody who comes to this machine later finds it.
      key.value = '';
      return;
    }
    setText(problem, signIn.problem ?? '');
    setShown(problem, signIn.problem !== null);
    setText(hint, signIn.hint ?? '');
    setShown(hint, signIn.hint !== null);
    key.setAttribute('aria-invalid', String(signIn.problem !== null));
    setBlocked(send, signIn.call !== null);
    setText(send, signIn.call === null ? 'Sign in' : 'Signing in…');
  };
}
