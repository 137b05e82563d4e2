/** Above this, ids that are numbers are not taken as dense: a table of that many rows would be mostly empty. */
const DENSE_LIMIT = 2 ** 24;

/** What `numbered` says: numbers may be taken as dense, must be, or are names like any other. */
export type Numbered = boolean | "required";

/** Dense ids for the entries of an id table. */
export interface Numbering {
  /** The dense id of each entry, or -1 where no row that was kept shows it. */
  readonly dense: Int32Array;
  readonly names: readonly string[];
}

/**
 * Numbers the entries that `columns` show: by themselves where all are canonical numbers from 0 (no sign, no leading
 * zero) and `numbered` says they may be, so that "7" stays 7; else in order of first appearance.
 *
 * @throws TypeError naming an entry that is no such number, where they are required.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { numberIds } from "./numbering.ts";
 *
 * const column = Int32Array.of(0, 1);
 * assert.deepEqual(numberIds(["2", "0"], [column], true).dense, Int32Array.of(2, 0));
 * assert.deepEqual(numberIds(["2", "0"], [column], false).dense, Int32Array.of(0, 1));
 * ```
 */
export function numberIds(entries: readonly string[], columns: readonly Int32Array[], numbered: Numbered): Numbering {
  const dense = new Int32Array(entries.length).fill(-1),
    other = numbered ? entries.find((name) => !isDense(name)) : undefined;
  if (numbered === "required" && other !== undefined) {
    throw new TypeError(
      `Cannot take ids as numbers of rows: "${other}" is no whole number from 0 to ${
        DENSE_LIMIT - 1
      }; --ids names takes them as they are`,
    );
  }
  if (numbered && other === undefined) {
    let count = 0;
    entries.forEach((name, at) => count = Math.max(count, 1 + (dense[at] = Number(name))));
    return { dense, names: Array.from({ length: count }, (_, id) => String(id)) };
  }
  const names: string[] = [];
  for (const column of columns) {
    for (let row = 0; row < column.length && names.length < entries.length; row++) {
      const entry = column[row]!;
      if (dense[entry]! >= 0) continue;
      dense[entry] = names.length;
      names.push(entries[entry]!);
    }
  }
  return { dense, names };
}

const isDense = (name: string) => /^(0|[1-9]\d{0,8})$/.test(name) && Number(name) < DENSE_LIMIT;
