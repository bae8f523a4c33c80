/** What asks first, reports, and the list of them. The browser's own dialogs keep the focus inside and give it back. */

/** @import { Reported } from '../shapes.js' */
/** @import { Inside } from '../state.js' */
/** @import { Act, Show } from '../view.js' */

import { element, isBlocked, make, onSubmit, ref, setBlocked, setShown, setText } from '../../dom.js';
import { charCount } from '../../protocol.js';
import { isolated, question } from '../sentences.js';
import { isOwner } from '../state.js';

/** Characters of a reason. */
const REASON_CHARS = 500;

/** @param {Act} act @returns {Show} */
export function dialogView(act) {
  const kinds = /** @type {const} */ (['ask', 'report', 'reports']);
  const dialogs = { ask: ref('ask-dialog', HTMLDialogElement), report: ref('report-dialog', HTMLDialogElement), reports: ref('reports-dialog', HTMLDialogElement) };
  for (const kind of kinds) {
    // Escape closes a dialog by itself; the state has to hear of it.
    dialogs[kind].addEventListener('cancel', (event) => {
      event.preventDefault();
      act({ type: 'close_dialog' });
    });
  }
  const parts = [askView(), reportView(act), reportsView(act)];
  return (state) => {
    for (const show of parts) show(state);
    for (const kind of kinds) {
      const open = state.dialog?.kind === kind;
      if (open && !dialogs[kind].open) dialogs[kind].showModal();
      if (open || !dialogs[kind].open) continue;
      dialogs[kind].close();
      // What had the focus before may be gone with the member that it was about.
      if (document.activeElement === document.body) element('room-title').focus({ preventScroll: true });
    }
  };
}

/** @returns {Show} */
function askView() {
  const [title, text, problem, confirm] = [element('ask-title'), element('ask-text'), element('ask-problem'), element('ask-confirm')];
  return ({ dialog, inside }) => {
    if (dialog?.kind !== 'ask') return;
    const { deed } = dialog;
    const words = question(deed.kind, 'nickname' in deed ? deed.nickname : '', inside !== null && isOwner(inside));
    setText(title, words.title);
    setText(text, words.text);
    setText(confirm, dialog.call === null ? words.confirm : 'One moment…');
    setBlocked(confirm, dialog.call !== null);
    setText(problem, dialog.problem ?? '');
    setShown(problem, dialog.problem !== null);
  };
}

/** @param {Act} act @returns {Show} */
function reportView(act) {
  const form = ref('report-form', HTMLFormElement);
  const reason = ref('reason', HTMLTextAreaElement);
  const [name, quote, count, problem, send] = [element('report-name'), element('report-quote'), element('reason-count'), element('report-problem'), element('report-send')];
  let sending = false;
  let about = 0;
  const measure = () => {
    const length = charCount(reason.value.trim());
    setText(count, `${length} of ${REASON_CHARS}`);
    setBlocked(send, sending || length > REASON_CHARS);
  };
  form.addEventListener('input', measure);
  onSubmit(form, () => !isBlocked(send) && act({ type: 'report', reason: reason.value.trim() }));
  return ({ dialog }) => {
    if (dialog?.kind !== 'report') return void (about = 0);
    if (about !== dialog.message.id) reason.value = '';
    about = dialog.message.id;
    sending = dialog.call !== null;
    setText(name, dialog.message.nickname);
    quote.dir = 'auto';
    setText(quote, dialog.message.text);
    setText(problem, dialog.problem ?? '');
    setShown(problem, dialog.problem !== null);
    setText(send, sending ? 'Sending…' : 'Send the report');
    measure();
  };
}

/** @param {Act} act @returns {Show} */
function reportsView(act) {
  const [words, list] = [element('reports-state'), element('report-list')];
  /** @type {Reported[] | null} */
  let shown = null;
  list.addEventListener('click', ({ target }) => {
    const button = target instanceof Element ? target.closest('button') : null;
    const { alias, nickname } = button?.dataset ?? {};
    if (alias !== undefined && nickname !== undefined) act({ type: 'ask', deed: { kind: 'ban', alias, nickname } });
  });
  return ({ dialog, inside }) => {
    if (dialog?.kind !== 'reports') return;
    const number = dialog.list?.length ?? 0;
    setText(words, dialog.problem ?? (dialog.list === null ? 'Loading…' : number === 0 ? 'Nothing is reported.' : 'Who reported is not told.'));
    if (dialog.list === shown) return;
    shown = dialog.list;
    list.replaceChildren(...(dialog.list ?? []).map((reported) => report(reported, inside)));
  };
}

/** @param {Reported} reported @param {Inside | null} inside */
function report({ message, reasons }, inside) {
  const item = make('li', 'report');
  const name = make('p', 'author', message.nickname);
  const quote = make('blockquote', '', message.text);
  name.dir = 'auto';
  quote.dir = 'auto';
  item.append(name, quote, make('p', 'aside', reasons.length === 1 ? 'Reported once' : `Reported ${reasons.length} times`));
  for (const text of reasons) {
    const reason = make('p', 'reason', text);
    reason.dir = 'auto';
    item.append(reason);
  }
  const author = inside?.members.find(({ alias, you }) => alias === message.alias && !you);
  if (author === undefined) return item;
  const ban = make('button', 'secondary small danger', `Ban ${isolated(author.nickname)}`);
  ban.setAttribute('type', 'button');
  ban.dataset.alias = author.alias;
  ban.dataset.nickname = author.nickname;
  item.append(ban);
  return item;
}
