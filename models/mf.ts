import { xavierUniform, zeros } from "../graphs/initializers.ts";
import { add } from "../graphs/ops/arithmetic.ts";
import { gather } from "../graphs/ops/index.ts";
import { concat, pad, unsqueeze } from "../graphs/ops/shape.ts";
import { define } from "../options/method.ts";
import { choice, flag, integer } from "../options/option.ts";
import { among } from "../options/searched.ts";
import { scorings } from "./cosine.ts";
import { dot } from "./scoring.ts";

/**
 * Matrix factorisation, s(u, i) = p_u . q_i (+ b_i) (Koren, Bell & Volinsky, Computer 2009; for ranking Rendle et al.,
 * UAI 2009). Tables start Xavier-uniform, as in the code of LightGCN and its descendants; biases at zero.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { catalogue } from "../datasets/catalogue.ts";
 * import { interactions } from "../datasets/interactions.ts";
 * import { GraphBuilder } from "../graphs/builder.ts";
 * import { mf } from "./mf.ts";
 *
 * const log = catalogue(interactions({ users: [0, 1], items: [4, 0], userCount: 2, itemCount: 5 }));
 * const graph = new GraphBuilder(), users = graph.input("users", "int32", [3]);
 * const { query } = mf({ dim: 16, bias: true }).build(graph, log, { rows: 3, users });
 * assert.deepEqual(query.shape, [3, 1, 17]); // the bias is one more coordinate
 * const tables = [...graph.variables.values()].map(({ name, shape }) => [name, ...shape]);
 * assert.deepEqual(tables, [["user", 2, 16], ["item", 5, 16], ["bias", 5, 1]]);
 * ```
 */
export const mf = define({
  name: "mf",
  summary: "Matrix factorisation: the inner product of a user vector and an item vector.",
  citation: "Koren, Bell & Volinsky, Computer 2009; Rendle et al., UAI 2009",
  options: {
    dim: among(integer(64, "width of the vectors", { min: 1 }), 32, 64, 128),
    bias: flag(false, "adds a learnt bias to each item"),
    score: choice(["dot", "cosine"], "dot", "inner product or cosine"),
  },
}, ({ dim, bias, score }) => {
  if (bias && score === "cosine") {
    throw new TypeError('Cannot make "mf": option "bias" adds to inner products, option "score" says "cosine"');
  }
  return scorings[score]({
    build(graph, { users, items }, batch) {
      const user = gather(graph.variable("user", [users, dim], xavierUniform, { rowsOf: "users" }), batch.users); // [R, D]
      const item = graph.variable("item", [items, dim], xavierUniform, { rowsOf: "items" });
      if (!bias) {
        return { query: unsqueeze(user, 1), items: (ids) => unsqueeze(gather(item, ids), -2), score: dot, dot: true };
      }
      // the bias is one more coordinate, which every query multiplies by 1
      const biases = graph.variable("bias", [items, 1], zeros, { rowsOf: "items" });
      const one = graph.constant(new Float32Array(dim + 1).fill(1, dim), [1, dim + 1]);
      return {
        query: unsqueeze(add(pad(user, [0, 0], [0, 1]), one), 1),
        items: (ids) => unsqueeze(concat([gather(item, ids), gather(biases, ids)], -1), -2),
        score: dot,
        dot: true,
        biased: true,
        decayed: user,
      };
    },
  });
});
