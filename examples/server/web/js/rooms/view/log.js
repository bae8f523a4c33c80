/** The messages of a room. Lines are added and marked, never rebuilt, so that nothing is read out twice. */

/** @import { Entry, Inside, Sent } from '../state.js' */
/** @import { Act, Show } from '../view.js' */

import { element, make, setBlocked, setShown, setText } from '../../dom.js';
import { emptyText } from '../sentences.js';

/** This close to the end, the log follows what comes. */
const NEAR_PX = 80;

/** @typedef {Entry | Sent} Line */

/** @param {Act} act @returns {Show} */
export function logView(act) {
  const [log, newer, older, empty] = [element('log'), element('newer'), element('older'), element('empty')];
  /** @type {Map<string, HTMLElement>} */
  const lines = new Map();
  let code = '';
  /** @type {{ entries: Entry[] | null, sent: Sent[] | null, reported: number[] | null }} */
  let shown = { entries: null, sent: null, reported: null };

  const atEnd = () => log.scrollHeight - log.scrollTop - log.clientHeight < NEAR_PX;
  const toEnd = () => {
    log.scrollTop = log.scrollHeight;
    setShown(newer, false);
  };
  newer.addEventListener('click', () => {
    toEnd();
    log.focus();
  });
  let follows = true;
  log.addEventListener('scroll', () => {
    follows = atEnd();
    if (follows) setShown(newer, false);
  });
  // The keyboard of a phone, the field that grows and a banner all take height from the log.
  new ResizeObserver(() => follows && toEnd()).observe(log);
  log.addEventListener('click', ({ target }) => {
    const button = target instanceof Element ? target.closest('button') : null;
    if (button?.dataset.report !== undefined) act({ type: 'ask_report', id: Number(button.dataset.report) });
    if (button?.dataset.again !== undefined) act({ type: 'again', key: button.dataset.again });
  });

  const clear = () => {
    for (const line of lines.values()) line.remove();
    lines.clear();
    shown = { entries: null, sent: null, reported: null };
    follows = true;
    setShown(newer, false);
  };

  return ({ inside }) => {
    if (inside === null) {
      // A room that one has left leaves nothing behind, not even in the document.
      code = '';
      return clear();
    }
    if (inside.room.code !== code) {
      clear();
      code = inside.room.code;
    }
    setShown(older, inside.more);
    setShown(empty, !inside.more && inside.entries.length + inside.sent.length === 0);
    setText(empty, emptyText(inside));
    setBlocked(older, inside.reading !== null);
    const { entries, sent, reported } = inside;
    if (entries === shown.entries && sent === shown.sent && reported === shown.reported) return;
    const follow = atEnd();
    const [height, top] = [log.scrollHeight, log.scrollTop];
    const last = lastKey(inside);
    const lastWas = lines.size === 0 ? '' : ([...log.children].at(-1)?.getAttribute('data-key') ?? '');
    arrange(older, lines, inside);
    shown = { entries, sent, reported };
    if (follow || (last !== lastWas && isOwn(inside))) toEnd();
    else if (last !== lastWas) setShown(newer, true);
    // What comes in above must not move what is being read.
    else log.scrollTop = top + log.scrollHeight - height;
  };
}

/** @param {Inside} inside */
const lastKey = ({ entries, sent }) => (sent.at(-1) ?? entries.at(-1))?.key ?? '';

/** @param {Inside} inside */
function isOwn({ entries, sent }) {
  const last = entries.at(-1);
  return sent.length > 0 || (last !== undefined && 'message' in last && last.message.mine);
}

/** Puts all lines in their order. @param {HTMLElement} first @param {Map<string, HTMLElement>} lines @param {Inside} inside */
function arrange(first, lines, inside) {
  const wanted = [...inside.entries, ...inside.sent];
  const keys = new Set(wanted.map(({ key }) => key));
  for (const [key, line] of lines) {
    if (keys.has(key)) continue;
    line.remove();
    lines.delete(key);
  }
  /** @type {Element} */
  let before = first;
  for (const item of wanted) {
    const line = lines.get(item.key) ?? make('div', '');
    if (!lines.has(item.key)) {
      line.dataset.key = item.key;
      lines.set(item.key, line);
    }
    fill(line, item, inside);
    if (before.nextElementSibling !== line) before.after(line);
    before = line;
  }
}

/** @param {HTMLElement} line @param {Line} item @param {Inside} inside */
function fill(line, item, inside) {
  if ('note' in item) {
    line.className = 'note';
    return setText(line, item.note);
  }
  if (line.firstChild === null) begin(line, item);
  const [foot] = line.getElementsByClassName('foot-line');
  if (!(foot instanceof HTMLElement)) return;
  if ('message' in item) settle(line, foot, item, inside);
  else wait(line, foot, item);
}

/** @param {HTMLElement} line @param {Exclude<Line, { note: string }>} item */
function begin(line, item) {
  const isMessage = 'message' in item;
  const mine = !isMessage || item.message.mine;
  line.className = mine ? 'bubble mine' : 'bubble theirs';
  const name = make('p', mine ? 'author hush' : 'author', mine ? 'You' : item.message.nickname);
  name.dir = 'auto';
  if (!mine) name.dataset.hue = String([...item.message.alias].reduce((sum, letter) => sum + (letter.codePointAt(0) ?? 0), 0) % 6);
  const words = make('p', 'words', isMessage ? item.message.text : item.text);
  words.dir = 'auto';
  line.append(name, words, make('p', 'foot-line'));
}

/** What the server has told everybody. @param {HTMLElement} line @param {HTMLElement} foot @param {Extract<Entry, { message: unknown }>} entry @param {Inside} inside */
function settle(line, foot, { message }, { room, reported }) {
  const canReport = !message.mine && room.days > 0;
  const isReported = reported.includes(message.id);
  const mark = `${message.id} ${canReport} ${isReported}`;
  if (foot.dataset.mark === mark) return;
  foot.dataset.mark = mark;
  delete line.dataset.delivery;
  const when = document.createElement('time');
  const at = new Date(message.at);
  when.dateTime = at.toISOString();
  const isToday = at.toDateString() === new Date().toDateString();
  when.textContent = isToday ? at.toLocaleTimeString([], { timeStyle: 'short' }) : at.toLocaleString([], { dateStyle: 'medium', timeStyle: 'short' });
  foot.replaceChildren(when);
  if (!canReport) return;
  if (isReported) return foot.append(make('span', '', 'Reported'));
  const report = make('button', 'text', 'Report');
  report.setAttribute('type', 'button');
  report.setAttribute('aria-label', `Report the message of ${message.nickname}`);
  report.dataset.report = String(message.id);
  foot.append(report);
}

/** What has not come back yet. @param {HTMLElement} line @param {HTMLElement} foot @param {Sent} sent */
function wait(line, foot, { key, status, problem }) {
  if (line.dataset.delivery === status) return;
  line.dataset.delivery = status;
  if (status === 'sent') return setText(foot, 'Sending…');
  const again = make('button', 'text', 'Send again');
  again.setAttribute('type', 'button');
  again.dataset.again = key;
  foot.replaceChildren(make('span', 'problem', problem), again);
}
