/**
 * What the page knows at one instant, and what may happen to it.
 *
 * Everything the reducer needs is in here or on the event; everything it wants done is an effect.
 */

/** @import { Filter, Frame, Gender, Limits, Matched, PeerProfile, Request, TextLimits, Verification } from './protocol.js' */

/** @typedef {'home' | 'gender' | 'check' | 'profile' | 'find' | 'queue' | 'chat' | 'banned' | 'replaced'} Screen */

/**
 * The line to the server. `open` means that `hello` has arrived, so that the server's truth is known.
 * @typedef {{ status: 'off' | 'connecting' | 'open' | 'down' | 'stopped', retryAt: number | null, restarting: boolean }} Link
 */

/**
 * What `hello` says about the server itself.
 * @typedef {{ verification: Verification, text: TextLimits, graceMs: number, pools: string[], reports: string[] }} Terms
 */

/** @typedef {{ nickname: string, bio: string }} Profile */

/**
 * The way through consent, camera and upload.
 * @typedef {'consent' | 'starting' | 'preview' | 'countdown' | 'uploading' | 'verified' | 'abstained' | 'unsure' | 'failed'} CheckStep
 * @typedef {{ step: CheckStep, consent: boolean, shootAt: number | null, progress: number, problem: string | null,
 *   retryAt: number | null, message: string | null }} Check
 */

/**
 * A place in the queue. Until `queued` confirms it, it is only asked for.
 * @typedef {{ filter: Filter, since: number, confirmed: boolean, askedAt: number,
 *   position: number | null, people: number | null, estimateMs: number | null, narrowedBy: string[] }} Search
 */

/**
 * How far a message of ours has come. `kept`: not on the line yet; `lost`: the pair ended before the
 * acknowledgement; `refused`: the server will not relay it.
 * @typedef {'kept' | 'sent' | 'delivered' | 'lost' | 'refused'} Delivery
 * @typedef {{ id: string, mine: true, text: string, delivery: Delivery, problem: string | null }} OwnMessage
 * @typedef {{ id: string, mine: false, text: string }} PeerMessage
 * @typedef {OwnMessage | PeerMessage} Message
 */

/**
 * @typedef {{ reason: string, byMe: boolean }} Ending
 * @typedef {{ peer: string, profile: PeerProfile, messages: Message[], shown: number, seen: ReadonlySet<string>,
 *   present: boolean, awayUntil: number | null, holdUntil: number, sentAt: number, peerTypingUntil: number, typingSentAt: number,
 *   resumed: boolean, reported: boolean, ended: Ending | null }} Chat
 */

/**
 * A goodbye that the server has not answered yet. A `matched` that was already on its way belongs to
 * what is being left; it counts only if the goodbye is refused.
 * @typedef {{ how: 'leave' | 'next', home: boolean, matched: Matched | null }} Leaving
 */

/**
 * A sentence for the person, on the screen it belongs to. With `until` it counts down and goes away.
 * @typedef {{ text: string, tone: 'info' | 'error', until: number | null }} Notice
 */

/** Why Find has to wait; with a filter, only for that filter. @typedef {{ until: number, filter: Filter | null }} Wait */

/** @typedef {{ block: string, nickname: string, peer: string, lifting: boolean }} Block */

/** @typedef {{ kind: 'report', sending: boolean, problem: string | null } | { kind: 'block' }} Dialog */

/**
 * @typedef {object} State
 * @property {number} now the instant of the last event
 * @property {Screen} screen
 * @property {boolean} entering Start was pressed; go on as soon as the server has said hello
 * @property {Link} link
 * @property {Terms | null} terms
 * @property {Gender | null} gender as the server knows it
 * @property {boolean} declaring
 * @property {Profile} profile
 * @property {Filter} filter
 * @property {string | null} pool where to look; `null` is wherever the server puts those who do not say
 * @property {Limits} limits
 * @property {Wait | null} wait
 * @property {Check} check
 * @property {Search | null} search
 * @property {Chat | null} chat
 * @property {Leaving | null} leaving
 * @property {Notice | null} notice
 * @property {Dialog | null} dialog
 * @property {Block[]} blocks made in this visit
 * @property {number | null} bannedUntil
 * @property {number[]} paced instants of the frames of the last minute that count toward the server's rate
 * @property {number} heardAt when the server last said anything
 * @property {number | null} probedAt when an answer was last asked for only to hear something
 * @property {string} idPrefix makes message ids of this page load differ from those of the last
 * @property {number} idCount
 * @property {{ text: string, count: number }} said what a screen reader is told; counted, so that it can be said twice
 */

