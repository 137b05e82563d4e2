import { normal } from "../graphs/initializers.ts";
import { neg } from "../graphs/ops/arithmetic.ts";
import { gather } from "../graphs/ops/index.ts";
import { unsqueeze } from "../graphs/ops/shape.ts";
import { define } from "../options/method.ts";
import { choice, integer } from "../options/option.ts";
import { among } from "../options/searched.ts";
import type { Backbone } from "./backbone.ts";
import { lorentzDistance, lorentzTriple, type Pairwise, poincareDistance } from "./hyperbolic.ts";
import { idTables } from "./id_tables.ts";

/** What is nearer scores higher, but in released code. */
const nearer = (separation: Pairwise): Pairwise => (x, y) => neg(separation(x, y));
const scores: Readonly<Record<string, Readonly<Record<string, Pairwise>>>> = {
  lorentz: { distance: nearer(lorentzDistance), triple: nearer(lorentzTriple), released: lorentzTriple },
  poincare: { distance: nearer(poincareDistance) },
};
/** Tables start close to the origin, where space is nearly flat. */
const DEVIATION = 0.01;

/**
 * Hyperbolic matrix factorisation: users and items are points of curvature -1, and near ones score high (Vinh Tran et
 * al., "HyperML", WSDM 2020, in the Poincare ball; Nickel & Kiela, ICML 2018, on the Lorentz hyperboloid).
 * Representations are the free coordinates [.., 1, D]; x0 = sqrt(1 + |x|^2) follows, so any optimiser may move them.
 *
 * Scores that grow with T, `released`, are for the forms of loss `triplet-lorentz` that push the positive out, as
 * TriplH's code does.
 *
 * @throws TypeError where `score` is of T and `geometry` is not `lorentz`, in whose coordinates it is written.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { hmf } from "./hmf.ts";
 *
 * assert.equal(typeof hmf({ dim: 16, score: "triple" }).build, "function");
 * assert.throws(() => hmf({ geometry: "poincare", score: "triple" }), /"poincare" has "distance"/);
 * ```
 */
export const hmf = define({
  name: "hmf",
  summary: "Hyperbolic matrix factorisation: the nearer an item's point lies to the user's, the higher it scores.",
  citation: "Vinh Tran, Tay, Zhang, Cong & Li, WSDM 2020; Nickel & Kiela, ICML 2018",
  options: {
    dim: among(integer(64, "width of the vectors", { min: 1 }), 32, 64, 128),
    geometry: choice(["lorentz", "poincare"], "lorentz", "hyperboloid or ball"),
    score: choice(
      ["distance", "triple", "released"],
      "distance",
      "minus the distance, minus T(x, y) of the triplet loss, or, for that loss as released, T(x, y) itself",
    ),
  },
}, ({ dim, geometry, score }): Backbone => {
  const known = scores[geometry]!, pairwise = known[score];
  if (!pairwise) {
    const names = Object.keys(known).map((name) => `"${name}"`).join(", ");
    throw new TypeError(`Cannot make "hmf": geometry "${geometry}" has ${names}, option "score" says "${score}"`);
  }
  return {
    build(graph, catalogue, batch) {
      const { user, item } = idTables(graph, catalogue, dim, normal(DEVIATION));
      return {
        query: unsqueeze(gather(user, batch.users), 1),
        items: (ids) => unsqueeze(gather(item, ids), -2),
        score: pairwise,
      };
    },
  };
});
