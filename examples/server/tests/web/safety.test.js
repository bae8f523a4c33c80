/** Reports and blocks. */

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { inChat, matched, refusal } from './player.js';

const reporting = () => inChat().does({ type: 'dialog', kind: 'report' });
const blocked = { type: 'blocked', peer: 'p1', block: 'b1' };

describe('reporting', () => {
  test('a report names the peer, a reason and, if there is one, a note', () => {
    assert.deepEqual(reporting().does({ type: 'report', reason: 'spam', note: ' ' }).takes(), [
      { action: 'report', reported: 'p1', reason: 'spam' },
    ]);
    assert.deepEqual(reporting().does({ type: 'report', reason: 'spam', note: ' ads ' }).takes(), [
      { action: 'report', reported: 'p1', reason: 'spam', note: 'ads' },
    ]);
  });
  test('a note is cut at 500 characters', () => {
    const [{ note }] = reporting().does({ type: 'report', reason: 'spam', note: '👋'.repeat(600) }).takes();
    assert.equal([...note].length, 500);
  });
  test('a report is sent once, and its answer closes the dialog and thanks', () => {
    const player = reporting().does({ type: 'report', reason: 'spam', note: '' }).does({ type: 'report', reason: 'spam', note: '' });
    assert.equal(player.takes().length, 1);
    player.hears({ type: 'reported' });
    assert.deepEqual([player.state.dialog, player.state.chat.reported, player.state.notice.tone], [null, true, 'info']);
  });
  test('a refused report says why in the dialog and can be sent again', () => {
    const player = reporting().does({ type: 'report', reason: 'spam', note: '' });
    player.hears(refusal('unavailable', { action: 'report' }));
    assert.equal(player.state.dialog.sending, false);
    assert.ok(player.state.dialog.problem);
    assert.equal(player.does({ type: 'report', reason: 'spam', note: '' }).takes().length, 2);
  });
  test('a chat that has ended can still be reported, also while the dialog is open', () => {
    const player = reporting().hears({ type: 'peer_left', peer: 'p1', reason: 'next' });
    assert.equal(player.state.dialog.kind, 'report');
    assert.equal(player.does({ type: 'report', reason: 'spam', note: '' }).takes().length, 1);
  });
  test('without a connection the dialog says so', () =>
    assert.match(reporting().loses().does({ type: 'report', reason: 'spam', note: '' }).state.dialog.problem, /not connected/));
});

describe('blocking', () => {
  test('a block is confirmed first, then asked for', () => {
    const player = inChat().does({ type: 'dialog', kind: 'block' });
    assert.deepEqual(player.takes(), []);
    assert.deepEqual(player.does({ type: 'block' }).takes(), [{ action: 'block', peer: 'p1' }]);
  });
  test('blocked ends the pair and can be undone', () => {
    const player = inChat().does({ type: 'block' }).hears(blocked);
    assert.deepEqual(player.state.chat.ended, { reason: 'blocked', byMe: true });
    player.takes();
    player.does({ type: 'unblock', block: 'b1' }).does({ type: 'unblock', block: 'b1' });
    assert.deepEqual(player.takes(), [{ action: 'unblock', block: 'b1' }]);
    assert.deepEqual(player.hears({ type: 'unblocked', block: 'b1' }).state.blocks, []);
  });
  test('a block is remembered through the next chats of this visit', () => {
    const player = inChat().does({ type: 'block' }).hears(blocked).does({ type: 'next' }).hears(matched('p2'));
    assert.deepEqual(player.state.blocks.map(({ block, nickname }) => [block, nickname]), [['b1', 'Sunny Heron']]);
  });
  test('somebody who left can still be blocked', () => {
    const player = inChat().hears({ type: 'peer_left', peer: 'p1', reason: 'left' }).does({ type: 'block' }).hears(blocked);
    assert.deepEqual(player.state.chat.ended, { reason: 'blocked', byMe: true });
  });
  test('a refused block is told and the chat goes on', () => {
    const player = inChat().does({ type: 'block' }).hears(refusal('too_many_blocks', { action: 'block' }));
    assert.equal(player.state.chat.ended, null);
    assert.match(player.state.notice.text, /block list is full/);
  });
  test('an undo that was refused can be tried again', () => {
    const player = inChat().does({ type: 'block' }).hears(blocked).does({ type: 'unblock', block: 'b1' });
    player.hears(refusal('unavailable', { action: 'unblock' }));
    player.takes();
    assert.equal(player.does({ type: 'unblock', block: 'b1' }).takes().length, 1);
  });
  test('an undo whose connection was lost can be tried again', () => {
    const player = inChat().does({ type: 'block' }).hears(blocked).does({ type: 'unblock', block: 'b1' }).loses().returns();
    player.takes();
    assert.equal(player.does({ type: 'unblock', block: 'b1' }).takes().length, 1);
  });
});

test('a dialog closes with the chat it is about', () => {
  const player = inChat().does({ type: 'dialog', kind: 'block' }).hears({ type: 'peer_left', peer: 'p1', reason: 'left' });
  assert.equal(player.state.dialog, null);
  assert.equal(reporting().hears({ type: 'banned', until: null }).state.dialog, null);
});

test('a report whose connection was lost can be sent again', () => {
  const player = reporting().does({ type: 'report', reason: 'spam', note: '' }).loses();
  assert.equal(player.state.dialog.sending, false);
});
