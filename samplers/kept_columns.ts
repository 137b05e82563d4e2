import type { Batch } from "../datasets/batching.ts";
import type { SeenItems } from "../datasets/negatives.ts";

/**
 * Makes masks over columns of items that all rows share, of a catalogue of `items`: 1 where a row keeps a column, 0
 * where it `leavesOut` the item, row-major [rows, columns]. For each row their cost follows what it leaves out and the
 * columns that repeat an item; the others are copied.
 */
export const keptColumns =
  (items: number) => (columns: Int32Array, rows: number, leavesOut: (row: number) => Int32Array): Uint8Array => {
    const width = columns.length, kept = new Uint8Array(rows * width), again: number[] = [];
    const first = new Int32Array(items).fill(width); // the first column of each item; a spare one where it has none
    columns.forEach((item, column) => first[item] === width ? first[item] = column : again.push(column));
    const others = Int32Array.from(again), firsts = others.map((column) => first[columns[column]!]!);
    const own = new Uint8Array(width + 1);
    for (let row = 0; row < rows; row++) {
      const out = leavesOut(row);
      own.fill(1);
      // whether an item is in a column is not asked: a branch that cannot be foreseen takes longer
      for (let k = 0; k < out.length; k++) own[first[out[k]!]!] = 0;
      for (let k = 0; k < others.length; k++) own[others[k]!] = own[firsts[k]!]!;
      kept.set(own.subarray(0, width), row * width);
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
