/** A room from inside: what is told, who is there, what was said. */

/** @import { Frame, Member, Message, Room } from '../shapes.js' */
/** @import { Answer, Call, Entry, Inside, State, Step } from '../state.js' */

import { isolated, keptText, partingText, roomName } from '../sentences.js';
import { memberList, page as readPage } from '../shapes.js';
import { andThen, ask, nicknameOf, notify, say, show, step, within } from '../state.js';
import * as line from './line.js';

/** Messages of one page of the history. */
const PAGE = 50;

/** Lines of the log of a window that is open for long. */
const LONGEST = 1_000;

/** The server lets typing lapse after a while; a lost line must not keep it for ever. */
const TYPING_MS = 6_000;

/** When to ask again for what was refused. */
const AGAIN_MS = 15_000;

/** @param {State} state @param {Room} room @returns {Step} */
export function enter(state, room) {
  /** @type {Inside} */
  const inside = {
    room, members: [], since: null, entries: [], sent: [], more: false, reading: null, asking: null, before: null,
    againAt: null, wasOpen: false, typing: {}, typedAt: 0, reported: [], panel: false, locking: false,
    line: { status: 'connecting', retryAt: null, restarting: false, attempt: 0, number: state.calls, restartInMs: null },
  };
  const here = say({ ...show(state, 'room'), inside, wanted: null, gone: null }, `${roomName(room)}. ${keptText(room.days)}`);
  return andThen(step(here, { do: 'address', code: room.code }), line.open);
}

/** @param {State} state @param {Frame} frame @returns {Step} */
export function heard(state, frame) {
  const { inside } = state;
  if (inside === null) return step(state);
  switch (frame.type) {
    case 'room': return opened(state, inside, frame.room);
    case 'said': return step(received(state, inside, frame.message));
    case 'typing': return step(typing(state, inside, frame));
    case 'joined':
    case 'left':
    case 'presence': return step(counted(noted(state, inside, frame), frame));
    case 'owner': {
      const next = note(state, frame.alias === inside.room.you ? 'You are the owner now.' : `${isolated(nicknameOf(inside, frame.alias) ?? 'Somebody else')} is the owner now.`);
      return step(counted(changed(next, { owner: frame.alias }), frame));
    }
    case 'locked': {
      const next = frame.locked === inside.room.locked ? state : note(state, frame.locked ? 'The room is locked: nobody new may join.' : 'The room is open again.');
      return step(changed(next, { locked: frame.locked }));
    }
    case 'error': return step(refused(state, inside, frame.message));
    case 'removed':
      return line.gone(state, frame.why);
    case 'closed': return line.gone(state, 'closed');
    case 'replaced': return line.gone(state, 'replaced');
    case 'restarting': return step(within(state, { line: { ...inside.line, restartInMs: frame.inMs } }));
  }
}

/** @param {State} state @param {Inside} inside @param {Room} room @returns {Step} */
function opened(state, inside, room) {
  const open = { ...inside.line, status: /** @type {const} */ ('open'), retryAt: null, attempt: 0, restarting: false, restartInMs: null };
  const here = within(state, { room, line: open, wasOpen: true, before: newest(inside.entries), typing: {} });
  const missed = inside.wasOpen && room.days === 0 && inside.entries.length > 0;
  return read(missed ? note(here, 'You were away for a moment. Nothing of that time is kept.') : here);
}

/** Asks who is there and what was said. @param {State} state @returns {Step} */
export function read(state) {
  const done = ask(within(state, { since: [], againAt: null }), 'members', path(state, 'members/'));
  const asked = step(within(done.state, { asking: done.state.calls }), ...done.effects);
  return state.inside?.room.days === 0 ? asked : andThen(asked, (next) => turn(next, 1));
}

/** @param {State} state @param {number} number @returns {Step} */
function turn(state, number) {
  const done = ask(state, 'messages', path(state, `messages/?page=${number}&page_size=${PAGE}`));
  return step(within(done.state, { reading: { call: done.state.calls, page: number } }), ...done.effects);
}

/** @param {State} state @param {string} rest */
const path = ({ inside }, rest) => `api/rooms/${inside?.room.code}/${rest}`;

/** @param {State} state @returns {Step} */
export function older(state) {
  const { inside } = state;
  if (inside === null || inside.reading !== null) return step(state);
  const known = inside.entries.filter((entry) => 'message' in entry).length;
  // What is said meanwhile moves the pages toward the past, so that none is ever missed.
  return turn(state, Math.floor(known / PAGE) + 1);
}

/** @param {State} state @param {Call} call @param {Answer} answer @returns {Step} */
export function paged(state, call, answer) {
  const { inside } = state;
  if (inside === null || inside.reading?.call !== call.id) return step(state);
  const number = inside.reading.page;
  const here = within(state, { reading: null });
  const found = answer.ok ? readPage(answer.body) : null;
  if (found === null) {
    const problem = answer.ok ? 'The messages could not be read.' : answer.problem;
    return step(notify(number === 1 ? within(here, { againAt: state.now + AGAIN_MS }) : here, 'error', problem));
  }
  if (number > 1) return step(found.messages.reduce(take, within(here, { more: found.more })));
  const { before } = inside;
  const first = found.messages[0]?.id ?? 0;
  // More was missed than one page holds: what is older than it is asked for when it is wanted.
  const hasHole = before !== null && found.more && first > before;
  const more = before === null || hasHole ? found.more : inside.more;
  const entries = hasHole ? behind(inside.entries, before) : inside.entries;
  return step(found.messages.reduce(take, within(here, { entries, more, before: null })));
}

