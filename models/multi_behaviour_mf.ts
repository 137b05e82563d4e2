import type { Behaviour } from "../datasets/metadata.ts";
import type { GraphBuilder, Initializer, Value } from "../graphs/builder.ts";
import { filled, zeros } from "../graphs/initializers.ts";
import { add, mul } from "../graphs/ops/arithmetic.ts";
import { gather } from "../graphs/ops/index.ts";
import { matmul } from "../graphs/ops/linear.ts";
import { unsqueeze } from "../graphs/ops/shape.ts";
import { define } from "../options/method.ts";
import { flag, integer, real } from "../options/option.ts";
import { among, byMagnitude } from "../options/searched.ts";
import type { Backbone, Encoder } from "./backbone.ts";
import { idTables } from "./id_tables.ts";
import { requireBehaviours } from "./requirements.ts";
import { dot } from "./scoring.ts";
import { named } from "./named.ts";

/** The matrix that changes nothing: behaviours start alike. */
const identity: Initializer = ([rows, columns]) =>
  Float32Array.from({ length: rows! * columns! }, (_, at) => at % (columns! + 1) === 0 ? 1 : 0);

/**
 * Multi-behaviour matrix factorisation: behaviours share the vectors of users and items, and each weighs their
 * coordinates by a vector of its own, s_b(u, i) = h_b . (p_u * q_i), a GMF for each (Gao et al., "NMTR", ICDE 2019). With
 * `transfer` a behaviour's h comes from that of the next weaker one, h_b = h_{b+1} M_b + r_b (Chen et al., "EHCF", AAAI
 * 2020, section 3.3, there without negative sampling); the weakest has an h of its own. Trained on the sum of losses
 *
 *     L = L_0 + sum_b lambda_b L_b,  lambda_b = weight * falling^(b - 1)
 *
 * over the interactions trained on (b = 0, whose scores are what is ranked) and the weaker behaviours, the strongest
 * first.
 *
 * @throws TypeError where the data have no weaker behaviours.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { multiBehaviourMf } from "./multi_behaviour_mf.ts";
 *
 * assert.equal(multiBehaviourMf.options.transfer.default, false);
 * assert.equal(typeof multiBehaviourMf({ dim: 16, transfer: true, weight: 0.5 }).build, "function");
 * ```
 */
export const multiBehaviourMf = define({
  name: "multi-behaviour-mf",
  summary: "Matrix factorisation that learns weaker behaviours, such as views, along with the one it ranks by.",
  citation: "Gao et al., ICDE 2019; Chen, Zhang, Zhang, Ma, Liu & Ma, AAAI 2020",
  options: {
    dim: among(integer(64, "width of the vectors", { min: 1 }), 32, 64, 128),
    transfer: flag(false, "a behaviour's h is a linear function of that of the next weaker one"),
    weight: byMagnitude(
      real(1, "lambda of the strongest of the weaker behaviours; 1 is that of the one ranked by", { min: 1e-6 }),
      0.1,
      10,
    ),
    falling: real(1, "factor from the lambda of a behaviour to that of the next weaker one", { min: 1e-6 }),
    negatives: integer(1, "negatives for each pair of a weaker behaviour", { min: 1 }),
  },
}, ({ dim, transfer, weight, falling, negatives }): Backbone => ({
  reads: ["behaviours"],
  build(graph, catalogue, batch) {
    const { items } = catalogue, behaviours = requireBehaviours(catalogue, "multi-behaviour-mf");
    const { user, item } = idTables(graph, catalogue, dim);
    const [ranked, ...weaker] = (transfer ? transferred : apart)(graph, behaviours, dim);
    const encode = (h: () => Value, ids: Value): Encoder => {
      const own = gather(user, ids); // [R, D]
      return {
        query: unsqueeze(mul(own, h()), 1),
        items: (of) => unsqueeze(gather(item, of), -2),
        score: dot,
        dot: true,
        decayed: own,
      };
    };
    return {
      ...encode(ranked!, batch.users),
      tasks: behaviours.map((pairs, at) => ({
        ...{ name: pairs.name, weight: weight * falling ** at, negatives, pairs, items },
        encode: (of) => encode(weaker[at]!, of),
      })),
    };
  },
}));

const ofBehaviour = (name: string): string => `h/${named(name)}`;

/** h of each behaviour [1, D], the strongest first; called, because a model that ranks declares no more than it needs. */
type Weights = (graph: GraphBuilder, behaviours: readonly Behaviour[], dim: number) => readonly (() => Value)[];

const apart: Weights = (graph, behaviours, dim) => {
  const own = (name: string) => () => graph.variable(name, [1, dim], filled(1));
  return [own("h"), ...behaviours.map(({ name }) => own(ofBehaviour(name)))];
};

/** From the weakest up: h_b = h_{b+1} M_b + r_b. */
const transferred: Weights = (graph, behaviours, dim) => {
  const found = [graph.variable(ofBehaviour(behaviours.at(-1)!.name), [1, dim], filled(1)) as Value];
  for (const name of [...behaviours.slice(0, -1).map(({ name }) => ofBehaviour(name)).reverse(), "h"]) {
    const m = graph.variable(`${name}/transfer`, [dim, dim], identity), r = graph.variable(name, [1, dim], zeros);
    found.unshift(add(matmul(found[0]!, m), r));
  }
  return found.map((h) => () => h);
};
