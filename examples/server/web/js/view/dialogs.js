/** Report and block. The browser's own dialogs keep the focus inside and give it back. */

/** @import { Act, Show } from '../view.js' */

import { chosen, element, isBlocked, onSubmit, radio, ref, setBlocked, setShown, setText } from '../dom.js';
import { NOTE_CHARS, charCount } from '../protocol.js';
import { reportName } from '../sentences.js';
import { peerName } from '../state.js';

/** @param {Act} act @returns {Show} */
export function dialogView(act) {
  const report = ref('report-dialog', HTMLDialogElement);
  const block = ref('block-dialog', HTMLDialogElement);
  const showReport = reportView(act, report);
  const blockName = element('block-name');
  for (const dialog of [report, block]) {
    // Escape closes a dialog by itself; the state has to hear of it.
    dialog.addEventListener('cancel', (event) => {
      event.preventDefault();
      act({ type: 'dialog', kind: null });
    });
    dialog.addEventListener('close', () => act({ type: 'dialog', kind: null }));
  }
  return (state) => {
    const { dialog, chat } = state;
    if (chat !== null) setText(blockName, peerName(chat));
    toggle(report, dialog?.kind === 'report');
    toggle(block, dialog?.kind === 'block');
    showReport(state);
  };
}

/** @param {HTMLDialogElement} dialog @param {boolean} open */
function toggle(dialog, open) {
  if (open && !dialog.open) dialog.showModal();
  if (!open && dialog.open) dialog.close();
}

/** @param {Act} act @param {HTMLDialogElement} dialog @returns {Show} */
function reportView(act, dialog) {
  const form = ref('report-form', HTMLFormElement);
  const note = ref('note', HTMLTextAreaElement);
  const [name, reasons, count, problem, send] = [
    element('report-name'), element('reasons'), element('note-count'), element('report-problem'), element('report-send'),
  ];
  let offered = '';
  let wasOpen = false;
  let sending = false;

  const measure = () => {
    const length = charCount(note.value.trim());
    setText(count, `${length} of ${NOTE_CHARS}`);
    setBlocked(send, sending || chosen(form, 'reason') === null || length > NOTE_CHARS);
  };
  form.addEventListener('input', measure);
  onSubmit(form, () => {
    const reason = chosen(form, 'reason');
    if (reason !== null && !isBlocked(send)) act({ type: 'report', reason, note: note.value });
  });

  return ({ dialog: open, chat, terms }) => {
    const list = terms?.reports ?? [];
    if (list.join('\n') !== offered) {
      offered = list.join('\n');
      for (const old of reasons.querySelectorAll('label')) old.remove();
      reasons.append(...list.map((reason) => radio('reason', reason, reportName(reason)).node));
    }
    if (dialog.open && !wasOpen) form.reset();
    wasOpen = dialog.open;
    if (open?.kind !== 'report') return;
    sending = open.sending;
    if (chat !== null) setText(name, peerName(chat));
    setText(problem, open.problem ?? '');
    setShown(problem, open.problem !== null);
    setText(send, sending ? 'Sending…' : 'Send the report');
    measure();
  };
}
