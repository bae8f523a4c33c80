/** Every sentence, name and number of the moderators' page that is chosen by a rule rather than written in it. */

/** @import { Deed } from './state.js' */

import { reportName } from '../sentences.js';

const [MINUTE, HOUR, DAY] = [60_000, 3_600_000, 86_400_000];

/** The beginning of a device's hash, by which people tell devices apart. @param {string} device */
export const short = (device) => device.slice(0, 8);

/** @param {number} n */
export const count = (n) => n.toLocaleString('en');

/** @param {number} n @param {string} one @param {string} [many] */
export const some = (n, one, many = `${one}s`) => `${count(n)} ${n === 1 ? one : many}`;

/** A length of time, as exact as it is short. @param {number | null} ms */
export function span(ms) {
  if (ms === null) return '–';
  if (ms < 950) return `${Math.round(ms)} ms`;
  if (ms < 9_950) return `${(ms / 1_000).toFixed(1)} s`;
  if (ms < MINUTE - 500) return `${Math.round(ms / 1_000)} s`;
  const [big, unit, small, of] = ms < HOUR ? [MINUTE, 'min', 1_000, 's'] : ms < DAY ? [HOUR, 'h', MINUTE, 'min'] : [DAY, 'd', HOUR, 'h'];
  const rounded = Math.round(ms / small) * small;
  const [whole, rest] = [Math.floor(rounded / big), Math.round((rounded % big) / small)];
  return rest === 0 ? `${whole} ${unit}` : `${whole} ${unit} ${rest} ${of}`;
}

/** How long ago something was, or how long it is to come. @param {number} at @param {number} now */
export function relative(at, now) {
  const distance = Math.abs(now - at);
  if (distance < MINUTE) return at > now ? 'in a moment' : 'just now';
  const [unit, name] = distance < HOUR ? [MINUTE, 'min'] : distance < 2 * DAY ? [HOUR, 'h'] : [DAY, 'days'];
  const n = Math.floor(distance / unit);
  return at > now ? `in ${n} ${name}` : `${n} ${name} ago`;
}

/** @type {Record<string, string>} */
const PEOPLE = {
  female: 'Women',
  male: 'Men',
  'non-binary': 'Non-binary',
  'prefer-not-to-say': 'Not telling',
};

/** Who waits for whom, as in "Women → anyone". @param {string | null} gender @param {string} filter */
export const queueName = (gender, filter) => {
  const who = gender === null ? 'Unknown' : (PEOPLE[gender] ?? gender);
  const whom = filter === 'any' ? 'anyone' : (PEOPLE[filter] ?? filter).toLowerCase();
  return `${who} → ${whom}`;
};

/** @type {Record<string, string>} */
const OUTCOMES = {
  verified: 'Verified',
  abstained: 'Could not tell',
  no_face: 'No face',
  several_faces: 'Several faces',
  not_live: 'Not live',
  too_small: 'Too small',
  too_dark: 'Too dark',
  too_blurred: 'Too blurred',
  turned_away: 'Turned away',
  unreadable: 'Unreadable',
  busy: 'No room',
  failed: 'Failed',
};

/** @type {Record<string, string>} */
const RULES = {
  cooldown: 'Joined too soon',
  daily_limit: 'Daily limit of a filter',
  daily_total: 'Daily total',
  already_waiting: 'Waiting already',
  already_paired: 'Talking already',
  not_paired: 'Talking to nobody',
  not_waiting: 'Not waiting',
  banned: 'Banned',
  unknown_peer: 'Never met',
  already_reported: 'Reported already',
  too_many_blocks: 'Block list full',
  verification_required: 'Not verified',
  verification_invalid: 'Bad proof of gender',
  invalid_frame: 'Malformed frame',
  unknown_action: 'Unknown action',
  too_long: 'Text too long',
  empty: 'Text empty',
  contact_details: 'Contact details',
  profanity: 'Profanity',
  rate_limited: 'Too fast',
  unavailable: 'Store away',
  unknown_pool: 'Unknown pool',
};

/** What this page does not know is shown as the server names it. @param {string} name */
const plain = (name) => name.replaceAll('_', ' ');

/** @param {string} name */
export const outcomeName = (name) => OUTCOMES[name] ?? plain(name);

/** @param {string} name */
export const ruleName = (name) => RULES[name] ?? plain(name);

export { reportName };

/** @type {Record<string, string>} */
const ACTIONS = {
  sign_in: 'Signed in',
  refused: 'Wrong key',
  sign_out: 'Signed out',
  ban: 'Ban',
  lift: 'Lifted',
  dismiss: 'Dismissed',
  maintenance: 'Maintenance',
  reset: 'Reset',
  room_ban: 'Session banned',
  room_lift: 'Session lifted',
  room_close: 'Room closed',
  export: 'Export',
};

/** @param {string} action @param {boolean | null} on */
export const actionName = (action, on) =>
  action === 'maintenance' && on !== null ? `Maintenance ${on ? 'on' : 'off'}` : (ACTIONS[action] ?? plain(action));

/** What was done, once it is. @param {Deed} deed @param {number | null} until */
export function doneText(deed, until) {
  switch (deed.kind) {
    case 'ban': return until === null ? 'The device is banned.' : `The device is banned until ${dateTime(until)}.`;
    case 'lift': return 'The ban is lifted, and the reports behind it count no more.';
    case 'dismiss': return 'The report is dismissed.';
    case 'ban-session': return 'The session is banned from all rooms.';
    case 'close-room': return `The room ${deed.room} is closed.`;
    case 'maintenance': return deed.on ? 'Maintenance is on. Nobody new comes in.' : 'Maintenance is off. Everybody may come in.';
    case 'reset': return 'Everything was reset.';
  }
}

/** @param {number} at */
export const dateTime = (at) =>
  new Date(at).toLocaleString('en-GB', { day: 'numeric', month: 'short', year: 'numeric', hour: '2-digit', minute: '2-digit' });

/** @param {number} at */
export const clockTime = (at) => new Date(at).toLocaleTimeString('en-GB', { hour: '2-digit', minute: '2-digit' });

/**
 * What went wrong with a request. `detail` is what the server says of it.
 * @param {number} status 0 if no answer came @param {string | null} detail @param {number | null} retryAfterS
 */
export function problemText(status, detail, retryAfterS) {
  const again = retryAfterS === null ? 'Try again in a moment.' : `Try again in ${span(retryAfterS * 1_000)}.`;
  if (status === 0) return 'The server did not answer. Check the connection and try again.';
  if (status === 401) return 'You are not signed in.';
  if (status === 429) return `That was often. ${again}`;
  if (status === 404 && detail === null) return 'The server does not know that. It may be older than this page.';
  const said = detail === null ? `The server refused (${status})` : detail.replace(/\.$/, '');
  return status === 503 || status >= 520 ? `${said}. ${again}` : `${said}.`;
}
