/** Nickname and bio. What is being typed lives in the fields; the state gets it when it is saved. */

/** @import { Act, Show } from '../view.js' */

import { element, onSubmit, ref, setBlocked, setShown, setText } from '../dom.js';
import { nickname as invent } from '../names.js';
import { charCount } from '../protocol.js';
import { GENDER_NAMES } from '../sentences.js';

/** @param {Act} act @returns {Show} */
export function profileView(act) {
  const form = ref('profile-form', HTMLFormElement);
  const nickname = ref('nickname', HTMLInputElement);
  const bio = ref('bio', HTMLTextAreaElement);
  const [save, known, knownText] = [element('profile-save'), element('known-gender'), element('known-gender-text')];
  const [nicknameCount, bioCount] = [element('nickname-count'), element('bio-count')];
  let most = { nickname: 0, bio: 0 };
  let shown = false;

  const measure = () => {
    const name = charCount(nickname.value.trim());
    const line = charCount(bio.value.trim());
    setText(nicknameCount, `${name} of ${most.nickname}`);
    setText(bioCount, `${line} of ${most.bio}`);
    nickname.setAttribute('aria-invalid', String(name === 0 || name > most.nickname));
    bio.setAttribute('aria-invalid', String(line > most.bio));
    setBlocked(save, name === 0 || name > most.nickname || line > most.bio);
  };
  form.addEventListener('input', measure);
  onSubmit(form, () => {
    if (save.getAttribute('aria-disabled') === 'true') return nickname.focus();
    act({ type: 'profile_save', profile: { nickname: nickname.value, bio: bio.value } });
  });
  form.querySelector('[data-do="reroll"]')?.addEventListener('click', () => {
    nickname.value = invent(Math.random, nickname.value);
    measure();
  });

  return ({ screen, profile, terms, gender }) => {
    const entered = screen === 'profile' && !shown;
    shown = screen === 'profile';
    if (!shown) return;
    if (entered) {
      nickname.value = profile.nickname;
      bio.value = profile.bio;
    }
    if (terms !== null) most = terms.text;
    measure();
    setShown(known, terms !== null);
    const none = 'Others see you without a gender.';
    setText(knownText, gender === null ? none : `Others see you as: ${GENDER_NAMES[gender].toLowerCase()}.`);
  };
}
