import type { Value } from "../graphs/builder.ts";
import { add, div, mul } from "../graphs/ops/arithmetic.ts";
import { maxOver, sum } from "../graphs/ops/reduce.ts";
import { reshape, slice, unsqueeze } from "../graphs/ops/shape.ts";
import type { Encoder } from "../models/backbone.ts";
import { decaying } from "../models/coordinates.ts";

/** Hop 0 of a representation [.., L, D]: what weight decay applies to. */
const firstLayer = (x: Value): Value => reshape(slice(x, -2, 0, 1), [...x.shape.slice(0, -2), x.shape.at(-1)!]);

/** What of an encoder's query, and of items, weight decay applies to. */
export const decayOf = ({ query, decayed, coordinates }: Pick<Encoder, "query" | "decayed" | "coordinates">) => ({
  query: decayed ?? firstLayer(decaying(query, coordinates?.query)), // [R, D]
  items: (x: Value): Value => firstLayer(decaying(x, coordinates?.items)), // [.., L, D] -> [.., D]
});

/** Weight decay of a step. */
export interface Decay {
  readonly l2: number;
  /** Rows of a batch, R. */
  readonly batchSize: number;
  /** 1 where a row holds an interaction; without it all do. */
  readonly rows?: Value; // [R, 1]
}

/** Vectors of negatives, of which only those decay that are kept. */
export interface Kept {
  /** A leading 1 is one pool shared by every row. */
  readonly vectors: Value; // [R|1, N, D]
  /** 1 keeps, 0 drops; a vector of a shared pool decays where some row keeps it. */
  readonly mask?: Value; // [R, N]
}

/**
 * A loss and `l2` times half the squared length of each row's vectors, averaged over the rows that count. A shared pool is
 * nobody's: its part is divided by R, however many rows of the batch count, or the rows of a last batch would pull at it
 * with all that the rows that are missing leave them.
 */
export function withDecay(
  loss: Value,
  vectors: readonly Value[], // [R, .., D] each
  { l2, batchSize, rows }: Decay,
  negatives?: Kept,
): Value {
  if (l2 === 0) return loss;
  const squared = (x: Value) => mul(x, x), ofRows = vectors.map((x) => weighed(perRow(squared(x)), rows));
  const pooled: Value[] = [];
  if (negatives) {
    const { vectors, mask } = negatives, isPool = vectors.shape[0] === 1 && batchSize > 1;
    const lengths = squared(vectors), each = (weight: Value) => mul(sum(lengths, [2]), weight); // [R|1, N]
    if (isPool) pooled.push(sum(mask ? each(maxOver(rows ? mul(mask, rows) : mask, [0], true)) : lengths));
    else ofRows.push(weighed(perRow(mask ? each(mask) : lengths), rows));
  }
  const mean = div(ofRows.reduce(add), rows ? sum(rows) : batchSize);
  return add(loss, mul(l2 / 2, pooled.reduce((all, pool) => add(all, div(pool, batchSize)), mean)));
}

const perRow = (x: Value): Value => sum(x, x.shape.flatMap((_, axis) => axis > 0 ? [axis] : [])); // [R, ..] -> [R]
const weighed = (ofRow: Value, rows: Value | undefined): Value =>
  sum(rows && ofRow.shape[0] === rows.shape[0] ? mul(unsqueeze(ofRow, 1), rows) : ofRow);
