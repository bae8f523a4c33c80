/**
 * Requests to the admin API. Whatever happens there is an answer: what the server sent, or a sentence that
 * says why not. The cookie of the session is the browser's affair, and no script can read it.
 */

/** @import { Answer, Call } from './state.js' */

import { problemText } from './words.js';

/** A reset may take half a minute. */
const PATIENCE_MS = 40_000;

/** What only a script of this page can send; the server asks for it. */
const MARK = { 'X-Anonchat-Admin': '1' };

/**
 * @typedef {object} Surroundings what differs between a browser and a test
 * @property {string} base the address of the page
 * @property {typeof fetch} fetch
 */

/** @param {Surroundings} surroundings @param {Pick<Call, 'path' | 'body'>} call @returns {Promise<Answer>} */
export async function ask(surroundings, { path, body }) {
  const response = await reach(surroundings, path, body);
  if (response === null) return refused(0, null, null);
  const said = await response.json().catch(() => null);
  if (!response.ok) return refused(response.status, detail(said), retryAfter(response));
  // An answer that is cut off, or of somebody between, is none.
  return said === null ? refused(0, null, null) : { ok: true, body: said };
}

/** The whole record as a file. @param {Surroundings} surroundings @returns {Promise<Answer & { file?: Blob }>} */
export async function download(surroundings) {
  const response = await reach(surroundings, 'admin/audit/export', undefined);
  if (response === null) return refused(0, null, null);
  if (!response.ok) return refused(response.status, detail(await response.json().catch(() => null)), retryAfter(response));
  const file = await response.blob().catch(() => null);
  return file === null ? refused(0, null, null) : { ok: true, body: null, file };
}

/** @param {Surroundings} surroundings @param {string} path @param {object | undefined} body */
const reach = ({ base, fetch }, path, body) =>
  fetch(new URL(path, base), {
    method: body === undefined ? 'GET' : 'POST',
    headers: body === undefined ? MARK : { ...MARK, 'Content-Type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    credentials: 'same-origin',
    cache: 'no-store',
    redirect: 'error',
    signal: AbortSignal.timeout(PATIENCE_MS),
  }).catch(() => null);

/** @param {number} status @param {string | null} said @param {number | null} retryAfterS @returns {Answer} */
const refused = (status, said, retryAfterS) => ({ ok: false, status, problem: problemText(status, said, retryAfterS) });

/** @param {unknown} body */
function detail(body) {
  if (typeof body !== 'object' || body === null || !('detail' in body)) return null;
  return typeof body.detail === 'string' && body.detail !== '' ? body.detail : null;
}

/** @param {Response} response */
function retryAfter({ headers }) {
  const seconds = Number(headers.get('Retry-After') ?? Number.NaN);
  return Number.isFinite(seconds) && seconds > 0 ? seconds : null;
}
