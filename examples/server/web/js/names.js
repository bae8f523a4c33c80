/**
 * Nicknames that say nothing about the person behind them.
 *
 * Words are chosen so that no part of one, and no join of two, trips a profanity screen.
 */

const MOODS = [
  'Amber', 'Breezy', 'Bright', 'Calm', 'Candid', 'Cheerful', 'Clever', 'Cosy', 'Curious', 'Dreamy', 'Early', 'Easy',
  'Fair', 'Gentle', 'Golden', 'Happy', 'Hazel', 'Honest', 'Indigo', 'Jolly', 'Kind', 'Lively', 'Lucky', 'Lunar',
  'Mellow', 'Merry', 'Mild', 'Misty', 'Modest', 'Nimble', 'Noble', 'Opal', 'Patient', 'Playful', 'Polite', 'Quick',
  'Quiet', 'Rainy', 'Rosy', 'Silver', 'Snowy', 'Solar', 'Spry', 'Starry', 'Sunny', 'Swift', 'Tidy', 'Velvet',
  'Warm', 'Windy', 'Witty', 'Zesty',
];

const BEINGS = [
  'Alpaca', 'Antelope', 'Badger', 'Bison', 'Cedar', 'Comet', 'Crane', 'Dolphin', 'Falcon', 'Fern', 'Finch', 'Fox',
  'Gecko', 'Heron', 'Ibis', 'Iris', 'Jackdaw', 'Juniper', 'Kestrel', 'Koala', 'Lark', 'Lemur', 'Lynx', 'Maple',
  'Marmot', 'Meadow', 'Moth', 'Newt', 'Orca', 'Osprey', 'Otter', 'Owl', 'Panda', 'Pebble', 'Penguin', 'Plover',
  'Puffin', 'Quail', 'Raven', 'River', 'Robin', 'Salmon', 'Seal', 'Sparrow', 'Starling', 'Swan', 'Tapir', 'Tern',
  'Thistle', 'Turtle', 'Willow', 'Wren',
];

/**
 * Makes a nickname of two words.
 * @param {() => number} random gives a number from 0 up to, not including, 1
 * @param {string} [other] a nickname that must not come out again, so that a re-roll always changes something
 * @returns {string}
 */
export function nickname(random, other = '') {
  /** @param {string[]} words */
  const pick = (words) => words[Math.floor(random() * words.length)] ?? words[0];
  const mood = pick(MOODS);
  const being = pick(BEINGS);
  const name = `${mood} ${being}`;
  if (name !== other) return name;
  return `${mood} ${BEINGS[(BEINGS.indexOf(being ?? '') + 1) % BEINGS.length]}`;
}
