import type { Value } from "../graphs/builder.ts";
import { filled } from "../graphs/initializers.ts";
import { add, mul } from "../graphs/ops/arithmetic.ts";
import { gather } from "../graphs/ops/index.ts";
import { slice, squeeze, unsqueeze } from "../graphs/ops/shape.ts";
import { define } from "../options/method.ts";
import { integer, numbers, numbersOf } from "../options/option.ts";
import { among } from "../options/searched.ts";
import type { Backbone } from "./backbone.ts";
import { idTables } from "./id_tables.ts";
import { perceptron } from "./perceptron.ts";
import { dot } from "./scoring.ts";

/**
 * Neural matrix factorisation: `gmf` and `mlp`, each with vectors of its own, under one output layer, s(u, i) =
 * h . [p^G * q^G; z_n] (He et al., WWW 2017, eq. 12; the sigmoid is the loss's). That is h^G . (p^G * q^G) + h . z_n.
 * Representations are [.., 1, D^G + D^M], GMF's vector before MLP's. Tables and matrices start Xavier-uniform, biases
 * at zero and h^G at one. (Its authors draw all from N(0, .01^2), or train the two parts first.)
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { neumf } from "./neumf.ts";
 *
 * assert.equal(neumf.options.hidden.default, "64-32-16");
 * assert.equal(typeof neumf({ dim: 8, mlpDim: 32 }).build, "function");
 * ```
 */
export const neumf = define({
  name: "neumf",
  summary: "Neural matrix factorisation: a weighted inner product and a network, each over vectors of its own.",
  citation: "He, Liao, Zhang, Nie, Hu & Chua, WWW 2017",
  options: {
    dim: among(integer(64, "width of GMF's vectors", { min: 1 }), 32, 64, 128),
    mlpDim: among(integer(64, "width of MLP's vectors", { min: 1 }), 32, 64, 128),
    hidden: numbers("64-32-16", "widths of MLP's hidden layers"),
  },
}, ({ dim, mlpDim, hidden }): Backbone => ({
  build(graph, catalogue, batch) {
    const { user, item } = idTables(graph, catalogue, dim + mlpDim);
    const weights = graph.variable("h_gmf", [dim], filled(1));
    const network = perceptron(graph, mlpDim, numbersOf(hidden));
    const ofGmf = (x: Value) => slice(x, -1, 0, dim), ofMlp = (x: Value) => slice(x, -1, dim, dim + mlpDim);
    return {
      query: unsqueeze(gather(user, batch.users), 1),
      items: (ids) => unsqueeze(gather(item, ids), -2),
      score: (p, q) =>
        add(dot(mul(ofGmf(p), weights), ofGmf(q)), network(squeeze(ofMlp(p), [-2]), squeeze(ofMlp(q), [-2]))),
    };
  },
}));
