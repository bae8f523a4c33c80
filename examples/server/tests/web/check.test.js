/** Consent, camera, upload and verdict. */

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { Player, hello, matched, refusal } from './player.js';

const atCheck = (verification = 'optional') => new Player().does({ type: 'start' }).returns(hello({ verification }));
const atCamera = (verification) =>
  atCheck(verification).does({ type: 'consent', given: true }).does({ type: 'camera_open' }).does({ type: 'camera_ready' });
const uploading = (verification) => atCamera(verification).does({ type: 'shoot' }).passes(3_000);
const answered = (status, body = null, retryAfterMs = null) =>
  uploading().does({ type: 'upload_done', status, body, retryAfterMs });
const at = (player) => player.state.check.step;

describe('consent', () => {
  test('the camera is not asked for before consent', () => {
    const player = atCheck().does({ type: 'camera_open' }).does({ type: 'shoot' }).does({ type: 'check_retry' });
    assert.deepEqual([at(player), player.did('camera_open')], ['consent', 0]);
  });
  test('consent that was taken back is no consent', () => {
    const player = atCheck().does({ type: 'consent', given: true }).does({ type: 'consent', given: false });
    assert.equal(player.does({ type: 'camera_open' }).did('camera_open'), 0);
  });
  test('consent is asked anew on every visit to the screen', () => {
    const player = atCamera().does({ type: 'check_skip' }).does({ type: 'recheck' });
    assert.equal(player.state.check.consent, false);
  });
});

describe('the picture', () => {
  test('the countdown takes three seconds and wakes the page for each', () => {
    const player = atCamera().does({ type: 'shoot' });
    assert.equal(at(player), 'countdown');
    for (const left of [2_000, 1_000]) {
      player.passes(1_000);
      assert.equal(player.state.check.shootAt - player.now, left);
      assert.equal(player.effects.at(-1).do, 'wake');
    }
    assert.equal(player.did('camera_shoot'), 0);
    player.passes(1_000);
    assert.deepEqual([at(player), player.did('camera_shoot')], ['uploading', 1]);
  });
  test('a second press during the countdown does nothing', () => {
    const player = atCamera().does({ type: 'shoot' });
    const { shootAt } = player.state.check;
    player.now += 500;
    assert.equal(player.does({ type: 'shoot' }).state.check.shootAt, shootAt);
  });
  test('progress stays between nothing and everything', () => {
    const player = uploading();
    for (const [fraction, shown] of [[-1, 0], [0.4, 0.4], [7, 1]]) {
      assert.equal(player.does({ type: 'upload_progress', fraction }).state.check.progress, shown);
    }
  });
});

