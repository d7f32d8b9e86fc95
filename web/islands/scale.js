// Class breaks of a shaded map. Pure.

/** Upper bounds of at most `count` classes holding about equally many values; given breaks win. */
export function classBreaks(values, count = 5, given = []) {
  if (given.length) return given;
  const sorted = values.filter((value) => value !== null && value !== undefined).sort((a, b) => a - b);
  const bounds = [];
  for (let index = 1; index < count; index += 1) bounds.push(sorted[Math.ceil((index * sorted.length) / count) - 1]);
  return [...new Set(bounds.filter((bound) => bound !== undefined && bound < sorted[sorted.length - 1]))];
}

/** Which class a value falls into; -1 is "no data". */
export function classOf(value, bounds) {
  if (value === null || value === undefined) return -1;
  const index = bounds.findIndex((bound) => value <= bound);
  return index === -1 ? bounds.length : index;
}

/** Which of the five shades (1..5) stands for a class: few classes lie far apart, so that they can be told apart. */
export function shade(level, classes) {
  return classes > 1 ? 1 + Math.round((level * 4) / (classes - 1)) : 4;
}

/** A figure as people read it: a share as percent, others with `digits`. */
export function figure(value, unit, digits) {
  if (value === null || value === undefined) return "—";
  if (unit === "%") return `${(value * 100).toFixed(digits)}%`;
  return value.toLocaleString("en", { minimumFractionDigits: digits, maximumFractionDigits: digits }) + (unit ? ` ${unit}` : "");
}
