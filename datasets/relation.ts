import { countingSort } from "./counting_sort.ts";
import type { Relation } from "./metadata.ts";

/** Entries of a {@link Relation} in any order: entry e says that `rows[e]` is related to `targets[e]`. */
export interface Entries {
  readonly rows: Int32Array; // [n]
  readonly targets: Int32Array; // [n]
  /** Ids are below these. */
  readonly rowCount: number;
  readonly targetCount: number;
  readonly weights?: Float32Array | undefined; // [n]
  readonly times?: Float64Array | undefined; // [n]
}

/**
 * Sparse rows of entries, in linear time. Repeats become one entry: their weights add up, their first time stays. Targets
 * that are in order as they are, and have nothing beside them, are kept and not copied.
 *
 * @throws RangeError where columns differ in length or an id is out of range.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { relation } from "./relation.ts";
 *
 * const views = relation({
 *   rows: Int32Array.of(1, 0, 1, 1),
 *   targets: Int32Array.of(2, 0, 1, 2),
 *   weights: Float32Array.of(1, 1, 1, 3),
 *   rowCount: 2,
 *   targetCount: 3,
 * });
 * assert.deepEqual(views.offsets, Int32Array.of(0, 1, 3));
 * assert.deepEqual(views.targets, Int32Array.of(0, 1, 2));
 * assert.deepEqual(views.weights, Float32Array.of(1, 1, 4));
 * ```
 */
export function relation({ rows, targets, rowCount, targetCount, weights, times }: Entries): Relation {
  const count = rows.length;
  for (const [what, column] of Object.entries({ targets, weights, times })) {
    if (!column || column.length === count) continue;
    throw new RangeError(
      `Cannot relate ${count} "rows" to ${column.length} "${what}": columns have one value an entry`,
    );
  }
  checkIds("row", rows, rowCount);
  checkIds("target", targets, targetCount);
  if (!weights && !times) return pairs(rows, targets, rowCount);

  const { offsets: starts, order } = countingSort(rows, rowCount, countingSort(targets, targetCount).order);
  const offsets = new Int32Array(rowCount + 1), kept = new Int32Array(count);
  const weighed = weights && new Float32Array(count), timed = times && new Float64Array(count).fill(Infinity);
  let size = 0;
  for (let row = 0; row < rowCount; row++) {
    for (let at = starts[row]!; at < starts[row + 1]!; at++) {
      const entry = order[at]!, target = targets[entry]!;
      if (size === offsets[row] || kept[size - 1] !== target) kept[size++] = target;
      if (weighed) weighed[size - 1]! += weights[entry]!;
      if (timed) timed[size - 1] = Math.min(timed[size - 1]!, times[entry]!);
    }
    offsets[row + 1] = size;
  }
  return {
    offsets,
    targets: kept.slice(0, size),
    ...(weighed && { weights: weighed.slice(0, size) }),
    ...(timed && { times: timed.slice(0, size) }),
  };
}

/** Sparse rows of entries with nothing beside them: nothing of their size is held but the targets. */
function pairs(rows: Int32Array, targets: Int32Array, rowCount: number): Relation {
  const starts = new Int32Array(rowCount + 1);
  for (const row of rows) starts[row + 1]!++;
  for (let row = 0; row < rowCount; row++) starts[row + 1]! += starts[row]!;
  if (isOrdered(rows, targets)) return { offsets: starts, targets };
  const offsets = new Int32Array(rowCount + 1), next = starts.slice(0, rowCount), kept = new Int32Array(targets.length);
  for (let entry = 0; entry < rows.length; entry++) kept[next[rows[entry]!]!++] = targets[entry]!;
  let size = 0;
  for (let row = 0; row < rowCount; row++) {
    const own = kept.subarray(starts[row], starts[row + 1]).sort();
    for (const target of own) if (size === offsets[row] || kept[size - 1] !== target) kept[size++] = target;
    offsets[row + 1] = size;
  }
  return { offsets, targets: size < kept.length ? kept.slice(0, size) : kept };
}

/** Whether rows ascend, and targets do within each, without repeats. */
function isOrdered(rows: Int32Array, targets: Int32Array): boolean {
  for (let at = 1; at < rows.length; at++) {
    const step = rows[at]! - rows[at - 1]!;
    if (step < 0 || (step === 0 && targets[at]! <= targets[at - 1]!)) return false;
  }
  return true;
}

function checkIds(what: string, column: Int32Array, count: number): void {
  const entry = column.findIndex((id) => id < 0 || id >= count);
  if (entry < 0) return;
  throw new RangeError(`Cannot relate ${what} ${column[entry]} (entry ${entry}): ids are from 0 and below ${count}`);
}
