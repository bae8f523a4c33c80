/** The line: when it reconnects, how soon, and when never. */

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { Connection, backoff, socketUrl } from '../../web/js/connection.js';

/** A connection whose sockets, clock and luck belong to the test. */
class Bench {
  sockets = [];
  told = [];
  timers = new Map();
  #last = 0;

  constructor() {
    this.connection = new Connection('ws://x/ws', (event) => this.told.push(event), {
      open: () => {
        const socket = { readyState: 1, sent: [], closed: false, send: (text) => socket.sent.push(text), close: () => (socket.closed = true) };
        this.sockets.push(socket);
        return socket;
      },
      after: (call, ms) => {
        this.timers.set((this.#last += 1), { call, ms });
        return this.#last;
      },
      cancel: (timer) => this.timers.delete(timer),
      random: () => 1,
    });
    this.connection.connect();
  }

  get socket() {
    return this.sockets.at(-1);
  }

  hears = (frame) => this.socket.onmessage({ data: JSON.stringify(frame) });
  closes = (code = 1006) => this.socket.onclose({ code });
  /** How long until the only thing that is waited for. */
  get waits() {
    return [...this.timers.values()].map(({ ms }) => ms);
  }

  fires() {
    const [[timer, { call }]] = this.timers;
    this.timers.delete(timer);
    call();
  }
}

const HELLO = { type: 'hello', phase: 'idle' };

describe('reconnecting', () => {
  test('a lost line is opened again, later each time, and at once after a hello', () => {
    const bench = new Bench();
    const delays = [];
    for (let n = 0; n < 8; n += 1) {
      bench.closes();
      delays.push(bench.told.at(-1).retryInMs);
      bench.fires();
    }
    assert.deepEqual(delays, [400, 800, 1600, 3200, 6400, 12800, 15000, 15000]);
    bench.hears(HELLO);
    bench.closes();
    assert.equal(bench.told.at(-1).retryInMs, 400);
  });
  test('a socket that opens but never says hello does not count as success', () => {
    const bench = new Bench();
    bench.closes();
    bench.fires();
    bench.hears({ type: 'daily_limits' });
    bench.closes();
    assert.equal(bench.told.at(-1).retryInMs, 800);
  });
  test('an attempt without hello is given up after 10 s', () => {
    const bench = new Bench();
    assert.deepEqual(bench.waits, [10_000]);
    bench.fires();
    assert.equal(bench.socket.closed, true);
    assert.deepEqual(bench.told.at(-1), { type: 'link_lost', retryInMs: 400, why: 'lost' });
    const greeted = new Bench();
    greeted.hears(HELLO);
    assert.deepEqual(greeted.waits, []);
  });
  test('server_restarting sets the delay, once', () => {
    const bench = new Bench();
    bench.hears(HELLO);
    bench.hears({ type: 'server_restarting', reconnect_in_ms: 1234 });
    bench.closes(1012);
    assert.deepEqual([bench.told.at(-1).retryInMs, bench.waits], [1234, [1234]]);
    bench.fires();
    bench.closes();
    assert.equal(bench.told.at(-1).retryInMs, 800);
  });
  for (const [code, why] of [[4001, 'replaced'], [4003, 'banned']]) {
    test(`close ${code} means ${why}: no reconnect`, () => {
      const bench = new Bench();
      bench.closes(code);
      assert.deepEqual([bench.told.at(-1), bench.waits], [{ type: 'link_lost', retryInMs: null, why }, []]);
    });
    test(`the frame ${why} means the same when the close code is lost`, () => {
      const bench = new Bench();
      bench.hears({ type: why });
      bench.closes(1006);
      assert.deepEqual([bench.told.at(-1).why, bench.waits], [why, []]);
    });
    test(`after ${why} it can be asked to connect again, and then reconnects as ever`, () => {
      const bench = new Bench();
      bench.hears({ type: why });
      bench.closes(code);
      bench.connection.connect();
      bench.hears(HELLO);
      bench.closes(1006);
      assert.equal(bench.told.at(-1).why, 'lost');
    });
  }
});

describe('one line at a time', () => {
  test('connecting anew closes the old socket and hears nothing of it any more', () => {
    const bench = new Bench();
    const old = bench.socket;
    bench.connection.connect();
    assert.deepEqual([old.closed, old.onmessage, old.onclose, bench.sockets.length], [true, null, null, 2]);
  });
  test('connecting while a reconnect is waited for does not lead to two', () => {
    const bench = new Bench();
    bench.closes();
    bench.connection.connect();
    assert.deepEqual(bench.waits, [10_000]);
  });
  test('what is said on a line that is not open goes nowhere', () => {
    const bench = new Bench();
    bench.socket.readyState = 0;
    bench.connection.send({ action: 'leave' });
    assert.deepEqual(bench.socket.sent, []);
    bench.closes();
    bench.connection.send({ action: 'leave' });
  });
  test('frames that mean nothing are not passed on', () => {
    const bench = new Bench();
    bench.socket.onmessage({ data: '{' });
    assert.deepEqual(bench.told, [{ type: 'link_connecting' }]);
  });
});

test('the delay has a random half, and never exceeds 15 s', () => {
  assert.deepEqual([backoff(0, () => 0), backoff(0, () => 0.999999)], [200, 400]);
  assert.deepEqual([backoff(1_000, () => 0), backoff(1_000, () => 1)], [7_500, 15_000]);
});

test('the socket is beside the page, with the device id and v=1', () => {
  assert.equal(socketUrl('http://h:8000/', 'ab'), 'ws://h:8000/ws?device_id=ab&v=1');
  assert.equal(socketUrl('https://h/chat/?x=1#y', 'a b'), 'wss://h/chat/ws?device_id=a+b&v=1');
});