/**
 * What a person does.
 * @typedef {{ type: 'start' } | { type: 'home' } | { type: 'retry_link' }
 *   | { type: 'declare', gender: Gender | null }
 *   | { type: 'recheck' }
 *   | { type: 'consent', given: boolean } | { type: 'camera_open' } | { type: 'shoot' } | { type: 'check_retry' }
 *   | { type: 'check_skip' } | { type: 'check_continue' }
 *   | { type: 'profile_save', profile: Profile } | { type: 'profile_edit' }
 *   | { type: 'filter', filter: Filter } | { type: 'pool', pool: string } | { type: 'find' } | { type: 'cancel' }
 *   | { type: 'say', text: string } | { type: 'compose', empty: boolean }
 *   | { type: 'next' } | { type: 'leave', home: boolean }
 *   | { type: 'dialog', kind: 'report' | 'block' | null }
 *   | { type: 'report', reason: string, note: string } | { type: 'block' } | { type: 'unblock', block: string }
 *   | { type: 'notice_close' }} PersonEvent
 */

/**
 * What the world does.
 * @typedef {{ type: 'tick' }
 *   | { type: 'link_connecting' } | { type: 'link_lost', retryInMs: number | null, why: 'lost' | 'replaced' | 'banned' }
 *   | { type: 'frame', frame: Frame }
 *   | { type: 'camera_ready' } | { type: 'camera_failed', why: string }
 *   | { type: 'upload_progress', fraction: number }
 *   | { type: 'upload_done', status: number, body: unknown, retryAfterMs: number | null }
 *   | { type: 'upload_failed' }} WorldEvent
 */

/** @typedef {(PersonEvent | WorldEvent) & { at: number }} Event */

/**
 * What is to be done outside. `connect` also replaces a line that is only believed to be alive; `wake` asks for
 * a tick after that time, for whatever may not wait for the next regular one; `turn` leads the next line to a pool
 * and remembers it.
 * @typedef {{ do: 'send', request: Request }
 *   | { do: 'connect' } | { do: 'wake', ms: number } | { do: 'remember', profile: Profile }
 *   | { do: 'turn', pool: string | null }
 *   | { do: 'camera_open' } | { do: 'camera_shoot' } | { do: 'camera_close' }} Effect
 */

/** @typedef {{ state: State, effects: Effect[] }} Step */

/** @type {Check} */
export const FRESH_CHECK = {
  step: 'consent',
  consent: false,
  shootAt: null,
  progress: 0,
  problem: null,
  retryAt: null,
  message: null,
};

/**
 * @param {{ at: number, profile: Profile, pool?: string | null, idPrefix: string }} start
 * @returns {State}
 */
export const initial = ({ at, profile, pool = null, idPrefix }) => ({
  now: at,
  screen: 'home',
  entering: false,
  link: { status: 'off', retryAt: null, restarting: false },
  terms: null,
  gender: null,
  declaring: false,
  profile,
  filter: 'any',
  pool,
  limits: {},
  wait: null,
  check: FRESH_CHECK,
  search: null,
  chat: null,
  leaving: null,
  notice: null,
  dialog: null,
  blocks: [],
  bannedUntil: null,
  paced: [],
  heardAt: at,
  probedAt: null,
  idPrefix,
  idCount: 0,
  said: { text: '', count: 0 },
});

/**
 * @param {State} state
 * @param {...Effect} effects
 * @returns {Step}
 */
export const step = (state, ...effects) => ({ state, effects });

/**
 * Goes on from a step.
 * @param {Step} done
 * @param {(state: State) => Step} rule
 * @returns {Step}
 */
export function andThen(done, rule) {
  const next = rule(done.state);
  return { state: next.state, effects: [...done.effects, ...next.effects] };
}

/** @param {State} state @param {string} text @returns {State} */
export const say = (state, text) => ({ ...state, said: { text, count: state.said.count + 1 } });

/** The instant after which frames no longer count toward the server's minute. */
const MINUTE_MS = 60_000;

/** These count in a bucket of their own that is too large to matter here. */
const UNCOUNTED = new Set(['ack', 'typing', 'why']);

/**
 * Puts a frame on the line and remembers when.
 * @param {State} state @param {Request} request @returns {Step}
 */
export function send(state, request) {
  if (UNCOUNTED.has(request.action)) return step(state, { do: 'send', request });
  const paced = [...state.paced.filter((at) => at > state.now - MINUTE_MS), state.now];
  return step({ ...state, paced }, { do: 'send', request });
}

/** Whether frames reach the server and the server's truth is known. @param {State} state */
export const isOpen = (state) => state.link.status === 'open';

/** @param {Chat} chat */
export const peerName = (chat) => chat.profile.nickname ?? 'Stranger';

/** @param {Chat | null} chat */
export const isLive = (chat) => chat !== null && chat.ended === null;

/** Shows a screen, without what belonged to the last one. @param {State} state @param {Screen} screen @returns {State} */
export const show = (state, screen) =>
  state.screen === screen ? state : { ...state, screen, notice: null, dialog: null };

/** @param {State} state @param {Notice['tone']} tone @param {string} text @param {number | null} [until] @returns {State} */
export const notify = (state, tone, text, until = null) => ({ ...state, notice: { tone, text, until } });
