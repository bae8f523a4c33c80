/**
 * Requests about rooms. Whatever happens there is an answer: what the server sent, or a sentence that says
 * why not.
 */

/** @import { Answer, Call } from './state.js' */

import { problemText } from './sentences.js';

const PATIENCE_MS = 15_000;

/**
 * @typedef {object} Surroundings what differs between a browser and a test
 * @property {string} base the address of the page
 * @property {typeof fetch} fetch
 */

/** @param {Surroundings} surroundings @param {Pick<Call, 'path' | 'body' | 'token'>} call @returns {Promise<Answer>} */
export async function ask({ base, fetch }, { path, body, token }) {
  const response = await fetch(new URL(path, base), {
    method: body === undefined ? 'GET' : 'POST',
    headers: {
      ...(token === null ? {} : { 'X-Session-Token': token }),
      ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    credentials: 'omit',
    cache: 'no-store',
    redirect: 'error',
    signal: AbortSignal.timeout(PATIENCE_MS),
  }).catch(() => null);
  if (response === null) return { ok: false, status: 0, problem: problemText(0, null, null) };
  const said = await response.json().catch(() => null);
  if (response.ok && said !== null) return { ok: true, body: said };
  // An answer that is cut off, or of somebody between, is none.
  const status = response.ok ? 0 : response.status;
  return { ok: false, status, problem: problemText(status, said, retryAfter(response)) };
}

/** @param {Response} response */
function retryAfter({ headers }) {
  const seconds = Number(headers.get('Retry-After') ?? Number.NaN);
  return Number.isFinite(seconds) && seconds > 0 ? seconds : null;
}