/** What came after a message. @param {Entry[]} entries @param {number} id */
function behind(entries, id) {
  const known = entries.map((entry) => 'message' in entry && entry.message.id <= id);
  return entries.slice(known.lastIndexOf(true) + 1);
}

/** @param {State} state @param {Call} call @param {Answer} answer @returns {Step} */
export function membersKnown(state, call, answer) {
  const { inside } = state;
  if (inside === null || inside.asking !== call.id) return step(state);
  if (!answer.ok) return step(notify(within(state, { asking: null, since: null, againAt: state.now + AGAIN_MS }), 'error', answer.problem));
  // The list may be from before or after what was told meanwhile; telling it again does no harm.
  const members = (inside.since ?? []).reduce(moved, memberList(answer.body));
  return step(within(state, { asking: null, since: null, members }));
}

/** @param {State} state @param {Frame} frame @returns {State} */
function counted(state, frame) {
  const { inside } = state;
  if (inside === null) return state;
  const since = inside.since === null ? null : [...inside.since, frame];
  return within(state, { members: moved(inside.members, frame), since });
}

/** @param {Member[]} members @param {Frame} frame @returns {Member[]} */
function moved(members, frame) {
  switch (frame.type) {
    case 'joined': {
      if (members.some(({ alias }) => alias === frame.alias)) return members;
      return [...members, { alias: frame.alias, nickname: frame.nickname, here: false, you: false }];
    }
    case 'left': return members.filter(({ alias }) => alias !== frame.alias);
    case 'presence': return members.map((member) => (member.alias === frame.alias ? { ...member, here: frame.here } : member));
    default: return members;
  }
}

/** @param {State} state @param {Inside} inside @param {Extract<Frame, { type: 'joined' | 'left' | 'presence' }>} frame @returns {State} */
function noted(state, inside, frame) {
  const { [frame.alias]: _, ...typing } = inside.typing;
  const here = frame.type === 'joined' ? state : within(state, { typing });
  if (frame.type === 'presence') return frame.here ? state : here;
  if (frame.type === 'joined') return frame.alias === inside.room.you ? here : note(here, `${isolated(frame.nickname)} joined.`);
  const nickname = nicknameOf(inside, frame.alias);
  return nickname === null ? here : note(here, partingText(nickname, frame.why));
}

/** @param {State} state @param {Partial<Room>} change */
export const changed = (state, change) =>
  state.inside === null ? state : within(state, { room: { ...state.inside.room, ...change } });

/** @param {State} state @param {string} text @returns {State} */
function note(state, text) {
  if (state.inside === null) return state;
  const keys = state.keys + 1;
  return { ...within(state, { entries: [...state.inside.entries, { key: `n${keys}`, note: text }] }), keys };
}

/** @param {Entry[]} entries */
const newest = (entries) =>
  entries.reduce((/** @type {number | null} */ most, entry) => ('message' in entry ? Math.max(most ?? 0, entry.message.id) : most), null);

/** @param {State} state @param {Inside} inside @param {Message} message @returns {State} */
function received(state, inside, message) {
  const { [message.alias]: _, ...typing } = inside.typing;
  const next = take(within(state, { typing }), message);
  const entries = next.inside?.entries ?? [];
  // What is dropped can be asked for again, if it is kept.
  if (entries.length <= LONGEST) return next;
  return within(next, { entries: entries.slice(-LONGEST), more: inside.more || inside.room.days > 0 });
}

/** Puts a message where it belongs, once. @param {State} state @param {Message} message @returns {State} */
function take(state, message) {
  const { inside } = state;
  if (inside === null) return state;
  const { entries } = inside;
  if (entries.some((entry) => 'message' in entry && entry.message.id === message.id)) return state;
  const back = message.mine ? inside.sent.find(({ text, status }) => text === message.text && status !== 'refused') : undefined;
  const entry = { key: back?.key ?? `m${message.id}`, message };
  const next = entries.findIndex((other) => 'message' in other && other.message.id > message.id);
  const at = next === -1 ? entries.length : next;
  const sent = back === undefined ? inside.sent : inside.sent.filter((one) => one !== back);
  return within(state, { entries: [...entries.slice(0, at), entry, ...entries.slice(at)], sent });
}

/** The server answers what is said in order. @param {State} state @param {Inside} inside @param {string} problem @returns {State} */
function refused(state, inside, problem) {
  const first = inside.sent.find(({ status }) => status === 'sent');
  if (first === undefined) return notify(state, 'error', problem);
  const marked = /** @type {const} */ ({ ...first, status: 'refused', problem: `Not sent. ${problem}` });
  return say(within(state, { sent: inside.sent.map((one) => (one === first ? marked : one)) }), marked.problem);
}

/** @param {State} state @param {Inside} inside @param {Extract<Frame, { type: 'typing' }>} frame @returns {State} */
function typing(state, inside, { alias, nickname, on }) {
  const { [alias]: _, ...others } = inside.typing;
  if (!on || alias === inside.room.you) return within(state, { typing: others });
  return within(state, { typing: { ...others, [alias]: { nickname, until: state.now + TYPING_MS } } });
}

/** @param {State} state @returns {Step} */
export function due(state) {
  const { inside, now } = state;
  if (inside === null) return step(state);
  const left = Object.entries(inside.typing).filter(([, { until }]) => until > now);
  const here = left.length === Object.keys(inside.typing).length ? state : within(state, { typing: Object.fromEntries(left) });
  const again = inside.againAt !== null && inside.againAt <= now && inside.line.status === 'open';
  return again ? read(here) : step(here);
}
