import type { Catalogue } from "../datasets/catalogue.ts";
import type { GraphBuilder } from "../graphs/builder.ts";
import { normal, xavierUniform, zeros } from "../graphs/initializers.ts";
import { add } from "../graphs/ops/arithmetic.ts";
import { gather } from "../graphs/ops/index.ts";
import { concat, pad, unsqueeze } from "../graphs/ops/shape.ts";
import { define } from "../options/method.ts";
import { integer } from "../options/option.ts";
import { among } from "../options/searched.ts";
import type { Backbone } from "./backbone.ts";
import { attributeMeans, lookedUp, type Lookup, projections } from "./content.ts";
import { required } from "./requirements.ts";
import { dot } from "./scoring.ts";

/** Content starts small beside ids, and its part in the bias at zero. */
const DEVIATION = 0.01;

/**
 * VBPR (He & McAuley, AAAI 2016, eq. 4): to the factors of ids come factors of what an item is, f_i,
 *
 *     s(u, i) = b_i + gamma_u . gamma_i + theta_u . (f_i E) + f_i beta'
 *
 * where f_i joins the item's vectors of every modality and its attributes; an item that lacks one has a learnt vector
 * and bias in place of its f_i E and f_i beta'. The paper's beta_u ranks nothing and is left out. An item's
 * representation is [gamma_i; f_i E; b_i + f_i beta'], a user's [gamma_u; theta_u; 1]: the score is an inner product.
 *
 * @throws TypeError where the data have neither attributes nor vectors of items.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { vbpr } from "./vbpr.ts";
 *
 * assert.equal(vbpr.options.contentDim.default, 32);
 * assert.equal(typeof vbpr({ dim: 16 }).build, "function");
 * ```
 */
export const vbpr = define({
  name: "vbpr",
  summary: "Matrix factorisation with factors of the items' attributes, texts or images beside those of ids.",
  citation: "He & McAuley, AAAI 2016",
  options: {
    dim: among(integer(32, "width of the vectors of ids, gamma", { min: 1 }), 16, 32, 64),
    contentDim: among(integer(32, "width of the vectors of content, theta", { min: 1 }), 16, 32, 64),
  },
}, ({ dim, contentDim }): Backbone => ({
  reads: ["attributes", "vectors"],
  build(graph, catalogue, batch) {
    const { users, items } = catalogue;
    const gamma = gather(graph.variable("user", [users, dim], xavierUniform, { rowsOf: "users" }), batch.users);
    const theta = gather(
      graph.variable("user/content", [users, contentDim], xavierUniform, { rowsOf: "users" }),
      batch.users,
    );
    const item = graph.variable("item", [items, dim], xavierUniform, { rowsOf: "items" }),
      bias = graph.variable("bias", [items, 1], zeros, { rowsOf: "items" });
    const content = contentOf(graph, catalogue, contentDim); // f E
    const contentBias = graph.scope("bias", () => contentOf(graph, catalogue, 1)); // f beta'
    const one = graph.constant(new Float32Array(dim + contentDim + 1).fill(1, dim + contentDim), [
      1,
      dim + contentDim + 1,
    ]);
    const user = concat([gamma, theta], -1);
    return {
      query: unsqueeze(add(pad(user, [0, 0], [0, 1]), one), 1),
      items: (ids) =>
        unsqueeze(concat([gather(item, ids), content(ids), add(gather(bias, ids), contentBias(ids))], -1), -2),
      score: dot,
      dot: true,
      biased: true,
      decayed: user,
    };
  },
}));

/** f E over all that is known of items; a width of 1 is a bias. */
function contentOf(graph: GraphBuilder, { items, metadata }: Catalogue, width: number): Lookup {
  const init = width === 1 ? zeros : normal(DEVIATION), { attributes, vectors = [] } = metadata;
  const parts = [
    ...attributes ? [attributeMeans(graph, "attributes", attributes, width, init)] : [],
    ...vectors.map((modality) => projections(graph, modality, width, init)),
  ];
  required(parts[0], "vbpr", "attributes or vectors of items", "--attributes or --item-vectors");
  return lookedUp(graph, items, (ids) => parts.map((part) => part(ids)).reduce(add));
}
