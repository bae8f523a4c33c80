/** The way in: a nickname, the rooms that one has, joining and creating. */

/** @import { Answer, Call, State, Step } from '../state.js' */

import { codeIn, room as readRoom, rooms as readRooms, session as readSession } from '../shapes.js';
import { andThen, ask, fill, IDLE, notify, show, step } from '../state.js';
import { enter } from './inside.js';

/** @param {State} state @param {string | null} code @returns {Step} */
export function start(state, code) {
  const here = { ...state, wanted: code };
  return here.session === null ? step(show(here, 'nickname')) : list(show(here, 'loading'));
}

/** Asks for one's rooms. @param {State} state @returns {Step} */
function list(state) {
  const done = ask(state, 'rooms', 'api/rooms/');
  return step({ ...done.state, listing: done.state.calls }, ...done.effects);
}

/** @param {State} state @param {Call} call @param {Answer} answer @returns {Step} */
export function listed(state, call, answer) {
  if (state.listing !== call.id) return step(state);
  const here = { ...state, listing: null };
  if (answer.ok) return arrive({ ...here, rooms: readRooms(answer.body) });
  if (answer.status === 404) return step(show(here, 'none'));
  return step(here.screen === 'loading' ? { ...show(here, 'trouble'), trouble: answer.problem } : notify(here, 'error', answer.problem));
}

/** Where somebody goes whose rooms are known. @param {State} state @returns {Step} */
function arrive(state) {
  if (state.screen !== 'loading') return step(state);
  const { wanted } = state;
  if (wanted === null) return step(show(state, 'lobby'));
  const known = state.rooms.find(({ code }) => code === wanted);
  return known === undefined ? step(show(state, 'invited')) : enter(state, known);
}

/** @param {State} state @param {string} nickname @returns {Step} */
export function name(state, nickname) {
  if (state.forms.nickname.call !== null) return step(state);
  const done = ask(state, 'session', 'api/session/create/', { nickname });
  return step(fill(done.state, 'nickname', { call: done.state.calls, problem: null }), ...done.effects);
}

/** @param {State} state @param {Call} call @param {Answer} answer @returns {Step} */
export function named(state, call, answer) {
  if (state.forms.nickname.call !== call.id) return step(state);
  const made = answer.ok ? readSession(answer.body) : null;
  if (!answer.ok && answer.status === 404) return step(show(fill(state, 'nickname', IDLE), 'none'));
  if (made === null) {
    const problem = answer.ok ? 'The server said something that this page does not understand.' : answer.problem;
    return step(fill(state, 'nickname', { call: null, problem }));
  }
  const known = { ...fill(state, 'nickname', IDLE), session: made, suggestion: made.nickname, rooms: [] };
  const done = known.wanted === null ? step(show(known, 'lobby')) : join(known, known.wanted);
  return step(done.state, { do: 'remember', session: made }, ...done.effects);
}

/** @param {State} state @param {string} typed @returns {Step} */
export function join(state, typed) {
  if (state.forms.join.call !== null) return step(state);
  const code = codeIn(typed);
  if (code === null) return step(fill(state, 'join', { call: null, problem: 'A code is 6 to 8 letters and digits.' }));
  const known = state.rooms.find((room) => room.code === code);
  if (known !== undefined) return enter(state, known);
  const done = ask(state, 'join', 'api/rooms/join/', { room_code: code });
  return step(fill(done.state, 'join', { call: done.state.calls, problem: null }), ...done.effects);
}

/** @param {State} state @param {{ name: string, days: number, most: string }} wish @returns {Step} */
export function create(state, { name: called, days, most }) {
  if (state.forms.create.call !== null) return step(state);
  const limit = most.trim();
  if (limit !== '' && !/^[1-9]\d{0,5}$/.test(limit)) {
    return step(fill(state, 'create', { call: null, problem: '“Most members” is a number, or empty.' }));
  }
  const body = { name: called, message_retention_days: days, ...(limit === '' ? {} : { max_participants: Number(limit) }) };
  const done = ask(state, 'create', 'api/rooms/create/', body);
  return step(fill(done.state, 'create', { call: done.state.calls, problem: null }), ...done.effects);
}

/** @param {State} state @param {'join' | 'create'} form @param {Call} call @param {Answer} answer @returns {Step} */
export function joined(state, form, call, answer) {
  if (state.forms[form].call !== call.id) return step(state);
  const found = answer.ok ? readRoom(answer.body) : null;
  // Whoever has gone elsewhere meanwhile is a member all the same, and finds the room in the list.
  if (found !== null) {
    const here = fill(state, form, IDLE);
    return here.inside === null ? enter(here, found) : step(here);
  }
  const problem = answer.ok ? 'The server said something that this page does not understand.' : answer.problem;
  const told = fill(state, form, { call: null, problem });
  return step(told.screen === 'nickname' ? show(told, 'invited') : told);
}

/** Out of a room without leaving it. @param {State} state @returns {Step} */
export function toLobby(state) {
  const here = { ...state, inside: null, gone: null, wanted: null, forms: { nickname: IDLE, join: IDLE, create: IDLE } };
  const hungUp = step(here, ...(state.inside === null ? [] : [/** @type {const} */ ({ do: 'hang_up' })]), { do: 'address', code: null });
  if (here.session === null) return andThen(hungUp, (next) => step(show(next, 'nickname')));
  return andThen(hungUp, (next) => list(show(next, 'lobby')));
}

/** The server no longer knows who this is. @param {State} state @param {string | null} text @returns {Step} */
export function over(state, text) {
  const wanted = state.inside?.room.code ?? state.wanted;
  const { session, suggestion } = state;
  const forgotten = session === null ? [] : [/** @type {const} */ ({ do: 'forget', token: session.token })];
  const out = show({ ...state, suggestion: session?.nickname ?? suggestion, session: null, inside: null, gone: null, rooms: [], listing: null, wanted }, 'nickname');
  const clean = { ...out, dialog: null, forms: { nickname: IDLE, join: IDLE, create: IDLE } };
  return step(text === null ? clean : notify(clean, 'error', text), ...forgotten, { do: 'hang_up' });
}

/** The address has changed: by a link, or by going back. @param {State} state @param {string | null} code @returns {Step} */
export function address(state, code) {
  if (code === (state.inside?.room.code ?? null) && state.screen !== 'invited') return step(state);
  if (code === null) return toLobby(state);
  const out = { ...state, inside: null, gone: null };
  const done = start(out, code);
  return step(done.state, ...(state.inside === null ? [] : [/** @type {const} */ ({ do: 'hang_up' })]), ...done.effects);
}
