import { filled, xavierUniform } from "../graphs/initializers.ts";
import { mul } from "../graphs/ops/arithmetic.ts";
import { gather } from "../graphs/ops/index.ts";
import { unsqueeze } from "../graphs/ops/shape.ts";
import { define } from "../options/method.ts";
import { integer } from "../options/option.ts";
import { among } from "../options/searched.ts";
import type { Backbone } from "./backbone.ts";
import { dot } from "./scoring.ts";

/**
 * Generalised matrix factorisation, s(u, i) = h . (p_u * q_i) (He et al., WWW 2017, eq. 9; the sigmoid is the loss's).
 * What a row asks with is h * p_u, [R, 1, D], so that the score is an inner product. Tables start Xavier-uniform, h at
 * one: at first it is `mf`. (Its authors draw all of them from N(0, .01^2), where products of three hardly move.)
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { gmf } from "./gmf.ts";
 *
 * assert.equal(gmf.options.dim.default, 64);
 * assert.equal(typeof gmf({ dim: 16 }).build, "function");
 * ```
 */
export const gmf = define({
  name: "gmf",
  summary: "Generalised matrix factorisation: an inner product whose coordinates have learnt weights.",
  citation: "He, Liao, Zhang, Nie, Hu & Chua, WWW 2017",
  options: { dim: among(integer(64, "width of the vectors", { min: 1 }), 32, 64, 128) },
}, ({ dim }): Backbone => ({
  build(graph, { users, items }, batch) {
    const user = gather(graph.variable("user", [users, dim], xavierUniform, { rowsOf: "users" }), batch.users); // [R, D]
    const item = graph.variable("item", [items, dim], xavierUniform, { rowsOf: "items" });
    const h = graph.variable("h", [dim], filled(1));
    return {
      query: unsqueeze(mul(user, h), 1),
      items: (ids) => unsqueeze(gather(item, ids), -2),
      score: dot,
      dot: true,
      decayed: user,
    };
  },
}));