describe('the verdict', () => {
  test('a verified gender is known and leads on', () => {
    const player = answered(200, { gender: 'female', verified: true, message: 'Gender verified as female' });
    assert.deepEqual([at(player), player.state.gender, player.did('camera_close')], ['verified', 'female', 1]);
    assert.equal(player.does({ type: 'check_continue' }).state.screen, 'profile');
  });
  test('a picture that could not be judged can be repeated or left at that', () => {
    const body = { gender: 'prefer-not-to-say', verified: false, message: 'Could not verify' };
    const player = answered(200, body);
    assert.deepEqual([at(player), player.state.gender, player.state.check.message], ['unsure', null, 'Could not verify']);
    assert.equal(player.does({ type: 'camera_open' }).did('camera_open'), 2);
    assert.equal(answered(200, body).does({ type: 'check_continue' }).state.screen, 'profile');
  });
  test('an estimate that is not sure leads on or can be repeated, also where verification is required', () => {
    const body = { gender: 'prefer-not-to-say', verified: false, message: 'Could not verify', token: 'v4.local.x', expires_at: 1 };
    const player = uploading('required').does({ type: 'upload_done', status: 200, body, retryAfterMs: null });
    assert.deepEqual([at(player), player.state.gender], ['abstained', 'prefer-not-to-say']);
    assert.equal(player.does({ type: 'check_continue' }).state.screen, 'profile');
    const again = uploading('required').does({ type: 'upload_done', status: 200, body, retryAfterMs: null });
    assert.equal(again.does({ type: 'camera_open' }).did('camera_open'), 2);
  });
  test('where verification is required, neither Skip nor an unsure answer leads on', () => {
    const skipped = atCheck('required').does({ type: 'check_skip' });
    assert.equal(skipped.state.screen, 'check');
    const unsure = uploading('required').does({ type: 'upload_done', status: 200, body: { verified: false }, retryAfterMs: null });
    assert.equal(unsure.does({ type: 'check_continue' }).state.screen, 'check');
  });
  const problems = {
    'a 400 shows the detail': [400, { detail: 'Consent required' }, /Consent required/],
    'a 422 asks for another try': [422, { detail: [{ type: 'missing' }] }, /did not arrive whole/],
    'a 429 is told': [429, null, /Too many/],
    'a 500 is the fault of the server': [500, null, /server had a problem/],
    'a 503 is told as the rush that it is': [503, null, /being checked/],
    'a 200 without a verdict is the fault of the server': [200, 'what?', /server had a problem/],
    'a 418 without a detail is told all the same': [418, null, /did not accept/],
  };
  for (const [name, [status, body, words]] of Object.entries(problems)) {
    test(name, () => {
      const player = answered(status, body);
      assert.equal(at(player), 'failed');
      assert.match(player.state.check.problem, words);
      assert.equal(player.did('camera_close'), 1);
      assert.equal(player.does({ type: 'camera_open' }).did('camera_open'), 2);
    });
  }
  test('a lost upload is told', () =>
    assert.match(uploading().does({ type: 'upload_failed' }).state.check.problem, /did not reach/));
  test('Retry-After is waited for', () => {
    const player = answered(429, null, 7_000);
    assert.equal(player.does({ type: 'camera_open' }).did('camera_open'), 1);
    assert.equal(player.passes(7_000).does({ type: 'camera_open' }).did('camera_open'), 2);
  });
});

describe('a camera that does not work', () => {
  for (const [why, words] of [['denied', /blocked/], ['missing', /No camera/], ['busy', /another program/], ['insecure', /https/], ['?', /could not be started/]]) {
    test(`${why} is explained, and can be tried again`, () => {
      const player = atCheck().does({ type: 'consent', given: true }).does({ type: 'camera_open' });
      player.does({ type: 'camera_failed', why });
      assert.match(player.state.check.problem, words);
      assert.equal(player.does({ type: 'camera_open' }).did('camera_open'), 2);
    });
  }
});

describe('the camera does not outlive its screen', () => {
  const leaving = {
    'when skipped': (player) => player.does({ type: 'check_skip' }),
    'when going home': (player) => player.does({ type: 'home' }),
    'when replaced': (player) => player.hears({ type: 'replaced' }),
    'when banned': (player) => player.hears({ type: 'banned', until: null }),
    'when a chat opens': (player) => player.hears(matched()),
  };
  for (const [when, leave] of Object.entries(leaving)) {
    test(when, () => {
      for (const make of [atCamera, uploading]) {
        const player = leave(make());
        assert.deepEqual([player.did('camera_close'), at(player)], [1, 'consent']);
      }
    });
  }
  test('when it comes on after the screen is gone', () => {
    const player = atCheck().does({ type: 'consent', given: true }).does({ type: 'camera_open' }).does({ type: 'check_skip' });
    const closed = player.did('camera_close');
    assert.equal(player.does({ type: 'camera_ready' }).did('camera_close'), closed + 1);
  });
  test('an answer that comes after the screen is gone changes nothing', () => {
    const player = uploading().does({ type: 'check_skip' });
    player.does({ type: 'upload_done', status: 200, body: { gender: 'male', verified: true }, retryAfterMs: null });
    assert.deepEqual([player.state.screen, at(player)], ['profile', 'consent']);
  });
});

test('a reconnect in the middle of the check leaves it alone', () => {
  const player = uploading().loses().returns(hello());
  assert.deepEqual([player.state.screen, at(player)], ['check', 'uploading']);
});

test('a refused join for want of verification starts the check afresh', () => {
  const player = answered(200, { verified: false }).does({ type: 'check_continue' });
  player.does({ type: 'profile_save', profile: { nickname: 'A', bio: '' } }).does({ type: 'find' });
  player.hears(refusal('verification_required', { action: 'join' }));
  assert.deepEqual([player.state.screen, at(player)], ['check', 'consent']);
});
