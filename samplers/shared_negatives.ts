import { idsBelow } from "../datasets/ids_below.ts";
import { cast, equal, greater, greaterOrEqual, where } from "../graphs/ops/compare.ts";
import { div, max, mul, sqrt, stopGradient } from "../graphs/ops/arithmetic.ts";
import { gather, scatterElementsAdd, topK } from "../graphs/ops/index.ts";
import { gemm } from "../graphs/ops/linear.ts";
import { sum } from "../graphs/ops/reduce.ts";
import { reshape, zerosLike } from "../graphs/ops/shape.ts";
import { define } from "../options/method.ts";
import { integer, real } from "../options/option.ts";
import { byMagnitude } from "../options/searched.ts";
import { keptColumns, metOrOwn } from "./kept_columns.ts";
import type { Policy } from "./sampler.ts";
import { uniformRows } from "./uniform_rows.ts";

/** The least length that is divided by. */
const SHORTEST = 1e-12;
/** Less than any cosine, and more. */
const BELOW = -2, ABOVE = 2;

/**
 * In-batch sharing of negatives: a row's own uniform negatives, and those of the `rows` other rows whose users are most like
 * its own, by the cosine of their vectors, ties the first, where that is at least `above`; never what its user has met
 * (NAPO's first half, with exact scores in the place of reused ones). Many negatives for the price of one product; loss
 * `napo` is the other half.
 */
export const sharedNegatives = define({
  name: "shared-negatives",
  summary: "A row's uniform negatives, and those of the rows whose users are most like its own.",
  citation: "NAPO, negative-aware preference optimisation for recommendation, 2025",
  options: {
    negatives: integer(1, "uniform negatives that each row brings", { min: 1 }),
    rows: byMagnitude(integer(8, "rows whose negatives a row shares, besides its own", { min: 0 }), 1, 64),
    above: real(-1, "shares only with users whose cosine with its own is at least that", { min: -1, max: 0.999 }),
  },
}, ({ negatives, rows: others, above }): Policy<"ids" | "kept"> => ({ catalogue, rows }) => {
  const { items: count } = catalogue, width = rows * negatives, maskOf = keptColumns(count);
  const near = Math.min(rows, others + 1),
    owner = Int32Array.from({ length: width }, (_, column) => Math.floor(column / negatives));
  return {
    proposes: { ids: { dtype: "int32", shape: [1, width] }, kept: { dtype: "bool", shape: [rows, width] } },
    propose(batch, draw) {
      const ids = uniformRows(batch, draw, negatives);
      ids.fill(ids[0]!, batch.rows * negatives); // nor does it touch what no row has
      const kept = maskOf(ids, rows, metOrOwn(batch, draw.seen));
      for (let row = 0; row < rows; row++) kept.fill(0, row * width + batch.rows * negatives, (row + 1) * width); // padding lends none
      return { ids, kept };
    },
    select({ graph, query, point, items, rowMask }, { ids, kept }) {
      const own = stopGradient(point(query)),
        user = reshape(own, [rows, own.shape.at(-1)!]), // [R, D]
        unit = div(user, max(sqrt(sum(mul(user, user), [1], true)), SHORTEST));
      const cosines = gemm(unit, unit, undefined, { transB: true }); // [R, R]
      const row = graph.constant(idsBelow(rows), [rows, 1]), isOwn = equal(row, reshape(row, [1, rows])); // [R, R]
      const others = rowMask ? where(greater(reshape(rowMask, [1, rows]), 0), cosines, BELOW) : cosines; // padding is like none
      // a user who is in several rows is as like the others as itself: a row comes first by what it is, not by its cosine
      const { values, slots } = topK(where(isOwn, ABOVE, others), near); // [R, near]
      const shares = scatterElementsAdd(zerosLike(cosines), slots, cast(greaterOrEqual(values, above), "float32"), 1);
      const mask = mul(cast(kept, "float32"), gather(shares, graph.constant(owner), 1)); // [R, R K]
      return { ids, items: items(ids), mask };
    },
  };
});
