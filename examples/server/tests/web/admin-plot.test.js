/** Small plots, and the words and numbers of the moderators' page. */

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { plot, summary } from '../../web/js/admin/plot.js';
import { auditPage, bansPage, figures, queuePage } from '../../web/js/admin/shapes.js';
import { actionName, count, outcomeName, queueName, relative, ruleName, short, some, span } from '../../web/js/admin/words.js';

const SIZE = { width: 100, height: 26 };
const points = (...values) => values.map((value, index) => ({ at: 1_000 * index, value }));

describe('a plot', () => {
  test('goes from left to right and from zero up', () => {
    const { line, area, end } = plot(points(0, 10, 5), SIZE);
    assert.equal(line, 'M0 23L50 3L100 13');
    assert.equal(area, 'M0 26L0 23L50 3L100 13L100 26Z');
    assert.equal(end, 'M100 13h0');
  });
  test('stands by time, not by number', () => {
    assert.equal(plot([{ at: 0, value: 1 }, { at: 10, value: 1 }, { at: 100, value: 1 }], SIZE).line, 'M0 3L10 3L100 3');
  });
  test('has a gap where nothing is known', () => {
    const { line, area, low, last } = plot(points(4, 4, null, 2, null), SIZE);
    assert.equal(line, 'M0 3L25 3M75 13');
    assert.equal(area, 'M0 26L0 3L25 3L25 26Z', 'a single point has no area');
    assert.deepEqual([low, last], [2, 2]);
  });
  test('of nothing is empty, and of zeros a line at the bottom', () => {
    assert.deepEqual(plot([], SIZE), { line: '', area: '', end: '', low: null, high: null, last: null });
    assert.deepEqual(plot(points(null, null), SIZE).line, '');
    assert.equal(plot(points(0, 0), SIZE).line, 'M0 23L100 23');
  });
  test('of one point is a point at the right', () => assert.equal(plot(points(7), SIZE).end, 'M100 3h0'));
  test('never leaves its frame, whatever the numbers', () => {
    const wild = points(1e15, 0, 3, 0.001, 1e15);
    for (const [, x, y] of plot(wild, SIZE).line.matchAll(/[ML]([\d.]+) ([\d.]+)/g)) {
      assert.ok(x >= 0 && x <= 100 && y >= 0 && y <= 26, `${x} ${y}`);
    }
  });
  test('can be heard', () => {
    assert.equal(summary('Online', plot(points(3, 9, 4), SIZE), count, 'last 2.0 s'), 'Online, last 2.0 s: lowest 3, highest 9, last 4.');
    assert.equal(summary('Online', plot([], SIZE), count, ''), 'Online: nothing yet.');
  });
});

describe('words', () => {
  test('a length of time is short and never rounds to sixty', () => {
    const spans = [[0, '0 ms'], [949, '949 ms'], [1_200, '1.2 s'], [17_900, '18 s'], [59_600, '1 min'], [90_000, '1 min 30 s'], [3_599_900, '60 min'], [5_400_000, '1 h 30 min'], [90_000_000, '1 d 1 h'], [null, '–']];
    for (const [ms, text] of spans) assert.equal(span(ms), text);
  });
  test('an instant is as far away as it is, before or after', () => {
    const now = 1_800_000_000_000;
    const instants = [[0, 'just now'], [-59_000, 'just now'], [-60_000, '1 min ago'], [-7_200_000, '2 h ago'], [-200_000_000, '2 days ago'], [5_000, 'in a moment'], [180_000, 'in 3 min'], [86_400_000, 'in 24 h']];
    for (const [distance, text] of instants) assert.equal(relative(now + distance, now), text);
  });
  test('what a newer server names is shown as it names it', () => {
    assert.deepEqual([outcomeName('too_dark'), outcomeName('some_thing')], ['Too dark', 'some thing']);
    assert.deepEqual([ruleName('cooldown'), ruleName('new_rule'), actionName('other', null)], ['Joined too soon', 'new rule', 'other']);
    assert.equal(queueName('elf', 'any'), 'elf → anyone');
  });
  test('queues, numbers and devices', () => {
    assert.deepEqual([queueName('female', 'male'), queueName(null, 'any')], ['Women → men', 'Unknown → anyone']);
    assert.deepEqual([some(1, 'report'), some(1_200, 'report'), short('0123456789abcdef')], ['1 report', '1,200 reports', '01234567']);
    assert.equal(actionName('maintenance', true), 'Maintenance on');
  });
});

describe('what the server answers', () => {
  const broken = [undefined, null, 5, 'x', [], {}, { reports: 5, bans: {}, records: 'x', next: {} }, { reports: [null, 5, {}, { id: 'x' }], bans: [{}], records: [[]] }];
  test('is read without a throw, whatever it is', () => {
    for (const value of broken) {
      for (const read of [queuePage, bansPage, auditPage]) assert.deepEqual([read(value).rows, read(value).next], [[], null]);
      assert.deepEqual(figures(value), { now: null, seconds: [], minutes: [] });
    }
  });
  test('a place is text, whether it was a number or not', () => {
    assert.deepEqual([queuePage({ next: 7 }).next, bansPage({ next: '7.a' }).next], ['7', '7.a']);
  });
});
