// The compact payload of one layer, fetched once while the page is open and asked for again by its tag. See rules.packed.
const STEPS = 100000;
const kept = new Map();

export async function fetchLayer(url) {
  const before = kept.get(url);
  const headers = { Accept: "application/json", ...(before && { "If-None-Match": before.tag }) };
  const answer = await fetch(url, { credentials: "same-origin", headers });
  if (answer.status === 304) return before.data;
  if (!answer.ok) throw new Error(`${answer.status} ${url}`);
  const data = await answer.json();
  kept.set(url, { tag: answer.headers.get("ETag"), data });
  return data;
}

/** Numbers from their steps. */
function summed(steps) {
  let at = 0;
  return steps.map((step) => (at += step));
}

/** [{id, lon, lat, place, size, flagged}, ...] of a packed payload. */
export function unpacked(marks) {
  if (!marks) return [];
  const places = marks.places.flatMap((place, index) => Array(marks.runs[index]).fill(place));
  const [ids, xs, ys] = [summed(marks.id), summed(marks.x), summed(marks.y)];
  const flagged = new Set(summed(marks.flagged));
  return ids.map((id, index) => ({
    id,
    lon: xs[index] / STEPS,
    lat: ys[index] / STEPS,
    place: places[index],
    size: marks.size?.[index] ?? 0,
    flagged: flagged.has(index),
  }));
}

/** Counts by region code cut at `digits`: {code: {number, hidden}}; hidden: how many grids under the limit are left out. */
export function counted(data, marks, digits) {
  const found = {};
  const add = (place, number) => {
    const entry = (found[place.slice(0, digits)] ??= { number: 0, hidden: 0 });
    if (number === null) entry.hidden += 1;
    else entry.number += number;
  };
  for (const mark of marks) add(mark.place, 1);
  for (const [place, number] of data.counts) add(place, number);
  // A building across grids is counted in each of them.
  const lying = new Set((data.also ?? []).filter(([, own, other]) => own.slice(0, digits) !== other.slice(0, digits)).map(([id, , other]) => `${id} ${other.slice(0, digits)}`));
  for (const one of lying) add(one.split(" ")[1], 1);
  return found;
}

/** A count as the table beside the map writes it. */
export function countText({ number, hidden }, least) {
  if (!hidden) return String(number);
  if (number) return `≥${number}`;
  return hidden === 1 ? `<${least}` : `各<${least}`;
}
