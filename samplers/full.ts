import { idsBelow } from "../datasets/ids_below.ts";
import type { Value } from "../graphs/builder.ts";
import { add, div, exp, mul, stopGradient, sub } from "../graphs/ops/arithmetic.ts";
import { where } from "../graphs/ops/compare.ts";
import { logSumExp } from "../graphs/ops/reduce.ts";
import { concat, pad, reshape, slice } from "../graphs/ops/shape.ts";
import { sizeOf } from "../graphs/tensor.ts";
import { define } from "../options/method.ts";
import { flag, integer, real } from "../options/option.ts";
import { byMagnitude } from "../options/searched.ts";
import { meanOfRows } from "./gates.ts";
import { keptColumns } from "./kept_columns.ts";
import type { Policy } from "./sampler.ts";

/** The exponent of what a denominator leaves out. */
const NEVER = -1e30;

/**
 * Softmax cross entropy over the whole catalogue, -log (e^(s+ / temperature) / sum_i e^(s_i / temperature)): what
 * sampled softmax approximates (for recommenders Klenitskiy & Vasilev, RecSys 2023). Items are scored `chunk` at a time
 * and once more for the gradient, so that a step holds a few blocks of R times `chunk` scores, not R times I.
 */
export const full = define({
  name: "full",
  summary: "Softmax cross entropy over the whole catalogue: nothing is drawn.",
  citation: "Klenitskiy & Vasilev, RecSys 2023",
  options: {
    temperature: byMagnitude(real(1, "divides scores", { min: 1e-6 }), 0.05, 2),
    chunk: integer(2048, "items scored at a time", { min: 1 }),
    unmet: flag(
      false,
      "leave what else the user met, or the run excludes, out of the denominator; feeds a mask of R times I bytes",
    ),
  },
}, ({ temperature, chunk, unmet }): Policy => ({ catalogue: { items: count }, seen, rows }) => {
  const maskOf = keptColumns(count), all = idsBelow(count);
  return {
    proposes: { ...unmet && { kept: { dtype: "bool" as const, shape: [rows, count] } } },
    propose({ users, positives }): Record<string, Uint8Array> {
      if (!unmet) return {};
      const kept = maskOf(all, rows, (row) => seen.of(users[row]!));
      positives.forEach((positive, row) => kept[row * count + positive] = 1);
      return { kept };
    },
    select({ graph, query, positive, rowMask, score, items }, { kept }) {
      const scoresOf = (from: number) => (x: Value, asked: Value) => {
        const scores = div(score(x, asked), temperature), to = from + x.shape[1]!; // [R, chunk]
        return kept ? where(slice(kept, 1, from, to), scores, NEVER) : scores;
      };
      const chunks = Array.from({ length: Math.ceil(count / chunk) }, (_, at) => {
        const ids = all.subarray(at * chunk, (at + 1) * chunk);
        return { x: items(graph.constant(ids, [1, ids.length])), scores: scoresOf(at * chunk) };
      });
      const whole = logSumExpInChunks(chunks, query); // [R, 1]
      return { objective: meanOfRows(sub(whole, div(score(positive), temperature)), rowMask) };
    },
  };
});

/** Some items, and how a query scores them. */
interface Chunk {
  readonly x: Value; // [1, n, L, D]
  scores(x: Value, query: Value): Value; // [R, n]
}

/**
 * log sum e^s over all chunks. Its gradient is that of each chunk's own, weighted by the chunk's share of the sum.
 * Shares take a first pass, of which nothing but the sums is kept; a second scores anew, chunk by chunk: what it scores
 * passes through one tensor that holds query and items, so that it is other values than those of the first pass, and so
 * that onnxruntime, which computes depth first, is done with the gradients of a chunk, of both, before it begins the
 * next.
 */
export function logSumExpInChunks(chunks: readonly Chunk[], query: Value): Value {
  const ofChunk = (scores: Value) => logSumExp(scores, [1], true); // [R, 1]
  if (chunks.length === 1) return ofChunk(chunks[0]!.scores(chunks[0]!.x, query));
  const total = stopGradient(ofChunk(concat(chunks.map(({ x, scores }) => ofChunk(scores(x, query))), 1)));
  const weighted = chunks.map(({ x, scores }) => {
    const [asked, found] = inOneTensor(query, x), own = ofChunk(scores(found, asked));
    return mul(stopGradient(exp(sub(own, total))), own);
  }).reduce(add);
  return add(total, sub(weighted, stopGradient(weighted)));
}

/** Two values, by way of one tensor that holds both: their gradients are computed together. */
function inOneTensor(a: Value, b: Value): readonly [Value, Value] {
  const [m, n] = [sizeOf(a.shape), sizeOf(b.shape)];
  const both = add(pad(reshape(a, [m]), [0], [n]), pad(reshape(b, [n]), [m], [0]));
  return [reshape(slice(both, 0, 0, m), a.shape), reshape(slice(both, 0, m, m + n), b.shape)];
}
