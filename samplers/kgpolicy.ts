import type { Value } from "../graphs/builder.ts";
import { add, mul, stopGradient } from "../graphs/ops/arithmetic.ts";
import { where } from "../graphs/ops/compare.ts";
import { sum } from "../graphs/ops/reduce.ts";
import { slice } from "../graphs/ops/shape.ts";
import { define } from "../options/method.ts";
import { choice, flag, integer, real } from "../options/option.ts";
import { advantage } from "./advantage.ts";
import { policyLoss } from "./kbgan.ts";
import { frequentFacts } from "./kgpolicy/frequent_facts.ts";
import { hasMet } from "./has_met.ts";
import { nodeVectors } from "./kgpolicy/node_vectors.ts";
import { drawnStep, greedyStep, type Stepped } from "./kgpolicy/step_forward.ts";
import { drawSteps, walkableGraph } from "./kgpolicy/walkable_graph.ts";
import { layerMean } from "./layer_mean.ts";
import { requireKnowledge } from "./requirements.ts";
import type { Policy, Step } from "./sampler.ts";
import { uniformRows } from "./uniform_rows.ts";

/**
 * Reinforced negative sampling over a knowledge graph (Wang, Xu, He, Cao, Wang & Chua, WWW 2020): a walk from the
 * positive over facts and interactions, `steps` times two hops, whose last item is the negative. The policy, graph
 * vectors h rated h_u . LeakyReLU(h_x * h_y), learns from the reward r = s(u, n) + n . p of each step's item n by the
 * policy gradient of E[sum_k discount^k r_k], compared with its running mean.
 *
 * `compat=code` is the released code's form: the first hop is the best, not drawn; pruning comes after the policy; a step
 * learns from its own reward alone; a walk that ends on a train positive gives a uniform negative instead. Its baseline,
 * which is too large by the number of rows, and its dropout are not reproduced.
 */
export const kgpolicy = define({
  name: "kgpolicy",
  summary: "A learnt walk over a knowledge graph leads from the positive to a negative.",
  citation: "Wang, Xu, He, Cao, Wang & Chua, WWW 2020",
  options: {
    steps: integer(2, "explorations of two hops", { min: 1 }),
    neighbours: integer(8, "sampled neighbours of a node; as many random items are beside them", { min: 1 }),
    occurrences: integer(10, "facts that an entity must occur in to be walked on; rarer ones are left out", {
      min: 1,
    }),
    through: choice(["all", "entities"], "entities", "what a walk passes: users, too, or entities and items alone"),
    kept: integer(4, "items two hops away that are left after pruning", { min: 1 }),
    dim: integer(16, "width of the graph's vectors", { min: 1 }),
    lr: real(1e-4, "learning rate of the policy, under Adam", { min: 0 }),
    temperature: real(1, "of the policy; the paper's is 1", { min: 1e-3 }),
    discount: real(0.99, "what a step later is worth", { min: 0, max: 1 }),
    baseline: flag(true, "compare rewards with their running mean"),
    compat: choice(["paper", "code"], "paper", "draw and prune as in the paper, or as in the released code"),
  },
}, (values): Policy<"uniform" | "table"> => (setting) => {
  const { steps, neighbours, occurrences, through, kept, dim, lr, temperature, discount, baseline, compat } = values;
  const facts = frequentFacts(requireKnowledge(setting, "kgpolicy"), setting.catalogue.items, occurrences);
  const known = walkableGraph(setting.catalogue, facts, neighbours, through === "all");
  const excluded = setting.seen.catalogue,
    pool = 2 * neighbours,
    { nodes, firstUser } = known,
    table = new Int32Array(nodes * pool);
  return {
    proposes: { uniform: steps * pool, table: { dtype: "int32", shape: [nodes, pool], shared: true } },
    learningRate: lr,
    state: { table },
    beginEpoch: (draw) => drawSteps(known, draw, table),
    propose: (batch, draw) => ({ uniform: uniformRows(batch, draw, steps * pool), table }),
    select(step, { uniform, table }) {
      const vectors = nodeVectors(step.graph, known, dim);
      const walking = { step, excluded, firstUser, steps: table, vectors, temperature, kept };
      const forward = compat === "code" ? greedyStep(walking) : drawnStep(walking);
      const pools = Array.from({ length: steps }, (_, k) => slice(uniform, 1, k * pool, (k + 1) * pool));
      const walk: (Stepped & { readonly reward: Value })[] = [];
      for (const own of pools) {
        const stepped = forward(walk.at(-1)?.id ?? step.positiveIds, own, `step ${walk.length}`);
        walk.push({ ...stepped, reward: rewardOf(step, stepped.id) });
      }
      const losses = walk.map(({ logP, reward }, k) => {
        const gain = compat === "code"
          ? reward
          : walk.slice(k).map(({ reward }, later) => mul(discount ** (k + later), reward)).reduce(add);
        return step.graph.scope(`step ${k}`, () => policyLoss(step, baseline ? advantage.ema(step, gain) : gain, logP));
      });
      const end = walk.at(-1)!.id;
      const ids = compat === "code" ? where(hasMet(step, excluded, end), slice(pools.at(-1)!, 1, 0, 1), end) : end;
      return { ids, items: step.items(ids), auxiliary: losses.reduce(add) };
    },
  };
});

/** r = s(u, n) + n . p, detached. */
function rewardOf(step: Step, id: Value): Value {
  const items = step.items(id), n = layerMean(items), p = layerMean(step.positive); // [R, 1, D]
  return stopGradient(add(step.score(items), sum(mul(n, p), [2])));
}
