import type { Value } from "../graphs/builder.ts";
import { add, div, mul } from "../graphs/ops/arithmetic.ts";
import { sum } from "../graphs/ops/reduce.ts";
import { reshape, slice, unsqueeze } from "../graphs/ops/shape.ts";

/** Hop 0 of a representation [.., L, D]: what weight decay applies to. */
export const firstLayer = (x: Value): Value => reshape(slice(x, -2, 0, 1), [...x.shape.slice(0, -2), x.shape.at(-1)!]);

/** Weight decay of a step. */
export interface Decay {
  readonly l2: number;
  /** Rows of a batch, R. */
  readonly batchSize: number;
  /** 1 where a row holds an interaction; without it all do. */
  readonly rows?: Value; // [R, 1]
}

/** A loss and `l2` times half the squared length of each row's vectors, averaged over the rows that count. */
export function withDecay(loss: Value, vectors: readonly Value[], { l2, batchSize, rows }: Decay): Value {
  if (l2 === 0) return loss;
  const squares = vectors.map((x) => {
    const perRow = sum(mul(x, x), x.shape.flatMap((_, axis) => axis > 0 ? [axis] : [])); // [R] or [1]
    return rows && x.shape[0] === batchSize ? sum(mul(unsqueeze(perRow, 1), rows)) : sum(perRow);
  });
  const mean = mul(0.5, div(squares.reduce(add), rows ? sum(rows) : batchSize));
  return add(loss, mul(l2, mean));
}
