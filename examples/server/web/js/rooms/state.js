/**
 * What the page of rooms knows at one instant, and what may happen to it.
 *
 * Everything the reducer needs is in here or on the event; everything it wants done is an effect.
 */

/** @import { Frame, Member, Message, Reported, Room, Session } from './shapes.js' */

/** @typedef {'loading' | 'none' | 'trouble' | 'nickname' | 'invited' | 'lobby' | 'room' | 'gone'} Screen */

/**
 * A line of the log: something that was said, or a note about the room. The key of a line stays when what
 * was sent from here comes back from the server.
 * @typedef {{ key: string, message: Message } | { key: string, note: string }} Entry
 */

/**
 * What was sent from here and has not come back yet. Whatever was not is never sent again by itself: it
 * may have arrived.
 * @typedef {{ key: string, text: string, at: number, status: 'sent' | 'lost' | 'refused', problem: string }} Sent
 */

/** @typedef {{ status: 'connecting' | 'open' | 'down', retryAt: number | null, restarting: boolean, attempt: number, number: number, restartInMs: number | null }} Line */

/**
 * @typedef {object} Inside the room that one is in
 * @property {Room} room
 * @property {Member[]} members
 * @property {Frame[] | null} since what has happened since the members were asked for; `null` unless they are
 * @property {Entry[]} entries oldest first
 * @property {Sent[]} sent
 * @property {boolean} more whether there are older messages than those that are shown
 * @property {{ call: number, page: number } | null} reading the request for messages that is under way
 * @property {number | null} asking the request for members that is under way
 * @property {number | null} before the newest message that was known when the line was lost
 * @property {number | null} againAt when to ask again for what was not to be had
 * @property {boolean} wasOpen whether this is not the first connection
 * @property {Record<string, { nickname: string, until: number }>} typing by alias
 * @property {number} typedAt when others were last told that one is writing; 0 for not
 * @property {number[]} reported ids of messages that were reported from here
 * @property {boolean} panel whether the people are shown on a small screen
 * @property {boolean} locking
 * @property {Line} line
 */

/** @typedef {{ kind: 'kick' | 'ban' | 'hand-over', alias: string, nickname: string } | { kind: 'leave' } | { kind: 'close' } | { kind: 'forget' }} Deed */

/**
 * @typedef {{ kind: 'ask', deed: Deed, call: number | null, problem: string | null }
 *   | { kind: 'report', message: Message, call: number | null, problem: string | null }
 *   | { kind: 'reports', list: Reported[] | null, call: number | null, problem: string | null }} Dialog
 */

/** A sentence for the person. With `until` it goes away. @typedef {{ text: string, tone: 'info' | 'error', until: number | null }} Notice */

/** A form that is sent off. @typedef {{ call: number | null, problem: string | null }} Form */

/**
 * @typedef {object} State
 * @property {number} now the instant of the last event
 * @property {Screen} screen
 * @property {string} suggestion the nickname to begin with
 * @property {Session | null} session
 * @property {string | null} wanted the code of the link that one came by
 * @property {Room[]} rooms
 * @property {number | null} listing the request for them that is under way
 * @property {{ nickname: Form, join: Form, create: Form }} forms
 * @property {Inside | null} inside
 * @property {{ code: string, why: string } | null} gone
 * @property {Dialog | null} dialog
 * @property {string | null} trouble
 * @property {Notice | null} notice
 * @property {number} calls requests made so far, which numbers them
 * @property {number} keys lines of the log made so far
 * @property {{ text: string, count: number }} said what a screen reader is told
 */

/**
 * A request to the server, as data. `name` says whose answer it is.
 * @typedef {'session' | 'end' | 'rooms' | 'join' | 'create' | 'members' | 'messages' | 'deed' | 'lock' | 'report' | 'reports' | 'look'} CallName
 * @typedef {{ id: number, name: CallName, path: string, body?: object, token: string | null, code: string | null }} Call
 */

/** @typedef {{ ok: true, body: unknown } | { ok: false, status: number, problem: string }} Answer */

