/** The files of a folder that make a dataset, by name. */
export interface Layout {
  readonly train: string;
  readonly valid?: string;
  readonly test?: string;
  /** Names that might be train, where they are of different logs and none can be told from the others. */
  readonly choices?: readonly string[];
}

/** Names that part files have, as patterns; the first layout whose train file is there is taken. */
const LAYOUTS: readonly { readonly train: RegExp; readonly valid?: RegExp; readonly test?: RegExp }[] = [
  {
    train: /^train\.(txt|csv|tsv|inter|jsonl|parquet)$/,
    valid: /^(valid|validation|val)\.(txt|csv|tsv|inter|jsonl|parquet)$/,
    test: /^test(_id)?\.(txt|csv|tsv|inter|jsonl|parquet)$/,
  },
  { train: /^train_data\.txt$/, valid: /^valid_data\.txt$/, test: /^test_data\.txt$/ }, // sequences
  { train: /^data1\.txt$/, test: /^test1\.txt$/ }, // LightGCN's LastFM
  { train: /\.train\.inter$/, valid: /\.valid\.inter$/, test: /\.test\.inter$/ },
  { train: /\.inter$/ },
  { train: /^u\.data$/ },
  { train: /^ratings\.(dat|csv|parquet)$/ },
  { train: /^user_artists\.dat$/ }, // HetRec 2011's Last.FM
];

/** What a folder is searched for, for messages. */
export const LOOKED_FOR =
  '"train.txt" with "valid.txt" and "test.txt" (or .csv, .tsv, .jsonl, .parquet), "train_data.txt" with "valid_data.txt" and ' +
  '"test_data.txt", "data1.txt" with "test1.txt", "*.inter", "u.data", "ratings.dat", "ratings.csv", "user_artists.dat"';

/** A name without its ending: "train.csv" and "train.txt.gz" are the same log twice, "a.inter" and "b.inter" are two. */
const stem = (name: string): string => name.replace(/\.gz$/, "").replace(/\.[^.]*$/, "");

/**
 * The parts of a dataset among the names of a folder, `.gz` allowed behind each; undefined where there are none.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { layoutOf } from "./layouts.ts";
 *
 * const parts = layoutOf(["README.md", "test.txt", "train.txt.gz"]);
 * assert.deepEqual(parts, { train: "train.txt.gz", test: "test.txt" });
 * assert.equal(layoutOf(["notes.txt"]), undefined);
 * assert.deepEqual(layoutOf(["a.inter", "b.inter"]), { train: "a.inter", choices: ["a.inter", "b.inter"] });
 * ```
 */
export function layoutOf(names: readonly string[]): Layout | undefined {
  const all = (pattern: RegExp | undefined) =>
    pattern ? names.filter((name) => pattern.test(name.replace(/\.gz$/, ""))) : [];
  for (const layout of LAYOUTS) {
    const trains = all(layout.train), [train] = trains, [valid] = all(layout.valid), [test] = all(layout.test);
    if (train === undefined) continue;
    const choices = new Set(trains.map(stem)).size > 1 && trains;
    return { train, ...(valid && { valid }), ...(test && { test }), ...(choices && { choices }) };
  }
  return undefined;
}
