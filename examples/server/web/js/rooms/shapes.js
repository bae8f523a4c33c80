/**
 * What comes from the server, read with care: what is not as it should be is `null`, and nothing else of
 * the page ever sees it.
 */

/** @typedef {{ code: string, name: string, owner: string, days: number, members: number, most: number | null, you: string, locked: boolean }} Room */

/** @typedef {{ id: number, alias: string, nickname: string, text: string, at: number, mine: boolean }} Message */

/** @typedef {{ message: Message, reasons: string[] }} Reported */

/** @typedef {{ alias: string, nickname: string, here: boolean, you: boolean }} Member */

/** @typedef {{ token: string, nickname: string }} Session */

/**
 * @typedef {{ type: 'room', room: Room } | { type: 'said', message: Message }
 *   | { type: 'typing', alias: string, nickname: string, on: boolean }
 *   | { type: 'joined', alias: string, nickname: string } | { type: 'left', alias: string, why: string }
 *   | { type: 'presence', alias: string, here: boolean } | { type: 'owner', alias: string }
 *   | { type: 'locked', locked: boolean } | { type: 'error', message: string }
 *   | { type: 'removed', why: string } | { type: 'closed' } | { type: 'replaced' }
 *   | { type: 'restarting', inMs: number }} Frame
 */

/** @param {unknown} value @returns {Record<string, unknown>} */
const members = (value) =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? /** @type {Record<string, unknown>} */ (value) : {};

/** @param {unknown} value */
const text = (value) => (typeof value === 'string' ? value : '');

/** @param {unknown} value */
const count = (value) => (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : null);

/** @template T @param {unknown} value @param {(item: unknown) => T | null} read @returns {T[]} */
const list = (value, read) =>
  (Array.isArray(value) ? value : []).flatMap((item) => {
    const found = read(item);
    return found === null ? [] : [found];
  });

/** The code that somebody typed, or that is in the link they pasted. @param {string} typed @returns {string | null} */
export function codeIn(typed) {
  const code = (typed.includes('#') ? typed.slice(typed.lastIndexOf('#') + 1) : typed).trim().toUpperCase();
  return /^[A-Z0-9]{6,8}$/.test(code) ? code : null;
}

/** @param {unknown} body @returns {Session | null} */
export function session(body) {
  const { session_token: token, nickname } = members(body);
  return text(token) === '' || text(nickname) === '' ? null : { token: text(token), nickname: text(nickname) };
}

/** @param {unknown} body @returns {Room | null} */
export function room(body) {
  const it = members(body);
  const [code, you, owner] = [text(it.code), text(it.you), text(it.owner_alias)];
  const days = count(it.message_retention_days);
  if (code === '' || you === '' || days === null) return null;
  const [most, number] = [count(it.max_participants), count(it.participant_count) ?? 0];
  return { code, name: text(it.name), owner, days, members: number, most, you, locked: it.locked === true };
}

/** @param {unknown} body */
export const rooms = (body) => list(body, room);

/** @param {unknown} body @returns {Member | null} */
function member(body) {
  const { alias, nickname, here, you } = members(body);
  return text(alias) === '' ? null : { alias: text(alias), nickname: text(nickname), here: here === true, you: you === true };
}

/** @param {unknown} body */
export const memberList = (body) => list(body, member);

/** @param {unknown} body @returns {Message | null} */
export function message(body) {
  const { id, alias, session_nickname: nickname, content, timestamp, mine } = members(body);
  const at = Date.parse(text(timestamp));
  const number = count(id);
  if (number === null || Number.isNaN(at) || typeof content !== 'string') return null;
  return { id: number, alias: text(alias), nickname: text(nickname), text: content, at, mine: mine === true };
}

/** Oldest first, as one reads. @param {unknown} body @returns {{ messages: Message[], more: boolean } | null} */
export function page(body) {
  const { results, page: number, total_pages: pages } = members(body);
  const [asked, all] = [count(number), count(pages)];
  if (asked === null || all === null || !Array.isArray(results)) return null;
  return { messages: list(results, message).sort((a, b) => a.id - b.id), more: asked < all };
}

/** @param {unknown} body */
export const reports = (body) =>
  list(body, (item) => {
    const read = message(item);
    return read === null ? null : { message: read, reasons: list(members(item).reasons, (reason) => text(reason) || null) };
  });

/** @param {unknown} data @returns {Frame | null} */
export function frame(data) {
  try {
    return typeof data === 'string' ? told(members(JSON.parse(data))) : null;
  } catch {
    return null;
  }
}

/** @param {Record<string, unknown>} it @returns {Frame | null} */
function told(it) {
  const [alias, nickname] = [text(it.alias), text(it.nickname)];
  switch (it.type) {
    case 'room': {
      const found = room(it.room);
      return found === null ? null : { type: 'room', room: found };
    }
    case 'chat_message': {
      const found = message(it.data);
      return found === null ? null : { type: 'said', message: found };
    }
    case 'typing': return alias === '' ? null : { type: 'typing', alias, nickname, on: it.is_typing === true };
    case 'joined': return alias === '' ? null : { type: 'joined', alias, nickname };
    case 'left': return { type: 'left', alias, why: text(it.why) };
    case 'presence': return { type: 'presence', alias, here: it.here === true };
    case 'owner': return { type: 'owner', alias };
    case 'locked': return { type: 'locked', locked: it.locked === true };
    case 'error': return { type: 'error', message: text(it.message) };
    case 'removed': return { type: 'removed', why: text(it.why) };
    case 'closed': return { type: 'closed' };
    case 'replaced': return { type: 'replaced' };
    case 'server_restarting': return { type: 'restarting', inMs: count(it.reconnect_in_ms) ?? 1_000 };
    default: return null;
  }
}
