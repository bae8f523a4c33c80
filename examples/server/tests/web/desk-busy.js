/** A moderators' desk on a busy evening, all of it invented. */

import { Desk, device, now, report } from './desk.js';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

/** Numbers that look like chance and are the same every time. @param {number} seed */
function chance(seed) {
  let state = seed;
  return () => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return state / 2_147_483_648;
  };
}

function hour(at) {
  const roll = chance(7);
  let waiting = 12;
  let online = 180;
  return Array.from({ length: 60 }, (_, index) => {
    online = Math.max(120, online + Math.round((roll() - 0.42) * 14));
    waiting = Math.max(2, Math.min(31, waiting + Math.round((roll() - 0.5) * 7)));
    const quiet = index > 20 && index < 24;
    return {
      at: at - (59 - index) * MINUTE_MS, online, waiting, pairs: Math.round((online - waiting) / 2.2),
      matches: Math.round(9 + roll() * 14), median_ms: quiet ? null : 1_500 + Math.round(roll() * 2_400),
      p95_ms: quiet ? null : 9_000 + Math.round(roll() * 16_000), reports: 100_420 + Math.floor(index / 7), bans: 212 + Math.floor(index / 16),
      judged: Math.round(roll() * 6), verified: Math.round(roll() * 4), refusals: Math.round(roll() * 9), messages: 240 + Math.round(roll() * 160),
    };
  });
}

const record = (id, ago, action, more = {}) => ({ id, at: Date.now() - ago, session: '4be1c09a77d2f013', action, ...more });

export async function busyDesk() {
  const desk = await Desk.start();
  const at = Date.now();
  desk.minutes = hour(at);
  const last = desk.minutes.at(-1);
  desk.now = now(at, {
    connections: 96, online: last.online, waiting: last.waiting, pairs: last.pairs, matches: 48_213, matches_per_minute: 17,
    wait: { count: 803, median_ms: 2_400, p95_ms: 17_900, mean_ms: 4_100 }, reports: 100_428, bans: 215, messages: 18_406,
    queues: [
      { gender: 'female', filter: 'any', waiting: 3 }, { gender: 'male', filter: 'any', waiting: 7 }, { gender: 'male', filter: 'female', waiting: 6 },
      { gender: 'non-binary', filter: 'any', waiting: 2 }, { gender: 'prefer-not-to-say', filter: 'any', waiting: 1 }, { gender: null, filter: 'any', waiting: 2 },
    ],
    verification: { verified: 141, abstained: 22, no_face: 17, several_faces: 3, not_live: 9, too_small: 0, too_dark: 12, too_blurred: 6, turned_away: 4, unreadable: 1, busy: 0, failed: 0 },
    refusals: { cooldown: 87, daily_limit: 31, banned: 19, contact_details: 54, profanity: 11, rate_limited: 8, already_reported: 2, unknown_peer: 4, too_long: 6, daily_total: 1 },
  });
  const before = [
    record(311, 26 * HOUR_MS, 'lift', { device: device(172), note: 'Asked twice by mail, first offence.' }),
    record(304, 50 * HOUR_MS, 'ban', { device: device(172), until: at - 26 * HOUR_MS, note: 'Advertised a paid site to five people within an hour.' }),
  ];
  desk.reports = [
    report(100_428, { at: at - 40_000, device: device(172), against: 4, note: 'Sends the same link to a "private gallery" at once and gets rude when asked about it. <b>Not markup.</b>', earlier: before }),
    report(100_427, { at: at - 4 * MINUTE_MS, reason: 'harassment', device: device(61), against: 2, note: 'Would not stop asking where I live.' }),
    report(100_425, { at: at - 11 * MINUTE_MS, reason: 'minor', device: device(94), against: 1, counted: false }),
    report(100_421, { at: at - 49 * MINUTE_MS, reason: 'explicit', device: device(29), against: 5, banned_until: at + 22 * HOUR_MS, note: 'The first message already.' }),
    ...Array.from({ length: 60 }, (_, index) => report(100_400 - index, { at: at - (60 + index) * MINUTE_MS })),
  ];
  desk.rooms = [
    { id: 402_653_201, room: 'OUV0V2AB', at: at - 3 * MINUTE_MS, nickname: 'Amber Finch', content: 'I sell tickets for tonight, half the price, write me at once!', session: device(81), reasons: ['Advertises in every room', ''] },
    { id: 201_326_593, room: 'K7M2QX', at: at - 51 * MINUTE_MS, nickname: '<b>Bob</b>', content: 'word '.repeat(60), session: null, reasons: [''] },
  ];
  desk.bans = Array.from({ length: 64 }, (_, index) => ({ device: device(30 + index), given: at - (index + 1) * 31 * MINUTE_MS, until: at + (index * 5 + 1) * HOUR_MS }));
  desk.records = [
    record(319, 2 * MINUTE_MS, 'sign_in'),
    record(318, 9 * MINUTE_MS, 'dismiss', { device: device(61), pool: 'main', report: 100_402, note: 'They quarrelled about football.' }),
    record(317, 31 * MINUTE_MS, 'refused', { session: null }),
    record(316, 47 * MINUTE_MS, 'ban', { device: device(29), until: at + 22 * HOUR_MS, note: 'Explicit at once, four people within ten minutes.' }),
    record(315, 3 * HOUR_MS, 'maintenance', { on: false }),
    record(314, 4 * HOUR_MS, 'maintenance', { on: true, note: 'New version.' }),
    record(313, 5 * HOUR_MS, 'export', { session: null }),
    record(312, 8 * HOUR_MS, 'sign_out'),
    ...before,
    ...Array.from({ length: 60 }, (_, index) => record(300 - index, (60 + index) * HOUR_MS, 'sign_in')),
  ];
  const beat = setInterval(() => desk.tell(), 1_000);
  beat.unref();
  return desk;
}
