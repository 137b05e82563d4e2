import type { IdTable } from "./id_table.ts";

/** What a parser makes of one file, before duplicates, thresholds and dense numbering. */
export interface Rows {
  readonly users: Int32Array; // [n], ids of `IdTables.users`
  readonly items: Int32Array; // [n], ids of `IdTables.items`
  readonly ratings?: Float32Array; // [n]
  readonly times?: Float64Array; // [n]
  /** Rows are in the order in which things happened, user by user. */
  readonly inOrder?: true;
  /** What the reader should know about how the file was understood. */
  readonly notes: readonly string[];
}

/** Names met so far; the parts of a dataset share them. */
export interface IdTables {
  readonly users: IdTable;
  readonly items: IdTable;
}
