/** The way in, against the real server: consent, camera and upload; or a declaration. */

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';

import { Person } from './person.js';
import { startBrowser, startServer } from './stage.js';

let server;
let declared;
let stage;

before(async () => {
  server = await startServer();
  declared = await startServer(['--verification', 'off']);
  stage = await startBrowser();
});

after(async () => {
  await stage?.stop();
  await server?.stop();
  await declared?.stop();
});

/** @param {(ann: Person) => Promise<void>} play */
async function withOne(play, prepare = async (_ann) => {}) {
  const ann = await Person.open(stage.browser, server.url);
  try {
    await prepare(ann);
    await ann.press('Start');
    await ann.arrives('A quick look, then forgotten');
    await play(ann);
  } catch (error) {
    error.message += `\n${ann.wrongs.join('; ')}`;
    await ann.context.close();
    throw error;
  }
  await ann.close();
}

/** Counts how often the page asks for the camera. */
const countCamera = (ann) =>
  ann.page.evaluate(() => {
    const devices = navigator.mediaDevices;
    const ask = devices.getUserMedia.bind(devices);
    Object.assign(window, { asked: 0 });
    devices.getUserMedia = (wish) => {
      window.asked += 1;
      return ask(wish);
    };
  });

const asked = (ann) => ann.page.evaluate(() => window.asked);
const agree = (ann) => ann.page.getByRole('checkbox').check();

describe('the camera', () => {
  test('is not asked for before consent, and the picture goes to the server with it', () =>
    withOne(async (ann) => {
      await ann.button('Open the camera').click({ force: true });
      assert.equal(await asked(ann), 0);
      await agree(ann);
      assert.equal(await asked(ann), 0);
      await ann.press('Open the camera');
      await ann.button('Take the picture').waitFor();
      await ann.page.waitForFunction(() => (document.querySelector('video')?.videoWidth ?? 0) > 0);
      const sent = ann.page.waitForRequest(/\/verify\?/);
      const answered = ann.page.waitForResponse(/\/verify\?/);
      await ann.press('Take the picture');
      const request = await sent;
      const query = new URL(request.url()).searchParams;
      assert.equal(query.get('consent'), '1');
      assert.match(query.get('device_id') ?? '', /^[0-9a-f]{32}$/);
      assert.match(request.headers()['content-type'] ?? '', /^multipart\/form-data/);
      const response = await answered;
      assert.equal(response.status(), 200);
      assert.equal((await response.json()).verified, false);
      await ann.button('Try again').waitFor();
      const live = await ann.page.evaluate(() => document.querySelector('video')?.srcObject);
      assert.equal(live, null, 'the camera is off');
      await ann.press('Continue without');
      await ann.arrives('Who are you today?');
      await ann.sees('without a gender');
    }, countCamera));

  test('a real JPEG of the camera arrives', () =>
    withOne(async (ann) => {
      let body = Buffer.alloc(0);
      await ann.page.route(/\/verify/, async (route) => {
        body = route.request().postDataBuffer() ?? body;
        await route.fulfill({ json: { gender: 'female', verified: true, message: 'Gender verified as female' } });
      });
      await agree(ann);
      await ann.press('Open the camera');
      await ann.press('Take the picture');
      await ann.sees('The estimate is: woman');
      const text = body.toString('latin1');
      // Chromium may keep the bytes of a blob to itself; the frame around them is always there.
      assert.match(text, /name="file"; filename="selfie\.jpg"\r\nContent-Type: image\/jpeg/);
      await ann.press('Continue');
      await ann.sees('Others see you as: woman.');
    }));

  test('one that is refused is explained and can be tried again or skipped', () =>
    withOne(
      async (ann) => {
        await agree(ann);
        await ann.press('Open the camera');
        await ann.sees('The camera is blocked for this page.');
        await ann.button('Try again').waitFor();
        await ann.press('Skip for now');
        await ann.arrives('Who are you today?');
      },
      (ann) =>
        ann.page.evaluate(() => {
          navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException('no', 'NotAllowedError'));
        }),
    ));

  test('goes off when the screen is left', () =>
    withOne(async (ann) => {
      await agree(ann);
      await ann.press('Open the camera');
      await ann.button('Take the picture').waitFor();
      const track = await ann.page.evaluateHandle(() => {
        const stream = document.querySelector('video')?.srcObject;
        return stream instanceof MediaStream ? stream.getTracks()[0] : null;
      });
      await ann.press('Skip for now');
      await ann.arrives('Who are you today?');
      assert.equal(await track.evaluate((found) => found?.readyState), 'ended');
    }));

  test('too many tries are counted down', () =>
    withOne(async (ann) => {
      ann.expectsNetworkFailures = true;
      await ann.page.route(/\/verify/, (route) =>
        route.fulfill({ status: 429, headers: { 'Retry-After': '2' }, json: { error: 'x', detail: 'x' } }));
      await agree(ann);
      await ann.press('Open the camera');
      await ann.press('Take the picture');
      await ann.sees('Too many tries');
      assert.equal(await ann.button(/^Try again in/).getAttribute('aria-disabled'), 'true');
      await ann.press('Try again');
      await ann.button('Take the picture').waitFor();
    }));
});

describe('a declared gender', () => {
  test('is matched by the filters of both, and a match is charged', async () => {
    const ann = await Person.open(stage.browser, declared.url);
    const bob = await Person.open(stage.browser, declared.url);
    await ann.enters({ nickname: 'Quiet Otter', gender: 'Woman', bio: 'I like rain.' });
    await bob.enters({ nickname: 'Sunny Heron', gender: 'Man' });
    await ann.searches('Men');
    await ann.arrives('Looking for somebody');
    await bob.searches('Women');
    await ann.arrives('Sunny Heron');
    await ann.sees('Sunny Heron, man');
    await bob.sees('I like rain.');
    await ann.press('Leave');
    await ann.arrives('Who would you like to meet?');
    assert.match((await ann.page.locator('label', { hasText: /^Men/ }).textContent()) ?? '', /4 left today/);
    await ann.sees('Quiet Otter, woman');
    await ann.close();
    await bob.close();
  });

  test('is remembered by the server over a reload', async () => {
    const ann = await Person.open(stage.browser, declared.url);
    await ann.enters({ gender: 'Non-binary' });
    await ann.page.reload();
    await ann.press('Start');
    await ann.arrives('Who are you today?');
    await ann.sees('Others see you as: non-binary.');
    await ann.close();
  });
});
