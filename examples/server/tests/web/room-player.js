/** Plays the page of rooms without a browser: events in, and what it would ask, show and do. */

import { reduce } from '../../web/js/rooms/reducer.js';
import { frame as readFrame } from '../../web/js/rooms/shapes.js';
import { initial } from '../../web/js/rooms/state.js';

export const ok = (body = {}) => ({ ok: true, body });
export const refused = (status, problem = `refused with ${status}`) => ({ ok: false, status, problem });

/** Aliases, as the server makes them. */
export const [ANN, BOB, CAT] = ['a', 'b', 'c'].map((letter) => letter.repeat(32));

export const CODE = 'OUV0V2AB';
export const SESSION = { token: 'token-1', nickname: 'Ann' };

/** @param {object} [change] */
export const room = (change = {}) => ({
  code: CODE, name: 'Tea', owner_alias: ANN, owner_nickname: 'Ann', created_at: '2026-02-03T12:00:00Z',
  message_retention_days: 30, max_participants: null, participant_count: 2, you: ANN, locked: false, ...change,
});

/** @param {number} id @param {object} [change] */
export const message = (id, change = {}) => ({
  id, room_code: CODE, session_nickname: 'Bob', content: `word ${id}`, timestamp: '2026-02-03T12:34:56.123000Z', alias: BOB, mine: false, ...change,
});

/** @param {number[]} ids @param {number} [page] @param {number} [pages] */
export const history = (ids, page = 1, pages = 1) =>
  ok({ results: [...ids].reverse().map((id) => message(id)), count: ids.length, page, page_size: 50, total_pages: pages });

export const MEMBERS = [
  { alias: ANN, nickname: 'Ann', here: true, owner: true, you: true },
  { alias: BOB, nickname: 'Bob', here: true, owner: false, you: false },
];

export class Player {
  at = 1_000_000;
  /** Requests that have no answer yet. */
  calls = [];
  /** Other effects since they were last taken. */
  effects = [];

  constructor({ session = SESSION, code = null } = {}) {
    this.state = initial({ at: this.at, session, suggestion: 'Quiet Otter' });
    this.does({ type: 'start', code });
  }

  /** One who is in a room, with its members and an empty history. @param {object} [change] */
  static inside(change = {}) {
    const player = new Player().answers('rooms', ok([room(change)])).does({ type: 'enter', code: CODE }).opens(change);
    player.answers('members', ok(MEMBERS));
    if (player.asked('messages') !== undefined) player.answers('messages', history([]));
    player.takes();
    return player;
  }

  /** @param {object} event */
  does(event) {
    const { state, effects } = reduce(this.state, { random: 1, ...event, at: this.at });
    this.state = state;
    for (const effect of effects) {
      if (effect.do === 'call') this.calls.push(effect.call);
      else this.effects.push(effect);
    }
    return this;
  }

  /** Lets time go by. @param {number} ms */
  waits(ms) {
    this.at += ms;
    return this.does({ type: 'tick' });
  }

  /** The oldest request of this name that has no answer. @param {string} name */
  asked = (name) => this.calls.find((call) => call.name === name);

  /** Answers it. @param {string} name @param {object} answer */
  answers(name, answer) {
    const call = this.asked(name);
    if (call === undefined) throw new Error(`Nothing was asked of "${name}".`);
    this.calls = this.calls.filter((other) => other !== call);
    return this.does({ type: 'answer', call, answer });
  }

  /** A frame comes over the line that is open now, read as it is on the page. @param {object} frame */
  hears(frame) {
    const read = readFrame(JSON.stringify(frame));
    if (read === null) throw new Error('The page does not understand this frame.');
    return this.does({ type: 'frame', line: this.line.number, frame: read });
  }

  /** @param {object} [change] */
  opens = (change = {}) => this.hears({ type: 'room', room: room(change) });

  /** @param {number} [code] @param {boolean} [opened] */
  loses = (code = 1006, opened = true) => this.does({ type: 'line_closed', line: this.line.number, code, opened });

  get inside() {
    return this.state.inside;
  }

  get line() {
    return this.state.inside.line;
  }

  /** What the log shows: own messages with `>`, those of others with `<`, notes with `*`. */
  get log() {
    const { entries, sent } = this.state.inside;
    return [
      ...entries.map((entry) => ('note' in entry ? `* ${entry.note}` : `${entry.message.mine ? '>' : '<'} ${entry.message.text}`)),
      ...sent.map(({ text, status }) => `${status}: ${text}`),
    ];
  }

  takes = () => this.effects.splice(0);
}
