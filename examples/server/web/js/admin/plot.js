/**
 * A small plot as the texts of SVG paths, and in words. It begins at zero, so that a small change looks small.
 *
 * A value that is not known leaves a gap.
 */

/** @typedef {{ at: number, value: number | null }} Point */
/** @typedef {{ width: number, height: number }} Size */
/** @typedef {{ line: string, area: string, end: string, low: number | null, high: number | null, last: number | null }} Plot */

/** Room above and below the line, so that its width is not cut off. */
const MARGIN = 3;

/** A number as it stands in a path. @param {number} n */
const written = (n) => String(Math.round(n * 10) / 10);

/**
 * @param {Point[]} points the oldest first
 * @param {Size} size
 * @param {number} [least] the top is at least this high, so that a quiet hour is not blown up
 * @returns {Plot}
 */
export function plot(points, { width, height }, least = 1) {
  const known = points.flatMap(({ value }) => (value === null ? [] : [value]));
  const [from, to] = [points[0]?.at ?? 0, points.at(-1)?.at ?? 0];
  const high = known.length === 0 ? null : Math.max(...known);
  const top = Math.max(least, high ?? 0);
  const floor = height - MARGIN;
  /** @param {number} at */
  const x = (at) => (to === from ? width : ((at - from) / (to - from)) * width);
  /** @param {number} value */
  const y = (value) => floor - (value / top) * (floor - MARGIN);
  const runs = unbroken(points).map((run) => run.map(({ at, value }) => ({ x: written(x(at)), y: written(y(value)) })));
  const line = runs.map((run) => `M${run.map(({ x: across, y: down }) => `${across} ${down}`).join('L')}`).join('');
  const area = runs
    .filter((run) => run.length > 1)
    .map((run) => `M${run[0]?.x} ${height}L${run.map(({ x: across, y: down }) => `${across} ${down}`).join('L')}L${run.at(-1)?.x} ${height}Z`)
    .join('');
  const tip = runs.at(-1)?.at(-1);
  return {
    line,
    area,
    end: tip === undefined ? '' : `M${tip.x} ${tip.y}h0`,
    low: known.length === 0 ? null : Math.min(...known),
    high,
    last: known.at(-1) ?? null,
  };
}

/** The stretches without a gap. @param {Point[]} points @returns {{ at: number, value: number }[][]} */
function unbroken(points) {
  /** @type {{ at: number, value: number }[][]} */
  const runs = [];
  let open = false;
  for (const { at, value } of points) {
    if (value === null) open = false;
    else if (open) runs.at(-1)?.push({ at, value });
    else {
      runs.push([{ at, value }]);
      open = true;
    }
  }
  return runs;
}

/**
 * The same in words, for those who do not see it.
 * @param {string} name @param {Plot} drawn @param {(value: number) => string} format @param {string} period
 */
export function summary(name, { low, high, last }, format, period) {
  if (low === null || high === null || last === null) return `${name}: nothing yet.`;
  return `${name}, ${period}: lowest ${format(low)}, highest ${format(high)}, last ${format(last)}.`;
}
