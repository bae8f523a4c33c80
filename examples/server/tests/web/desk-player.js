/** Plays the moderators' page without a browser: events in, and what it would ask, show and do. */

import { reduce } from '../../web/js/admin/reducer.js';
import { now as readNow } from '../../web/js/admin/shapes.js';
import { initial } from '../../web/js/admin/state.js';
import { now } from './desk.js';

export const ok = (body = {}) => ({ ok: true, body });
export const refused = (status, problem = `refused with ${status}`) => ({ ok: false, status, problem });

export class Player {
  at = 1_000_000;
  /** Requests that have no answer yet. */
  calls = [];
  /** Other effects since they were last taken. */
  effects = [];

  constructor() {
    this.state = initial(this.at);
    this.does({ type: 'start' });
  }

  /** One who is signed in and sees live figures. */
  static inside() {
    return new Player().answers('session', ok({ expires_at: 9_000_000 })).answers('figures', ok({ now: now(1_000_000), seconds: [], minutes: [] })).hears();
  }

  /** @param {object} event */
  does(event) {
    const { state, effects } = reduce(this.state, { ...event, at: this.at, random: 1 });
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

  /** Live figures come. @param {object} [change] @param {object | null} [minute] */
  hears(change = {}, minute = null) {
    return this.does({ type: 'stream_news', now: readNow(now(this.at, change)), minute });
  }

  takes = () => this.effects.splice(0);
}
