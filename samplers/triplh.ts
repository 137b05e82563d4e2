import { idsBelow } from "../datasets/ids_below.ts";
import type { Value } from "../graphs/builder.ts";
import { add, div, mul, neg, sqrt, sub } from "../graphs/ops/arithmetic.ts";
import { where } from "../graphs/ops/compare.ts";
import { argMin } from "../graphs/ops/index.ts";
import { matmul, swapAxes } from "../graphs/ops/linear.ts";
import { softmax } from "../graphs/ops/normalize.ts";
import { sum } from "../graphs/ops/reduce.ts";
import { concat, reshape } from "../graphs/ops/shape.ts";
import { define } from "../options/method.ts";
import { choice, real } from "../options/option.ts";
import { byMagnitude } from "../options/searched.ts";
import { LARGEST } from "./candidates.ts";
import { perPositive } from "./common_options.ts";
import { drawSlots } from "./draw_slots.ts";
import { gumbel } from "./gumbel.ts";
import { keptColumns } from "./kept_columns.ts";
import { layerMean } from "./layer_mean.ts";
import type { Policy, Step } from "./sampler.ts";

/** Draws an item for each row by `far` [R, I], which is LARGEST where it may not be drawn: [R, 1]. */
type Law = (step: Step, far: Value, name: string) => Value;
const laws: Readonly<Record<"softmax" | "released", Law>> = {
  softmax: ({ graph, rows }, far, name) => drawSlots(softmax(neg(far), 1), graph.noise(name, [rows, 1])),
  released: ({ graph }, far, name) => argMin(add(far, gumbel(graph, name, far.shape)), 1),
};

/**
 * Items near the user on the hyperboloid, of the whole catalogue: with c = cosh d(u, i) = u0 i0 - u . i, by probability
 * proportional to e^(-c / temperature). TriplH's code takes arg min (c + G), G standard Gumbel noise: `law=released`. It
 * likes near items, too, but is no softmax, which would be arg max (-c + G); and it may draw what the user has met:
 * `positives=included`. For backbone hmf with geometry=lorentz and loss triplet-lorentz; of any other, vectors, or the
 * means of their layers, are taken for a point's coordinates. Every step measures the whole catalogue for each row:
 * O(R I D).
 */
export const triplh = define({
  name: "triplh",
  summary:
    "Of the whole catalogue, items that are near the user on the hyperboloid, by a softmax of the distance's cosh.",
  citation: "Hyperbolic triplet recommendation (TriplH), 2024, and its released code",
  options: {
    negatives: perPositive(1),
    temperature: byMagnitude(real(1, "divides c, the distance's cosh", { min: 1e-6 }), 0.05, 2),
    law: choice(["softmax", "released"], "softmax", "e^(-c), or, as released, the least c with Gumbel noise added"),
    positives: choice(
      ["excluded", "included"],
      "excluded",
      "whether negatives may be what --exclude leaves out, train positives if nothing else is said",
    ),
  },
}, ({ negatives, temperature, law, positives }): Policy<"open"> => ({ catalogue: { items: count }, rows }) => {
  const maskOf = keptColumns(count), all = idsBelow(count), draw = laws[law], none = new Int32Array();
  return {
    proposes: { open: { dtype: "bool", shape: [rows, count] } },
    propose: ({ users }, { seen }) => ({
      open: maskOf(all, rows, (row) => positives === "included" ? none : seen.of(users[row]!)),
    }),
    select(step, { open }) {
      const { graph, query, items } = step;
      const u = layerMean(query), found = layerMean(items(graph.constant(all, [1, count]))); // [R, D], [1, I, D]
      const i = reshape(found, [count, found.shape[2]!]), time = (x: Value) => sqrt(add(1, sum(mul(x, x), [1], true)));
      const c = sub(mul(time(u), swapAxes(time(i))), matmul(u, swapAxes(i))), scaled = div(c, temperature); // [R, I]
      const far = where(open, scaled, LARGEST);
      const drawn = Array.from({ length: negatives }, (_, k) => draw(step, far, `negative ${k}`));
      const ids = drawn.length === 1 ? drawn[0]! : concat(drawn, 1); // [R, K]
      return { ids, items: items(ids) };
    },
  };
});
