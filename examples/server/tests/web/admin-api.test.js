/** Requests and the stream of the moderators' page, with a scripted `fetch` and a scripted `EventSource`. */

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { ask, download } from '../../web/js/admin/api.js';
import { Stream } from '../../web/js/admin/stream.js';

/** A `fetch` that answers once. @param {Response | Error} answer */
function scripted(answer) {
  /** @type {{ url: string, init: RequestInit }[]} */
  const sent = [];
  const fetch = async (url, init) => {
    sent.push({ url: String(url), init });
    if (answer instanceof Error) throw answer;
    return answer;
  };
  return { sent, surroundings: { base: 'https://chat.example.org/some/place/admin', fetch } };
}

const json = (status, body, headers = {}) => new Response(JSON.stringify(body), { status, headers });

describe('a request', () => {
  test('goes beside the page, with the mark that only a script can set', async () => {
    const { sent, surroundings } = scripted(json(200, { rows: [] }));
    assert.deepEqual(await ask(surroundings, { path: 'admin/queue?limit=25' }), { ok: true, body: { rows: [] } });
    const [{ url, init }] = sent;
    assert.equal(url, 'https://chat.example.org/some/place/admin/queue?limit=25');
    assert.deepEqual([init.method, init.headers['X-Anonchat-Admin'], init.credentials, init.redirect, init.body], ['GET', '1', 'same-origin', 'error', undefined]);
  });
  test('that does something is a POST of JSON', async () => {
    const { sent, surroundings } = scripted(json(200, {}));
    await ask(surroundings, { path: 'admin/reset', body: { confirm: 'reset' } });
    const [{ init }] = sent;
    assert.deepEqual([init.method, init.headers['Content-Type'], init.body], ['POST', 'application/json', '{"confirm":"reset"}']);
  });
  for (const [what, answer, status, problem] of [
    ['no answer', new TypeError('failed'), 0, /did not answer/],
    ['an answer that is cut off', new Response('{"rows":[', { status: 200 }), 0, /did not answer/],
    ['the end of the session', json(401, { detail: 'Admin key required' }), 401, /not signed in/],
    ['a refusal with words', json(400, { detail: 'The note is too long' }), 400, /^The note is too long\.$/],
    ['a server without a record', json(501, { detail: 'No record' }), 501, /^No record\.$/],
    ['a store that is away', json(503, { detail: 'The store does not answer' }, { 'Retry-After': '2' }), 503, /^The store does not answer\. Try again in 2\.0 s\.$/],
    ['too many tries', json(429, { detail: 'x' }, { 'Retry-After': '90' }), 429, /Try again in 1 min 30 s\./],
    ['a server that is older', new Response('', { status: 404 }), 404, /older than this page/],
    ['words of somebody between', new Response('<h1>Bad gateway</h1>', { status: 502 }), 502, /refused \(502\)/],
    ['words that are none', json(400, { detail: { a: 1 } }), 400, /refused \(400\)/],
  ]) {
    test(`tells ${what} in a sentence`, async () => {
      const said = await ask(scripted(answer).surroundings, { path: 'admin/queue' });
      assert.equal(said.ok, false);
      assert.equal(said.status, status);
      assert.match(said.problem, problem);
    });
  }
});

describe('the export', () => {
  test('is a file of all that the server sent', async () => {
    const { sent, surroundings } = scripted(new Response('{"id":1}\n'));
    const { ok, file } = await download(surroundings);
    assert.deepEqual([ok, await file.text(), new URL(sent[0].url).pathname], [true, '{"id":1}\n', '/some/place/admin/audit/export']);
  });
  test('that breaks off is no file', async () => {
    const broken = new ReadableStream({ start: (stream) => stream.error(new Error('cut')) });
    const { ok, file } = await download(scripted(new Response(broken)).surroundings);
    assert.deepEqual([ok, file], [false, undefined]);
  });
  test('that is refused says why', async () => {
    assert.match((await download(scripted(json(501, { detail: 'No record' })).surroundings)).problem, /No record/);
  });
});

/** An `EventSource` that a test speaks for. */
class Source extends EventTarget {
  closed = false;
  onerror = null;
  close = () => (this.closed = true);
  says = (data) => this.dispatchEvent(Object.assign(new Event('figures'), { data }));
}

describe('the stream', () => {
  function follow() {
    const [told, sources] = [[], []];
    const stream = new Stream((event) => told.push(event), () => {
      sources.push(new Source());
      return sources.at(-1);
    });
    stream.follow();
    return { told, sources, stream };
  }

  test('tells the figures, and the minute if there is one', () => {
    const { told, sources: [source] } = follow();
    source.says('{"now":{"at":5,"online":3},"minute":null}');
    source.says('{"now":{"at":6},"minute":{"at":2,"online":9}}');
    assert.deepEqual(told.map(({ type, now, minute }) => [type, now.at, now.online, minute?.online]), [['stream_news', 5, 3, undefined], ['stream_news', 6, 0, 9]]);
  });
  test('passes over what it cannot read', () => {
    const { told, sources: [source] } = follow();
    for (const data of ['', '{', 'null', '[]', '{"now":5}', '{"now":{"at":"x"}}']) source.says(data);
    assert.deepEqual(told, []);
  });
  test('that breaks is let go of, told once, and not heard of again', () => {
    const { told, sources: [source] } = follow();
    const { onerror } = source;
    onerror();
    source.says('{"now":{"at":5}}');
    assert.deepEqual([told, source.closed, source.onerror], [[{ type: 'stream_lost' }], true, null]);
  });
  test('is one at a time', () => {
    const { sources, stream } = follow();
    stream.follow();
    assert.deepEqual(sources.map(({ closed }) => closed), [true, false]);
    stream.unfollow();
    stream.unfollow();
    assert.equal(sources[1].closed, true);
  });
});
