/** The field to write in. */

/** @import { Act, Show } from '../view.js' */

import { element, isBlocked, onSubmit, ref, setBlocked, setShown, setText } from '../../dom.js';
import { charCount } from '../../protocol.js';
import { MESSAGE_CHARS } from '../rules/talk.js';

/** The count appears when this much of the limit is used. */
const COUNT_FROM = 0.8;

/** @param {Act} act @returns {Show} */
export function composerView(act) {
  const form = ref('composer', HTMLFormElement);
  const field = ref('message', HTMLTextAreaElement);
  const [send, count] = [element('send'), element('message-count')];
  let isOpen = false;
  let code = '';

  const measure = () => {
    const length = charCount(field.value.trim());
    setBlocked(send, !isOpen || length === 0 || length > MESSAGE_CHARS);
    setShown(count, length > MESSAGE_CHARS * COUNT_FROM);
    setText(count, `${length} of ${MESSAGE_CHARS}`);
    field.setAttribute('aria-invalid', String(length > MESSAGE_CHARS));
    // Grows with the text, up to the height that the style sheet allows.
    field.style.height = 'auto';
    field.style.height = `${field.scrollHeight + 2}px`;
  };
  const submit = () => {
    if (isBlocked(send)) return;
    const text = field.value;
    field.value = '';
    measure();
    act({ type: 'say', text });
  };
  onSubmit(form, submit);
  field.addEventListener('keydown', (event) => {
    // Enter also ends the composition of a word in many languages; that one is not meant for us.
    if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    submit();
  });
  field.addEventListener('input', () => {
    measure();
    act({ type: 'compose', empty: field.value.trim() === '' });
  });

  return ({ inside }) => {
    const here = inside?.room.code ?? '';
    const open = inside?.line.status === 'open';
    if (here === code && open === isOpen) return;
    if (here !== code) field.value = '';
    [code, isOpen] = [here, open];
    measure();
  };
}
