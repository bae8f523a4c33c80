/** What asks before something is done. What was typed stays until another question is asked. */

/** @import { Deed, Filled } from '../state.js' */
/** @import { Act, Show } from '../view.js' */

import { NOTE_CHARS, charCount } from '../../protocol.js';
import { chosen, element, isBlocked, onSubmit, ref, setBlocked, setShown, setText } from '../../dom.js';
import { isolated } from '../../rooms/sentences.js';
import { isIn } from '../state.js';
import { missing } from '../rules/deeds.js';
import { short } from '../words.js';

/** @type {Record<Deed['kind'], (deed: any) => [title: string, lead: string, send: string, sending: string]>} */
const WORDS = {
  ban: ({ device }) => [
    device === null ? 'Ban a device' : `Ban ${short(device)}`,
    'Its chat ends now, on every server, and it cannot come back before the ban is over.',
    'Ban', 'Banning…',
  ],
  lift: ({ device }) => [
    `Lift the ban of ${short(device)}`,
    'It may chat again at once. The reports behind the ban count no more.',
    'Lift', 'Lifting…',
  ],
  dismiss: ({ report, device }) => [
    `Dismiss report ${report}`,
    `It does not count against ${short(device)} any more. It counts against its reporter instead, whose reports are worth nothing after several like it.`,
    'Dismiss', 'Dismissing…',
  ],
  'ban-session': ({ nickname }) => [
    nickname === '' ? 'Ban this session' : `Ban ${isolated(nickname)}`,
    'It loses all its rooms now and cannot come into any. A new session has a new nickname.',
    'Ban', 'Banning…',
  ],
  'close-room': ({ room }) => [
    `Close the room ${room}`,
    'It is over for everybody in it at once, and what it keeps is gone. There is no way back.',
    'Close the room', 'Closing…',
  ],
  maintenance: ({ on }) => on
    ? ['Turn maintenance on?', 'Nobody new comes in, on all servers, until somebody turns it off. Those who are here go on talking.', 'Turn on', 'Turning on…']
    : ['Turn maintenance off?', 'Everybody may come in again.', 'Turn off', 'Turning off…'],
  reset: () => [
    'Reset everything?',
    'All chats end. Everybody who waits, all limits, blocks, reports and bans are forgotten, on all servers. There is no way back.',
    'Reset everything', 'Resetting…',
  ],
};

/** What cannot be taken back, or hurts somebody. @type {ReadonlySet<Deed['kind']>} */
const GRAVE = new Set(['ban', 'ban-session', 'close-room', 'reset']);

/** @param {Act} act @returns {Show} */
export function dialogView(act) {
  const dialog = ref('dialog', HTMLDialogElement);
  const form = ref('dialog-form', HTMLFormElement);
  const fields = {
    note: ref('note', HTMLTextAreaElement),
    device: ref('device', HTMLInputElement),
    word: ref('word', HTMLInputElement),
    custom: ref('custom', HTMLInputElement),
    unit: ref('unit', HTMLSelectElement),
  };
  const [title, lead, problem, send, cancel] = ['dialog-title', 'dialog-lead', 'dialog-problem', 'dialog-send', 'dialog-cancel'].map(element);
  const [deviceField, lengths, customField, wordField, noteCount] = [
    element('device-field'), element('lengths'), element('custom-field'), element('word-field'), element('note-count'),
  ];
  /** @type {Deed | null} */
  let deed = null;
  let asked = 0;
  let busy = false;

  /** @returns {Filled} */
  const filled = () => {
    const length = chosen(form, 'length') ?? '';
    const custom = fields.custom.value.trim().replace(',', '.');
    const forS = length === 'custom' ? (custom === '' ? Number.NaN : Number(custom) * Number(fields.unit.value)) : Number(length);
    return { note: fields.note.value, device: fields.device.value, word: fields.word.value, forS: Number.isFinite(forS) ? forS : null };
  };

  const measure = () => {
    const length = charCount(fields.note.value.trim());
    setText(noteCount, `${length} of ${NOTE_CHARS}`);
    fields.note.setAttribute('aria-invalid', String(length > NOTE_CHARS));
    setShown(customField, deed?.kind === 'ban' && chosen(form, 'length') === 'custom');
    if (deed !== null && send !== undefined) setBlocked(send, busy || missing(deed, filled()) !== null);
  };
  form.addEventListener('input', measure);
  onSubmit(form, () => {
    // A button that waits for something says what for.
    if (!busy && deed !== null) act({ type: 'confirm', filled: filled() });
  });
  // Escape closes a dialog by itself; the state has to hear of it, and may have a reason to keep it open.
  dialog.addEventListener('cancel', (event) => {
    event.preventDefault();
    act({ type: 'close' });
  });
  dialog.addEventListener('click', ({ target }) => {
    if (target === cancel && cancel !== undefined && !isBlocked(cancel)) act({ type: 'close' });
  });

  return (state) => {
    const open = isIn(state) ? state.dialog : null;
    if (open === null) {
      if (dialog.open) dialog.close();
      if (state.dialog === null) deed = null;
      return;
    }
    const isNew = open.id !== asked;
    asked = open.id;
    deed = open.deed;
    busy = open.call !== null;
    if (isNew) form.reset();
    const [heading, words, verb, doing] = WORDS[deed.kind](deed);
    for (const [target, text] of /** @type {const} */ ([[title, heading], [lead, words], [send, busy ? doing : verb], [problem, open.problem ?? '']])) {
      if (target !== undefined) setText(target, text);
    }
    if (problem !== undefined) setShown(problem, open.problem !== null);
    if (cancel !== undefined) setBlocked(cancel, busy);
    send?.classList.toggle('danger', GRAVE.has(deed.kind));
    setShown(deviceField, deed.kind === 'ban' && deed.device === null);
    setShown(lengths, deed.kind === 'ban');
    setShown(wordField, deed.kind === 'reset');
    measure();
    if (!dialog.open) dialog.showModal();
  };
}
