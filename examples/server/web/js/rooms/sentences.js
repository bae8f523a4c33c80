/** The sentences of the rooms that are chosen by a rule. */

import { duration } from '../sentences.js';

/** Letters and marks that turn the direction of what stands beside them. */
const TURNING = /[\u0590-\u08ff\u200e\u200f\u202a-\u202e\u2066-\u2069\ufb1d-\ufdff\ufe70-\ufefc]/;

/** A name as it may stand within a sentence: whatever it is written in, it turns nothing but itself. @param {string} name */
export const isolated = (name) => (TURNING.test(name) ? `\u2068${name}\u2069` : name);

/** What everybody in a room is told about it at all times. @param {number} days */
export const keptText = (days) =>
  days === 0
    ? 'Nothing is kept: who is not here does not see it.'
    : `Messages are kept for ${days === 1 ? '1 day' : `${days} days`}, for members only.`;

/** @param {{ name: string, code: string }} room */
export const roomName = ({ name, code }) => (name === '' ? `Room ${code}` : name);

/** @param {number} number */
export const membersText = (number) => (number === 1 ? '1 member' : `${number} members`);

/** @type {Record<string, { title: string, text: string }>} */
const ENDS = {
  left: { title: 'You have left the room', text: 'Another window of yours left it. With the code you may come back.' },
  kicked: { title: 'You were removed', text: 'The owner removed you from this room. With the code you may come back, unless it is locked.' },
  banned_from_room: { title: 'You were banned', text: 'The owner banned you from this room. You cannot come back.' },
  banned: { title: 'You were banned', text: 'This server has banned you from its rooms.' },
  session_over: { title: 'Your session is over', text: 'You were away for too long, so the rooms have forgotten you. Choose a nickname again.' },
  unknown: { title: 'You are no longer a member', text: 'You left this room or were removed while you were away.' },
  closed: { title: 'This room is closed', text: 'It is over for everybody, and what was kept is gone.' },
  replaced: { title: 'Open in too many windows', text: 'This room is open in too many other windows of yours. It goes on there.' },
};

/** Why one is no longer in the room. @param {string} why */
export const endText = (why) => ENDS[why] ?? { title: 'You are no longer a member', text: 'This room can no longer be read from here.' };

/** Why somebody else has gone. @param {string} nickname @param {string} why */
export function partingText(nickname, why) {
  const name = isolated(nickname);
  if (why === 'kicked') return `${name} was removed.`;
  return why === 'banned_from_room' || why === 'banned' ? `${name} was banned.` : `${name} left.`;
}

/** What stands where nothing is said yet. @param {{ room: { locked: boolean }, members: unknown[] }} inside */
export function emptyText({ room, members }) {
  if (room.locked) return 'Nothing is said yet. The room is locked, so nobody new may join.';
  return members.length < 2 ? 'Only you are here so far. Copy the link and send it: whoever has it may join.' : 'Nothing is said yet. Say hello, be kind, and stay anonymous.';
}

/** @param {string[]} nicknames */
export function typingText(nicknames) {
  const [first, second] = nicknames.map(isolated);
  if (first === undefined) return '';
  if (second === undefined) return `${first} is writing`;
  return nicknames.length === 2 ? `${first} and ${second} are writing` : 'Several people are writing';
}

/**
 * What a refusal says, in the server's words where it has some.
 * @param {number} status 0 if there was no answer @param {unknown} body @param {number | null} retryAfterS
 */
export function problemText(status, body, retryAfterS) {
  if (status === 0) return 'The server cannot be reached. Please try again.';
  const said = spoken(body);
  const text = said ?? `The server refused this (${status}).`;
  const ended = /[.!?]$/.test(text) ? text : `${text}.`;
  return retryAfterS === null ? ended : `${ended} Try again in ${duration(retryAfterS * 1_000)}.`;
}

/** @param {unknown} body @returns {string | null} */
function spoken(body) {
  if (typeof body !== 'object' || body === null) return null;
  for (const value of Object.values(body)) {
    const text = Array.isArray(value) ? value[0] : value;
    if (typeof text === 'string' && text !== '') return text;
  }
  return null;
}

/** @typedef {{ title: string, text: string, confirm: string }} Question */

/** @param {'kick' | 'ban' | 'hand-over' | 'leave' | 'close' | 'forget'} kind @param {string} nickname @param {boolean} isOwner @returns {Question} */
export function question(kind, nickname, isOwner) {
  const name = isolated(nickname);
  switch (kind) {
    case 'kick': return { title: `Remove ${name}?`, text: 'They may come back with the code, unless the room is locked.', confirm: 'Remove' };
    case 'ban': return { title: `Ban ${name}?`, text: 'They have to go now and cannot come back.', confirm: 'Ban' };
    case 'hand-over': return { title: `Make ${name} the owner?`, text: 'The room has one owner. You stay as a member.', confirm: 'Hand over' };
    case 'close': return { title: 'Close the room?', text: 'It is over for everybody at once, and what was kept is gone. This cannot be undone.', confirm: 'Close the room' };
    case 'forget': return { title: 'Begin anew?', text: 'With another nickname you are somebody else: you leave all your rooms, and what you own goes to others.', confirm: 'Begin anew' };
    case 'leave': return {
      title: 'Leave the room?',
      text: isOwner ? 'Whoever has been here longest becomes the owner. With the code you may come back as a member.' : 'With the code you may come back, unless the room is locked.',
      confirm: 'Leave',
    };
  }
}
