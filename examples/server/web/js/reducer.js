/**
 * The heart of the page: state in, event in; state out, effects out.
 *
 * Nothing here or in `rules/` touches the document, a clock, the network or randomness: the time and
 * everything else that could differ comes in on the event. So every way through the page can be tested
 * without a browser, and the same events always give the same page.
 */

/** @import { Event, State, Step } from './state.js' */

import * as chat from './rules/chat.js';
import * as check from './rules/check.js';
import * as delivery from './rules/delivery.js';
import * as link from './rules/link.js';
import * as matching from './rules/matching.js';
import * as pools from './rules/pools.js';
import * as pulse from './rules/pulse.js';
import { refused } from './rules/refusal.js';
import * as safety from './rules/safety.js';
import { andThen, show, step } from './state.js';

/** @param {State} state @param {Event} event @returns {Step} */
export function reduce(state, event) {
  const now = { ...state, now: event.at };
  return settle(event.type === 'frame' ? heard(now, event) : acted(now, event));
}

/**
 * What can only be decided once an event is through: no screen outlives what it shows, and the other way round.
 * @param {Step} done @returns {Step}
 */
function settle(done) {
  const { screen, chat: open, search, notice } = done.state;
  const empty = (screen === 'chat' && open === null) || (screen === 'queue' && search === null);
  const state = empty ? { ...show(done.state, 'find'), notice } : done.state;
  return andThen({ ...done, state }, check.offScreen);
}

/** @param {State} state @param {Exclude<Event, { type: 'frame' }>} event @returns {Step} */
function acted(state, event) {
  switch (event.type) {
    case 'tick': return tick(state);
    case 'link_connecting': return link.connecting(state);
    case 'link_lost': return link.lost(state, event);
    case 'retry_link': return link.retry(state);

    case 'start': return link.start(state);
    case 'home': return matching.home(state);
    case 'declare': return check.declare(state, event.gender);
    case 'recheck': return check.recheck(state);
    case 'consent': return check.consent(state, event.given);
    case 'camera_open': return check.cameraOpen(state);
    case 'camera_ready': return check.cameraReady(state);
    case 'camera_failed': return check.cameraFailed(state, event.why);
    case 'shoot': return check.shoot(state);
    case 'upload_progress': return check.uploadProgress(state, event.fraction);
    case 'upload_done': return check.uploadDone(state, event);
    case 'upload_failed': return check.uploadDone(state, { status: 0, body: null, retryAfterMs: null });
    case 'check_retry': return check.retry(state);
    case 'check_skip': return check.skip(state);
    case 'check_continue': return check.proceed(state);

    case 'profile_edit': return step(show(state, 'profile'));
    case 'profile_save': return matching.saveProfile(state, event.profile);
    case 'filter': return step({ ...state, filter: event.filter, notice: null });
    case 'pool': return pools.choose(state, event.pool);
    case 'find': return matching.find(state);
    case 'cancel': return matching.leave(state, false);
    case 'next': return matching.next(state);
    case 'leave': return matching.leave(state, event.home);

    case 'say': return andThen(delivery.sayText(state, event.text), chat.stopTyping);
    case 'compose': return chat.compose(state, event.empty);

    case 'dialog': return safety.dialog(state, event.kind);
    case 'report': return safety.report(state, event.reason, event.note);
    case 'block': return safety.block(state);
    case 'unblock': return safety.unblock(state, event.block);
    case 'notice_close': return step({ ...state, notice: null });
  }
}

/** @param {State} before @param {Extract<Event, { type: 'frame' }>} event @returns {Step} */
function heard(before, { frame }) {
  const state = { ...before, heardAt: before.now, limits: frame.limits ?? before.limits };
  switch (frame.type) {
    case 'hello': return link.hello(state, frame);
    case 'replaced': return link.replaced(state);
    case 'banned': return link.banned(state, frame.until);
    case 'server_restarting': return link.restarting(state);
    case 'daily_limits': return step(state);
    case 'declared': return check.declared(state, frame.gender);
    case 'queued': return matching.queued(state, frame.filter);
    case 'waiting': return matching.waiting(state, frame);
    case 'matched': return matching.matched(state, frame);
    case 'left': return matching.left(state);
    case 'msg': return delivery.received(state, frame);
    case 'ack': return delivery.acknowledged(state, frame.id);
    case 'typing': return chat.peerTyping(state, frame);
    case 'peer_away': return chat.peerAway(state, frame);
    case 'peer_back': return chat.peerBack(state, frame.peer);
    case 'peer_left': return chat.peerLeft(state, frame);
    case 'reported': return safety.reported(state);
    case 'blocked': return safety.blocked(state, frame);
    case 'unblocked': return safety.unblocked(state, frame.block);
    case 'error': return refused(state, frame);
  }
}

/** @param {State} state @returns {Step} */
function tick(state) {
  const due = [check.due, delivery.pump, matching.due, pulse.due];
  return due.reduce(andThen, step(lapse(state)));
}

/** Drops what time has ended. @param {State} state @returns {State} */
function lapse(state) {
  const over = (/** @type {number | null | undefined} */ until) => typeof until === 'number' && until <= state.now;
  return {
    ...state,
    wait: over(state.wait?.until) ? null : state.wait,
    notice: over(state.notice?.until) ? null : state.notice,
  };
}
