/**
 * The heart of the moderators' page: state in, event in; state out, effects out.
 *
 * Nothing here or in `rules/` touches the document, a clock, the network or randomness: the time and
 * everything else that could differ comes in on the event.
 */

/** @import { Event, State, Step } from './state.js' */

import * as deeds from './rules/deeds.js';
import * as lists from './rules/lists.js';
import * as live from './rules/live.js';
import * as session from './rules/session.js';
import { andThen, notify, step } from './state.js';

/** @param {State} state @param {Event} event @returns {Step} */
export function reduce(state, event) {
  const now = { ...state, now: event.at };
  return andThen(happened(now, event), lists.refresh);
}

/** @param {State} state @param {Event} event @returns {Step} */
function happened(state, event) {
  switch (event.type) {
    case 'start': return session.start(state);
    case 'link_secret': return session.signIn(state, event.secret, true);
    case 'sign_in': return session.signIn(state, event.key, false);
    case 'sign_out': return session.signOut(state);
    case 'tab': return step({ ...state, tab: event.tab, screen: event.tab, notice: null, lists: lists.stale(state) });
    case 'tick': return live.due(lapse(state), event.random ?? 1);

    case 'stream_news': return live.news(state, event.now, event.minute);
    case 'stream_lost': return live.lost(state, event.random ?? 1);
    case 'retry_stream': return live.retry(state);

    case 'older': return lists.older(state, event.list);
    case 'newer': return lists.newer(state, event.list);
    case 'newest': return lists.newest(state, event.list);
    case 'reload': return lists.reload(state, event.list);
    case 'pool': return lists.pool(state, event.pool);
    case 'undecided': return lists.undecided(state, event.only);
    case 'about': return lists.about(state, event.device);

    case 'open': return deeds.open(state, event.deed);
    case 'close': return deeds.close(state);
    case 'confirm': return deeds.confirm(state, event.filled);

    case 'export': return state.saving === 'busy' ? step(state) : step({ ...state, saving: 'busy' }, { do: 'export' });
    case 'exported': return deeds.exported(state, event.answer);
    case 'copy': return step(state, { do: 'copy', text: event.text });
    case 'copied': return step(event.done
      ? notify(state, 'info', 'Copied.')
      : notify(state, 'error', 'The browser did not allow to copy.'));
    case 'notice_close': return step({ ...state, notice: null });

    case 'answer': return answered(state, event);
  }
}

/** @param {State} state @param {Extract<Event, { type: 'answer' }>} event @returns {Step} */
function answered(state, { call, answer, random }) {
  switch (call.name) {
    case 'session': return session.found(state, answer);
    case 'sign-in': return session.signedIn(state, call, answer);
    case 'sign-out': return session.signedOut(state, answer);
    case 'figures': return live.course(state, answer, random ?? 1);
    case 'deed': return deeds.done(state, call, answer);
    case 'queue':
    case 'rooms':
    case 'bans':
    case 'audit': return lists.page(state, call.name, call, answer);
  }
}

/** Drops what time has ended. @param {State} state @returns {State} */
function lapse(state) {
  const until = state.notice?.until;
  return typeof until === 'number' && until <= state.now ? { ...state, notice: null } : state;
}
