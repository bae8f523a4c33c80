/** The order of things on every page: one event is through, effects and all, before the next begins. */

/**
 * Makes the function that takes events in.
 *
 * @template {object} Happening
 * @param {(happening: Happening) => void} handle reduces one event and carries its effects out, which may
 *   bring about others
 * @param {() => void} show what has come of all of them
 * @returns {(happening: Happening) => void}
 */
export function createLoop(handle, show) {
  /** @type {Happening[]} */
  const happenings = [];
  let busy = false;
  return (happening) => {
    happenings.push(happening);
    if (busy) return;
    busy = true;
    try {
      for (let next = happenings.shift(); next !== undefined; next = happenings.shift()) handle(next);
      show();
    } finally {
      busy = false;
    }
  };
}
