import type { Batch } from "../datasets/batching.ts";
import { countingSort } from "../datasets/counting_sort.ts";
import type { SeenItems } from "../datasets/negatives.ts";

/**
 * Makes masks over columns of items that all rows share, of a catalogue of `items`: 1 where a row keeps a column, 0
 * where it `leavesOut` the item, row-major [rows, columns]. Their cost follows what is left out, not rows times
 * columns.
 */
export const keptColumns =
  (items: number) => (columns: Int32Array, rows: number, leavesOut: (row: number) => Int32Array): Uint8Array => {
    const width = columns.length, kept = new Uint8Array(rows * width).fill(1);
    const { offsets, order } = countingSort(columns, items); // the columns of each item
    for (let row = 0; row < rows; row++) {
      const out = leavesOut(row), from = row * width;
      for (let k = 0; k < out.length; k++) {
        const item = out[k]!, end = offsets[item + 1]!;
        for (let at = offsets[item]!; at < end; at++) kept[from + order[at]!] = 0;
      }
    }
    return kept;
  };

/** What a row of the batch leaves out of what others bring: all that its user has met, and its positive in any case. */
export const metOrOwn = ({ users, positives }: Batch, seen: SeenItems) => (row: number): Int32Array => {
  const user = users[row]!, own = positives[row]!;
  if (seen.has(user, own)) return seen.of(user);
  const met = seen.of(user), both = new Int32Array(met.length + 1).fill(own);
  both.set(met);
  return both;
};
