/**
 * The heart of the page of rooms: state in, event in; state out, effects out.
 *
 * Nothing here or in `rules/` touches the document, a clock, the network or randomness: the time and
 * everything else that could differ comes in on the event.
 */

/** @import { Event, State, Step } from './state.js' */

import * as deeds from './rules/deeds.js';
import * as entry from './rules/entry.js';
import * as inside from './rules/inside.js';
import * as line from './rules/line.js';
import * as talk from './rules/talk.js';
import { andThen, isOwner, notify, step, within } from './state.js';

/** @param {State} state @param {Event} event @returns {Step} */
export function reduce(state, event) {
  return andThen(happened({ ...state, now: event.at }, event), settle);
}

/** What belongs to an owner goes with the room, however it was lost. @param {State} state @returns {Step} */
function settle(state) {
  const { dialog } = state;
  const needsOwner = dialog?.kind === 'reports' || (dialog?.kind === 'ask' && 'alias' in dialog.deed && dialog.call === null);
  const isStale = needsOwner && (state.inside === null || !isOwner(state.inside));
  return step(isStale ? { ...state, dialog: null } : state);
}

/** @param {State} state @param {Event} event @returns {Step} */
function happened(state, event) {
  switch (event.type) {
    case 'start': return entry.start(state, event.code);
    case 'address': return entry.address(state, event.code);
    case 'reload': return entry.start(state, state.wanted);
    case 'tick': return [line.due, inside.due].reduce(andThen, step(lapse(state)));

    case 'name': return entry.name(state, event.nickname);
    case 'forget': return deeds.forget(state);
    case 'join': return entry.join(state, event.typed);
    case 'accept': return entry.join(state, state.wanted ?? '');
    case 'enter': return entry.join(state, event.code);
    case 'create': return entry.create(state, event);
    case 'to_lobby': return entry.toLobby(state);
    case 'take_back': return entry.start({ ...state, gone: null }, state.gone?.code ?? null);

    case 'frame': return frame(state, event);
    case 'line_closed': return line.closed(state, event, event.random ?? 1);
    case 'retry': return line.retry(state);

    case 'compose': return talk.compose(state, event.empty);
    case 'say': return talk.say(state, event.text);
    case 'again': return talk.again(state, event.key);
    case 'older': return inside.older(state);
    case 'people': return step(within(state, { panel: !state.inside?.panel }));

    case 'ask': return deeds.open(state, event.deed);
    case 'confirm': return deeds.confirm(state);
    case 'close_dialog': return deeds.close(state);
    case 'lock': return deeds.lock(state);
    case 'ask_report': return deeds.askReport(state, event.id);
    case 'report': return deeds.report(state, event.reason);
    case 'reports': return deeds.reports(state);

    case 'copy_link': return state.inside === null ? step(state) : step(state, { do: 'copy_link', code: state.inside.room.code });
    case 'copied': return step(event.done
      ? notify(state, 'info', 'The link is copied. Whoever has it may join.')
      : notify(state, 'error', `The browser did not allow to copy. The code is ${state.inside?.room.code ?? 'on the page'}.`));
    case 'notice_close': return step({ ...state, notice: null });

    case 'answer': return answered(state, event);
  }
}

/** @param {State} state @param {Extract<Event, { type: 'frame' }>} event @returns {Step} */
function frame(state, event) {
  if (state.inside === null || state.inside.line.number !== event.line) return step(state);
  const isLast = event.frame.type === 'closed' || (event.frame.type === 'removed' && event.frame.why === 'left');
  return isLast && deeds.isGoing(state) ? deeds.out(state) : inside.heard(state, event.frame);
}

/** @param {State} state @param {Extract<Event, { type: 'answer' }>} event @returns {Step} */
function answered(state, { call, answer }) {
  const isStranger = !answer.ok && answer.status === 401 && call.token !== null;
  if (isStranger && call.token === state.session?.token) {
    return entry.over(state, 'Your session is over. Choose a nickname again.');
  }
  switch (call.name) {
    case 'session': return entry.named(state, call, answer);
    case 'rooms': return entry.listed(state, call, answer);
    case 'join':
    case 'create': return entry.joined(state, call.name, call, answer);
    case 'members': return inside.membersKnown(state, call, answer);
    case 'messages': return inside.paged(state, call, answer);
    case 'end':
    case 'deed': return deeds.done(state, call, answer);
    case 'lock': return deeds.locked(state, call, answer);
    case 'report': return deeds.reported(state, call, answer);
    case 'reports': return deeds.reportsKnown(state, call, answer);
    case 'look': {
      if (answer.ok || state.inside?.room.code !== call.code || state.inside.line.status === 'open') return step(state);
      return answer.status === 403 ? line.gone(state, 'unknown') : answer.status === 404 ? line.gone(state, 'closed') : step(state);
    }
  }
}

/** Drops what time has ended. @param {State} state @returns {State} */
function lapse(state) {
  const until = state.notice?.until;
  return typeof until === 'number' && until <= state.now ? { ...state, notice: null } : state;
}
