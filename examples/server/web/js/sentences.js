/** Every sentence that is chosen by a rule rather than written in the page. */

/** @import { Filter, Gender, Refusal } from './protocol.js' */

/** @type {Record<Gender, string>} */
export const GENDER_NAMES = {
  female: 'Woman',
  male: 'Man',
  'non-binary': 'Non-binary',
  'prefer-not-to-say': 'Prefers not to say',
};

/** @type {Record<Filter, string>} */
export const FILTER_NAMES = {
  any: 'Anyone',
  female: 'Women',
  male: 'Men',
  'non-binary': 'Non-binary people',
  'prefer-not-to-say': 'People who prefer not to say',
};

/** @type {Record<string, string>} */
const REPORT_NAMES = {
  harassment: 'Harassment or threats',
  spam: 'Spam or advertising',
  minor: 'May be a minor',
  explicit: 'Unwanted sexual content',
  other: 'Something else',
};

/** A reason this page does not know is shown as the server names it. @param {string} reason */
export const reportName = (reason) => REPORT_NAMES[reason] ?? reason;

/** @type {Record<string, string>} */
const REFUSALS = {
  cooldown: 'That was quick. There is a short pause between two searches.',
  daily_limit: 'You have used today’s matches for this filter. “Anyone” is still open.',
  daily_total: 'You have reached today’s number of matches. Please come back tomorrow.',
  already_waiting: 'You are already in the queue.',
  already_paired: 'You are already in a chat.',
  not_paired: 'This chat is already over.',
  unknown_peer: 'That person can no longer be reported or blocked from here.',
  already_reported: 'You have already reported this person.',
  too_many_blocks: 'Your block list is full. Lift a block first.',
  verification_required: 'This place asks everybody for the camera check first.',
  verification_invalid: 'Your check is no longer valid. Please do it again.',
  too_long: 'That is too long.',
  empty: 'There is nothing to send.',
  contact_details: 'Sharing contact details is not allowed here, to keep everybody anonymous.',
  profanity: 'Please choose other words for your nickname or bio.',
  rate_limited: 'That was a lot at once. Please wait a moment.',
  unavailable: 'Matching is unavailable for the moment. Your place is kept.',
};

/** @param {Refusal} refusal */
export const refusalText = ({ code, message }) => REFUSALS[code] ?? (message || 'The server did not accept that.');

/** @param {string} reason @param {boolean} byMe @param {string} nickname */
export function endingText(reason, byMe, nickname) {
  if (byMe) return reason === 'blocked' ? `You blocked ${nickname}. You will not meet again.` : 'You left this chat.';
  switch (reason) {
    case 'next':
      return `${nickname} went on to somebody else.`;
    case 'lost':
      return `${nickname} lost the connection and did not come back.`;
    case 'banned':
      return `${nickname} was removed for breaking the rules.`;
    case 'line':
      return 'You were away for too long, so this chat has ended.';
    default:
      return `${nickname} left the chat.`;
  }
}

/** @type {Record<string, string>} */
const CAMERA_PROBLEMS = {
  denied: 'The camera is blocked for this page. Allow it in the browser’s site settings, then try again.',
  missing: 'No camera was found on this device.',
  busy: 'The camera is in use by another program. Close it there, then try again.',
  insecure: 'The browser gives the camera only to pages opened over https.',
};

/** @param {string} why */
export const cameraProblem = (why) => CAMERA_PROBLEMS[why] ?? 'The camera could not be started. Please try again.';

/** What went wrong with an upload. @param {number} status @param {unknown} body */
export function uploadProblem(status, body) {
  if (status === 0) return 'The picture did not reach the server. Check your connection and try again.';
  if (status === 429) return 'Too many tries in a short time.';
  if (status === 422) return 'The picture did not arrive whole. Please try again.';
  if (status === 403) return 'This page is not allowed to talk to the server.';
  if (status === 503) return 'Many pictures are being checked right now.';
  if (status >= 500) return 'The server had a problem with the check. Please try again in a moment.';
  const detail = typeof body === 'object' && body !== null && 'detail' in body ? body.detail : null;
  return typeof detail === 'string'
    ? `The server did not accept the picture: ${detail}.`
    : 'The server did not accept the picture. Please try again.';
}

/** A length of time in words, rounded up, so that it never reads zero before it is over. @param {number} ms */
export function duration(ms) {
  const seconds = Math.max(0, Math.ceil(ms / 1000));
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.ceil(seconds / 60);
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  return minutes % 60 === 0 ? `${hours} h` : `${hours} h ${minutes % 60} min`;
}

/** How much longer it may take. @param {number | null} ms */
export const estimateText = (ms) => (ms === null ? '' : `It may take about ${duration(ms)} more.`);

/** @type {Record<string, string>} */
const NARROWINGS = {
  filter: 'Your filter narrows the choice most. Searching for anyone would be quicker.',
  gender: 'You have no gender here, so only people who search for anyone can meet you. With one you would meet more.',
  blocks: 'Your blocks narrow the choice most. You do not meet people you have blocked.',
  rematch: 'Your last partner is not offered again for a while. You meet the next person who comes.',
  limit: 'A filter of yours is used up for today. “Anyone” has no such limit.',
};

/**
 * What keeps somebody waiting and what to do about it, from the rules that the server names, the
 * narrowest first. A rule this page does not know is passed over.
 * @param {string[]} rules
 */
export const narrowingText = (rules) => NARROWINGS[rules.find((rule) => Object.hasOwn(NARROWINGS, rule)) ?? ''] ?? '';

/** A running clock, as in 1:05. @param {number} ms */
export function clock(ms) {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}

/** @param {number | undefined} left @param {number} unlimited */
export function leftToday(left, unlimited) {
  if (left === undefined) return '';
  return left >= unlimited ? 'no limit' : `${left} left today`;
}
