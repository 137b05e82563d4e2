import { add, mul, sub } from "../graphs/ops/arithmetic.ts";
import { sigmoid } from "../graphs/ops/activation.ts";
import { define } from "../options/method.ts";
import { choice, integer, real } from "../options/option.ts";
import { byMagnitude, evenly } from "../options/searched.ts";
import { finiteOr, LARGEST, pickLargest } from "./candidates.ts";
import type { Policy } from "./sampler.ts";
import { srnsMemory } from "./srns_memory.ts";

/**
 * Simplify and robustify: of a small memory M_u of hard items, the one that maximises pi_k + alpha_t std_k, where
 * pi_k = sigmoid(s_k - s+) and std_k is its spread over the last 5 epochs: a true negative is hard and uncertain, a false
 * one hard and certain (Ding, Quan, Yao, Li & Jin, NeurIPS 2020, eq. 4 and Alg. 1). alpha_t rises to `alpha` over
 * `warmup` epochs; below 0 the spread alone decides, as in the official code. Every batch mixes `fresh` others into the
 * memories of its users and resamples them by e^(s / temperature).
 *
 * Memories lie within `monitor` items tracked for each user, whose scores are kept for 5 epochs; a fifth of those that
 * no memory holds are exchanged each epoch. The official code tracks 3000 and keeps positions of a table that it
 * replaces each epoch, which in effect draws memories anew: `renewal=all`. It scores five such tables ahead, as here.
 */
export const srns = define(
  {
    name: "srns",
    summary: "Of a small memory of hard items, the one that is hard and whose score varies over epochs.",
    citation: "Ding, Quan, Yao, Li & Jin, NeurIPS 2020",
    options: {
      memory: byMagnitude(integer(8, "items in each user's memory, S1", { min: 1 }), 2, 32),
      fresh: integer(64, "others that compete for a place in it, S2", { min: 0 }),
      alpha: evenly(real(5, "weight of the spread; below 0 it alone decides"), 0, 20),
      warmup: integer(50, "epochs over which that weight rises, T0", { min: 1 }),
      temperature: real(10, "of the resampling; the higher, the more uniform", { min: 1e-3 }),
      monitor: integer(100, "items tracked for each user", { min: 1 }),
      renewal: choice(
        ["fifth", "all"],
        "fifth",
        "what an epoch exchanges of them: a fifth of those outside memories, or all, as the official code",
      ),
    },
  },
  ({ memory, alpha, warmup, ...options }): Policy<"memory" | "spread" | "hardness" | "doubt"> => (setting) => {
    const { rows } = setting, held = srnsMemory(setting, { size: memory, ...options });
    return {
      proposes: {
        memory: { dtype: "int32", shape: [rows, memory] },
        spread: { dtype: "float32", shape: [rows, memory] },
        hardness: { dtype: "float32", shape: [1] },
        doubt: { dtype: "float32", shape: [1] },
      },
      state: held.state,
      beginEpoch: held.beginEpoch,
      async propose(batch, draw) {
        const proposed = held.read(batch, draw.epoch);
        await held.resample(batch, draw);
        const [hardness, doubt] = alpha < 0 ? [0, 1] : [1, alpha * Math.min(1, draw.epoch / warmup)];
        return { ...proposed, hardness: Float32Array.of(hardness), doubt: Float32Array.of(doubt) };
      },
      select({ score, items, positive }, { memory: candidates, spread, hardness, doubt }) {
        const scores = score(items(candidates)), outranks = sigmoid(sub(scores, score(positive))); // pi_k
        const rated = finiteOr(scores, -LARGEST, add(mul(hardness, outranks), mul(doubt, spread))); // pi of infinity is 1
        const ids = pickLargest(candidates, rated, 1);
        return { ids, items: items(ids) };
      },
    };
  },
);
