import { less, where } from "../graphs/ops/compare.ts";
import { reshape } from "../graphs/ops/shape.ts";
import { define } from "../options/method.ts";
import { choice, flag, integer } from "../options/option.ts";
import { byMagnitude } from "../options/searched.ts";
import { inPools, LARGEST, pickLargest } from "./candidates.ts";
import { fromOwnPools } from "./common_options.ts";
import type { Policy } from "./sampler.ts";
import { uniformRows } from "./uniform_rows.ts";

/** More than rounding takes off a whole g(x) M; what is truly short of a whole number is so by more. */
const ROUNDING = 1e-9;

/** What share of the pool is in play after the share x of training, from 1 down to 0. */
const paces: Readonly<Record<"linear" | "root" | "exp" | "log", (x: number) => number>> = {
  linear: (x) => 1 - x,
  root: (x) => 1 - Math.sqrt(x),
  exp: (x) => (Math.exp(1 - x) - 1) / (Math.E - 1),
  log: (x) => 1 - Math.log(1 + (Math.E - 1) * x),
};

/**
 * Curriculum: the highest-scoring of the first k_t of `pool` uniform candidates, k_t = max(1, floor(g(t / T) pool))
 * (Chu, Wang, Shi & Jiang, IJCAI 2021, as ported to recommendation by the code of AHNS). With the linear pace that code
 * has, negatives go from hard to easy; `reverse` turns g(x) into g(1 - x), from easy to hard.
 */
export const cuco = define({
  name: "cuco",
  summary: "The highest-scoring of a pool that shrinks (or grows) as training goes on.",
  citation: "Chu, Wang, Shi & Jiang, IJCAI 2021; as in the code of Lai et al., AAAI 2024",
  options: {
    pool: byMagnitude(integer(32, "candidates for each negative at full size", { min: 1 }), 4, 64),
    negatives: fromOwnPools,
    pace: choice(["linear", "root", "exp", "log"], "linear", "how the pool shrinks with the share of training done"),
    reverse: flag(false, "from easy to hard: the pool grows"),
    epochs: integer(0, "epochs that the curriculum takes, T; 0 is as many as the run has at most", { min: 0 }),
  },
}, ({ pool, negatives, pace, reverse, epochs }): Policy<"candidates" | "kept"> => (setting) => {
  const kept = (epoch: number) => {
    const x = Math.min(1, epoch / (epochs || setting.epochs));
    return Math.max(1, Math.floor(paces[pace](reverse ? 1 - x : x) * pool + ROUNDING));
  };
  return {
    proposes: { candidates: pool * negatives, kept: { dtype: "float32", shape: [1] } },
    propose: (batch, draw) => ({
      candidates: uniformRows(batch, draw, pool * negatives),
      kept: Float32Array.of(kept(draw.epoch)),
    }),
    select({ graph, rows, score, items }, { candidates, kept }) {
      const slots = graph.constant(Float32Array.from({ length: pool }, (_, slot) => slot));
      const scores = where(less(slots, kept), inPools(score(items(candidates)), negatives), -LARGEST); // [R, K, M]
      const ids = pickLargest(candidates, reshape(scores, [rows, pool * negatives]), negatives);
      return { ids, items: items(ids) };
    },
  };
});
