/**
 * What the moderators' page knows at one instant, and what may happen to it.
 *
 * Everything the reducer needs is in here or on the event; everything it wants done is an effect.
 */

/** @import { Ban, Figures, Minute, Now, Record, Report, RoomReport } from './shapes.js' */

/** The sections of the desk. @typedef {'figures' | 'queue' | 'rooms' | 'bans' | 'audit' | 'controls'} Tab */

/** @typedef {'loading' | 'sign-in' | Tab} Screen */

/**
 * The live figures. `open` means that some have arrived.
 * @typedef {{ status: 'off' | 'connecting' | 'open' | 'down', retryAt: number | null, attempt: number, heardAt: number }} Stream
 */

/**
 * One page of a long list. `trail` are the places of the pages before it, newest page first in the list of
 * pages and last on the trail; so only one page is ever kept.
 * @template T
 * @typedef {{ rows: T[], place: string | null, next: string | null, trail: (string | null)[],
 *   call: number | null, ready: boolean, stale: boolean, loadedAt: number, problem: string | null }} Paged
 */

/** @typedef {{ queue: Paged<Report>, rooms: Paged<RoomReport>, bans: Paged<Ban>, audit: Paged<Record> }} Lists */
/** @typedef {keyof Lists} ListName */

/**
 * Something that asks first. `id` tells a new question from the one before, whose words are thrown away.
 * @typedef {{ kind: 'ban', device: string | null } | { kind: 'lift', device: string }
 *   | { kind: 'dismiss', pool: string, report: number, device: string }
 *   | { kind: 'ban-session', session: string, nickname: string } | { kind: 'close-room', room: string }
 *   | { kind: 'maintenance', on: boolean } | { kind: 'reset' }} Deed
 * @typedef {{ id: number, deed: Deed, call: number | null, problem: string | null }} Dialog
 */

/** What the person fills in. @typedef {{ note: string, device: string, forS: number | null, word: string }} Filled */

/** A sentence for the person. With `until` it goes away. @typedef {{ text: string, tone: 'info' | 'error', until: number | null }} Notice */

/**
 * @typedef {object} State
 * @property {number} now the instant of the last event
 * @property {Screen} screen
 * @property {Tab} tab where one is, or will be once signed in
 * @property {{ call: number | null, problem: string | null, hint: string | null }} signIn
 * @property {number | null} expiresAt when the session ends
 * @property {Stream} stream
 * @property {Figures} figures
 * @property {number} ahead how far the server's clock is before this one
 * @property {string | null} pool whose reports are shown; `null` is the first one
 * @property {string[]} pools
 * @property {boolean} undecided whether only reports that ask for a decision are shown
 * @property {string | null} about the device whose records are shown
 * @property {Lists} lists
 * @property {Dialog | null} dialog
 * @property {'idle' | 'busy'} saving whether the record is being exported
 * @property {Notice | null} notice
 * @property {number} calls requests made so far, which numbers them
 * @property {number} dialogs
 * @property {{ text: string, count: number }} said what a screen reader is told
 */

/**
 * A request to the server, as data. `name` says whose answer it is.
 * @typedef {'session' | 'sign-in' | 'sign-out' | 'figures' | ListName | 'deed'} CallName
 * @typedef {{ id: number, name: CallName, path: string, body?: object }} Call
 */

/** @typedef {{ ok: true, body: unknown } | { ok: false, status: number, problem: string }} Answer */

/**
 * What a person does.
 * @typedef {{ type: 'sign_in', key: string } | { type: 'sign_out' }
 *   | { type: 'tab', tab: Tab } | { type: 'retry_stream' }
 *   | { type: 'older', list: ListName } | { type: 'newer', list: ListName } | { type: 'newest', list: ListName }
 *   | { type: 'reload', list: ListName }
 *   | { type: 'pool', pool: string } | { type: 'undecided', only: boolean }
 *   | { type: 'about', device: string | null }
 *   | { type: 'open', deed: Deed } | { type: 'close' } | { type: 'confirm', filled: Filled }
 *   | { type: 'export' } | { type: 'copy', text: string } | { type: 'notice_close' }} PersonEvent
 */

/**
 * What the world does.
 * @typedef {{ type: 'tick' } | { type: 'start' } | { type: 'link_secret', secret: string }
 *   | { type: 'answer', call: Call, answer: Answer }
 *   | { type: 'stream_news', now: Now, minute: Minute | null } | { type: 'stream_lost' }
 *   | { type: 'exported', answer: Answer } | { type: 'copied', done: boolean }} WorldEvent
 */

/** @typedef {(PersonEvent | WorldEvent) & { at: number, random?: number }} Event */

/**
 * What is to be done outside. `follow` opens the live figures, in place of those that are open.
 * @typedef {{ do: 'call', call: Call } | { do: 'follow' } | { do: 'unfollow' } | { do: 'wake', ms: number }
 *   | { do: 'export' } | { do: 'copy', text: string }} Effect
 */

/** @typedef {{ state: State, effects: Effect[] }} Step */

/** @type {readonly Tab[]} */
export const TABS = ['figures', 'queue', 'rooms', 'bans', 'audit', 'controls'];

/** @returns {Paged<any>} */
export const emptyList = () => ({
  rows: [],
  place: null,
  next: null,
  trail: [],
  call: null,
  ready: false,
  stale: true,
  loadedAt: 0,
  problem: null,
});

/** @param {number} at @returns {State} */
export const initial = (at) => ({
  now: at,
  screen: 'loading',
  tab: 'figures',
  signIn: { call: null, problem: null, hint: null },
  expiresAt: null,
  stream: { status: 'off', retryAt: null, attempt: 0, heardAt: at },
  figures: { now: null, seconds: [], minutes: [] },
  ahead: 0,
  pool: null,
  pools: [],
  undecided: true,
  about: null,
  lists: { queue: emptyList(), rooms: emptyList(), bans: emptyList(), audit: emptyList() },
  dialog: null,
  saving: 'idle',
  notice: null,
  calls: 0,
  dialogs: 0,
  said: { text: '', count: 0 },
});

/** @param {State} state @param {...Effect} effects @returns {Step} */
export const step = (state, ...effects) => ({ state, effects });

/** Goes on from a step. @param {Step} done @param {(state: State) => Step} rule @returns {Step} */
export function andThen(done, rule) {
  const next = rule(done.state);
  return { state: next.state, effects: [...done.effects, ...next.effects] };
}

/**
 * Numbers a request and makes it.
 * @param {State} state @param {CallName} name @param {string} path @param {object} [body]
 * @param {(state: State, id: number) => State} [mark] notes that it is under way
 * @returns {Step}
 */
export function call(state, name, path, body, mark = (same) => same) {
  const id = state.calls + 1;
  const made = { id, name, path, ...(body === undefined ? {} : { body }) };
  return step(mark({ ...state, calls: id }, id), { do: 'call', call: made });
}

/** Whether somebody is signed in, as far as the page knows. @param {State} state */
export const isIn = (state) => state.screen !== 'loading' && state.screen !== 'sign-in';

/** The time by the server's clock. @param {State} state */
export const serverNow = (state) => state.now + state.ahead;

/** @param {State} state @param {string} text @returns {State} */
export const say = (state, text) => ({ ...state, said: { text, count: state.said.count + 1 } });

/** How long a word of thanks stays. */
const NOTICE_MS = 8_000;

/** @param {State} state @param {Notice['tone']} tone @param {string} text @returns {State} */
export const notify = (state, tone, text) =>
  say({ ...state, notice: { tone, text, until: tone === 'error' ? null : state.now + NOTICE_MS } }, text);
