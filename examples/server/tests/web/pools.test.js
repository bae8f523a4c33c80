/** Where to look: offered when there is a choice, remembered, and given up when it is no longer there. */

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { socketUrl } from '../../web/js/connection.js';
import { current, isOffered } from '../../web/js/rules/pools.js';
import { Player, hello, inChat, inQueue, paired, refusal } from './player.js';

const POOLS = ['eu', 'us'];

/** Somebody at the filters of a server with two pools. */
function atPools(options) {
  const player = new Player(options).does({ type: 'start' }).returns(hello({ pools: POOLS })).does({ type: 'check_skip' });
  player.does({ type: 'profile_save', profile: player.state.profile });
  player.effects = [];
  return player;
}

describe('where to look', () => {
  test('is no question on a server with one pool', () => {
    assert.equal(isOffered(new Player().does({ type: 'start' }).returns().state), false);
    assert.equal(isOffered(new Player().state), false, 'nor before the server has said anything');
  });
  test('is the first pool of the server until somebody chooses', () => {
    const { state } = atPools();
    assert.deepEqual([isOffered(state), current(state), state.pool], [true, 'eu', null]);
  });
  test('is chosen with a new line and remembered', () => {
    const player = atPools().does({ type: 'pool', pool: 'us' });
    assert.deepEqual(player.effects, [{ do: 'turn', pool: 'us' }, { do: 'connect' }]);
    assert.equal(current(player.state), 'us');
    player.returns(hello({ pools: POOLS }));
    assert.deepEqual([player.state.screen, current(player.state)], ['find', 'us']);
  });
  test('is not changed by choosing the same, or what is not there', () => {
    const player = atPools().does({ type: 'pool', pool: 'eu' }).does({ type: 'pool', pool: 'mars' });
    assert.deepEqual([player.effects, player.state.pool], [[], null]);
  });
  test('is not changed out of a queue or a chat', () => {
    for (const player of [inQueue(), inChat()]) {
      player.state = { ...player.state, terms: { ...player.state.terms, pools: POOLS } };
      player.effects = [];
      player.does({ type: 'pool', pool: 'us' });
      assert.deepEqual([player.effects, player.state.pool], [[], null]);
    }
  });
  test('is forgotten when the server no longer has it', () => {
    const player = new Player({ pool: 'mars' }).does({ type: 'start' });
    player.effects = [];
    player.hears(refusal('unknown_pool'));
    assert.deepEqual(player.effects, [{ do: 'turn', pool: null }, { do: 'connect' }]);
    player.hears(refusal('unknown_pool'));
    assert.equal(player.did('connect'), 1, 'once');
  });
  test('leads a reload back into the chat that is there', () => {
    const player = new Player({ pool: 'us' }).does({ type: 'start' }).returns({ ...paired(), pools: POOLS });
    assert.deepEqual([player.state.screen, current(player.state)], ['chat', 'us']);
  });
});

test('the address of the line names the pool that was chosen, and none otherwise', () => {
  assert.equal(socketUrl('http://x/chat/', 'd'), 'ws://x/chat/ws?device_id=d&v=1');
  assert.equal(socketUrl('http://x/chat/', 'd', 'us'), 'ws://x/chat/ws?device_id=d&v=1&pool=us');
});
