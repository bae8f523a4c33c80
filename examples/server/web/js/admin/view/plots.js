/** One figure as a small plot: its name, its value, its course, and how far it ranged. */

/** @import { Point } from '../plot.js' */

import { setText } from '../../dom.js';
import { plot, summary } from '../plot.js';
import { copy, find, findShape, setAttribute } from './parts.js';

const SIZE = { width: 240, height: 56 };

/**
 * @param {HTMLElement} place @param {string} name @param {string} tone which of the colours
 * @returns {(value: string, unit: string, points: Point[], format: (n: number) => string, period: string) => void}
 */
export function plotView(place, name, tone) {
  const { node } = copy('plot-template');
  const svg = node.querySelector('svg');
  const [area, line, end] = ['area', 'line', 'end'].map((part) => findShape(node, part));
  if (svg === null || area === undefined || line === undefined || end === undefined) throw new Error('The plot template is incomplete.');
  node.dataset.tone = tone;
  setText(find(node, 'name'), name);
  place.append(node);
  return (value, unit, points, format, period) => {
    const drawn = plot(points, SIZE);
    setText(find(node, 'value'), value);
    setText(find(node, 'unit'), unit);
    setAttribute(area, 'd', drawn.area);
    setAttribute(line, 'd', drawn.line);
    setAttribute(end, 'd', drawn.end);
    setAttribute(svg, 'aria-label', summary(name, drawn, format, `last ${period}`));
    setText(find(node, 'period'), points.length > 1 ? `last ${period}` : 'gathering');
    const { low, high } = drawn;
    setText(find(node, 'range'), low === null || high === null ? '–' : low === high ? format(low) : `${format(low)} – ${format(high)}`);
  };
}
