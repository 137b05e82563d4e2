import { counted } from "./counted.ts";
import { InputError } from "./input_error.ts";
import type { Rows } from "./rows.ts";

/** Rows parted by their ratings. */
export interface Rated {
  readonly positives: Rows;
  /** Rows below the threshold; undefined where there is no threshold. */
  readonly negatives?: Rows;
  readonly notes: readonly string[];
}

/**
 * Parts the rows that are rated at least `minRating` from those below. Without a threshold all are positives.
 *
 * @param file what errors call it.
 * @throws InputError where there are no ratings, or none is high enough.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { threshold } from "./threshold.ts";
 *
 * const rows = { users: Int32Array.of(0, 0), items: Int32Array.of(0, 1), ratings: Float32Array.of(5, 2), notes: [] };
 * const { positives, negatives, notes } = threshold(rows, 4, "log.csv");
 * assert.deepEqual([positives.items, negatives?.items], [Int32Array.of(0), Int32Array.of(1)]);
 * assert.deepEqual(notes, ["dropped 1 row rated below 4, kept 1"]);
 * ```
 */
export function threshold(rows: Rows, minRating: number | undefined, file: string): Rated {
  const { users, items, ratings, times, inOrder } = rows;
  if (minRating === undefined) {
    const notes = ratings ? [`all ${counted(ratings.length, "row")} are positives, whatever their rating`] : [];
    return { positives: rows, notes };
  }
  if (!ratings) throw new InputError(`a lowest rating of ${minRating} is asked for, but it has no ratings`, file);
  const least = Math.fround(minRating);
  const where = (wanted: boolean): Rows => {
    const keep = (_: number, row: number) => ratings[row]! >= least === wanted;
    return {
      users: users.filter(keep),
      items: items.filter(keep),
      ratings: ratings.filter(keep),
      ...(times && { times: times.filter(keep) }),
      ...(inOrder && { inOrder }),
      notes: [],
    };
  };
  const positives = where(true), negatives = where(false), kept = positives.users.length;
  if (kept === 0) throw new InputError(`none of its ratings is ${minRating} or more`, file);
  const dropped = counted(negatives.users.length, "row");
  return { positives, negatives, notes: [`dropped ${dropped} rated below ${minRating}, kept ${kept}`] };
}
