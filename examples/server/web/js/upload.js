/** Sends one picture to be checked. */

/**
 * @typedef {{ type: 'upload_progress', fraction: number }
 *   | { type: 'upload_done', status: number, body: unknown, retryAfterMs: number | null }
 *   | { type: 'upload_failed' }} UploadEvent
 */

/** A picture is small; an upload that takes longer than this has lost its network. */
const TIMEOUT_MS = 60_000;

/** @param {string} text @returns {unknown} */
function parse(text) {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/**
 * XMLHttpRequest rather than fetch, because only it tells how far an upload has come.
 * @param {Blob} picture
 * @param {string} deviceId
 * @param {(event: UploadEvent) => void} tell
 * @returns {() => void} gives the upload up
 */
export function upload(picture, deviceId, tell) {
  const form = new FormData();
  form.append('file', picture, 'selfie.jpg');
  const request = new XMLHttpRequest();
  request.open('POST', `verify?${new URLSearchParams({ device_id: deviceId, consent: '1' })}`);
  request.timeout = TIMEOUT_MS;
  request.upload.onprogress = ({ loaded, total }) =>
    tell({ type: 'upload_progress', fraction: total > 0 ? loaded / total : 0 });
  request.onload = () => {
    const seconds = Number(request.getResponseHeader('Retry-After') ?? 'none');
    tell({
      type: 'upload_done',
      status: request.status,
      body: parse(request.responseText),
      retryAfterMs: Number.isFinite(seconds) ? seconds * 1000 : null,
    });
  };
  request.onerror = () => tell({ type: 'upload_failed' });
  request.ontimeout = request.onerror;
  request.send(form);
  return () => request.abort();
}