/**
 * What a person does.
 * @typedef {{ type: 'name', nickname: string } | { type: 'forget' } | { type: 'reload' }
 *   | { type: 'join', typed: string } | { type: 'accept' } | { type: 'enter', code: string }
 *   | { type: 'create', name: string, days: number, most: string }
 *   | { type: 'to_lobby' } | { type: 'take_back' } | { type: 'retry' }
 *   | { type: 'compose', empty: boolean } | { type: 'say', text: string }
 *   | { type: 'again', key: string } | { type: 'older' }
 *   | { type: 'copy_link' } | { type: 'people' } | { type: 'lock' } | { type: 'reports' }
 *   | { type: 'ask', deed: Deed } | { type: 'ask_report', id: number } | { type: 'report', reason: string }
 *   | { type: 'confirm' } | { type: 'close_dialog' } | { type: 'notice_close' }} PersonEvent
 */

/**
 * @typedef {(PersonEvent
 *   | { type: 'start', code: string | null } | { type: 'address', code: string | null } | { type: 'tick' }
 *   | { type: 'copied', done: boolean }
 *   | { type: 'answer', call: Call, answer: Answer }
 *   | { type: 'frame', line: number, frame: Frame }
 *   | { type: 'line_closed', line: number, code: number, opened: boolean }) & { at: number, random?: number }} Event
 */

/**
 * @typedef {{ do: 'call', call: Call }
 *   | { do: 'open', line: number, code: string, token: string } | { do: 'hang_up' }
 *   | { do: 'send', frame: object }
 *   | { do: 'address', code: string | null }
 *   | { do: 'remember', session: Session } | { do: 'forget', token: string }
 *   | { do: 'copy_link', code: string }
 *   | { do: 'wake', ms: number }} Effect
 */

/** @typedef {{ state: State, effects: Effect[] }} Step */

/** @type {Form} */
export const IDLE = { call: null, problem: null };

/** @param {{ at: number, session: Session | null, suggestion: string }} known @returns {State} */
export const initial = ({ at, session, suggestion }) => ({
  now: at,
  screen: 'loading',
  suggestion,
  session,
  wanted: null,
  rooms: [],
  listing: null,
  forms: { nickname: IDLE, join: IDLE, create: IDLE },
  inside: null,
  gone: null,
  dialog: null,
  trouble: null,
  notice: null,
  calls: 0,
  keys: 0,
  said: { text: '', count: 0 },
});

/** @param {State} state @param {...Effect} effects @returns {Step} */
export const step = (state, ...effects) => ({ state, effects });

/** Goes on from a step. @param {Step} done @param {(state: State) => Step} rule @returns {Step} */
export function andThen(done, rule) {
  const next = rule(done.state);
  return { state: next.state, effects: [...done.effects, ...next.effects] };
}

/** Asks the server. The number of the request is `state.calls` afterwards. @param {State} state @param {CallName} name @param {string} path @param {object} [body] @returns {Step} */
export function ask(state, name, path, body) {
  const id = state.calls + 1;
  const code = state.inside?.room.code ?? null;
  const call = { id, name, path, token: state.session?.token ?? null, code, ...(body === undefined ? {} : { body }) };
  return step({ ...state, calls: id }, { do: 'call', call });
}

/** @param {State} state @param {string} text @returns {State} */
export const say = (state, text) => ({ ...state, said: { text, count: state.said.count + 1 } });

/** How long a sentence that needs no answer stays. */
const NOTICE_MS = 8_000;

/** @param {State} state @param {Notice['tone']} tone @param {string} text @returns {State} */
export const notify = (state, tone, text) => say({ ...state, notice: { tone, text, until: state.now + NOTICE_MS } }, text);

/** Shows a screen, without what belonged to the last one. @param {State} state @param {Screen} screen @returns {State} */
export const show = (state, screen) =>
  state.screen === screen ? state : { ...state, screen, notice: null, dialog: null };

/** @param {State} state @param {keyof State['forms']} name @param {Form} form @returns {State} */
export const fill = (state, name, form) => ({ ...state, forms: { ...state.forms, [name]: form } });

/** @param {State} state @param {Partial<Inside>} change @returns {State} */
export const within = (state, change) =>
  state.inside === null ? state : { ...state, inside: { ...state.inside, ...change } };

/** @param {Inside} inside */
export const isOwner = ({ room }) => room.owner === room.you;

/** @param {Inside} inside @param {string} alias */
export const nicknameOf = ({ members }, alias) => members.find((member) => member.alias === alias)?.nickname ?? null;
