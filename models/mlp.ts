import { gather } from "../graphs/ops/index.ts";
import { squeeze, unsqueeze } from "../graphs/ops/shape.ts";
import { define } from "../options/method.ts";
import { integer, numbers, numbersOf } from "../options/option.ts";
import { among } from "../options/searched.ts";
import type { Backbone } from "./backbone.ts";
import { idTables } from "./id_tables.ts";
import { perceptron } from "./perceptron.ts";

/**
 * Multi-layer perceptron over a user vector and an item vector side by side, with rectified hidden layers (He et al.,
 * WWW 2017, eq. 10; the sigmoid is the loss's). Representations are the vectors, [.., 1, D]; the network runs over every
 * pair. Tables and matrices start Xavier-uniform, biases at zero. (Its authors draw all from N(0, .01^2).)
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { mlp } from "./mlp.ts";
 *
 * assert.throws(() => mlp({ hidden: "32,16" }), /option "hidden" takes whole numbers of at least 1, joined by dashes/);
 * ```
 */
export const mlp = define({
  name: "mlp",
  summary: "A network over a user vector and an item vector side by side.",
  citation: "He, Liao, Zhang, Nie, Hu & Chua, WWW 2017",
  options: {
    dim: among(integer(64, "width of the vectors", { min: 1 }), 32, 64, 128),
    hidden: numbers("64-32-16", "widths of the hidden layers"),
  },
}, ({ dim, hidden }): Backbone => ({
  build(graph, catalogue, batch) {
    const { user, item } = idTables(graph, catalogue, dim);
    const network = perceptron(graph, dim, numbersOf(hidden));
    return {
      query: unsqueeze(gather(user, batch.users), 1),
      items: (ids) => unsqueeze(gather(item, ids), -2),
      score: (p, q) => network(squeeze(p, [-2]), squeeze(q, [-2])),
    };
  },
}));
