import { idsBelow } from "../datasets/ids_below.ts";
import type { Rng } from "../random/rng.ts";
import type { Value } from "../graphs/builder.ts";
import { sub } from "../graphs/ops/arithmetic.ts";
import { and, cast, equal, greaterOrEqual, less, not, or } from "../graphs/ops/compare.ts";
import { gather } from "../graphs/ops/index.ts";
import { sum } from "../graphs/ops/reduce.ts";
import { define } from "../options/method.ts";
import { choice, flag, integer, real } from "../options/option.ts";
import { byMagnitude } from "../options/searched.ts";
import { perPositive } from "./common_options.ts";
import { firstAbove } from "./first_above.ts";
import { drawRows } from "./candidates.ts";
import { harmonicSums } from "./harmonic_sums.ts";
import { itemLaw } from "./popularity.ts";
import { logWeights, popularityWeights } from "./pns.ts";
import { importance, PROPOSALS } from "./pris.ts";
import type { Draw, Policy, Step } from "./sampler.ts";
import { otherStream } from "./streams.ts";

/**
 * Which of a user's candidates, by their scores, count towards a positive's rank. The positive may be among them
 * (`--exclude none`); it is told by its id, as its two scores come of two products and may differ by rounding.
 */
const counted = {
  above: (s: Value, ofPositive: Value, isPositive: Value) => or(isPositive, greaterOrEqual(s, ofPositive)),
  released: (s: Value, ofPositive: Value, isPositive: Value) => and(not(isPositive), less(s, ofPositive)),
} as const;

/** Users whose candidates are scored at a time. */
const USERS = 512;

/**
 * Adaptive sampling-importance-resampling: each user keeps a pool of `pool` items, resampled every `refresh` epochs from
 * `sample` draws of a fixed law q with probabilities proportional to e^s / q, and mixed half and half with the pool
 * before; training draws uniformly from it (Chen, Lian, Jin & others, WWW 2022, Alg. 1). `weighted` keeps what the
 * resampling drew by as log q of each entry and weighs negatives by importance once more. With `rank` a row weighs
 * H(max(1, r)), H(r) = 1 + 1/2 + .. + 1/r, for its positive's rank r = floor((|I| - 1) n / sample) as n of the last
 * resampling's draws, which are scored again in each step, tell it: those that score s+ or above. The released code
 * counts those below s+, so that what ranks high weighs most, and ends its sum at 1 / (r - 1); and it draws what the user
 * has met as well.
 */
export const adasir = define({
  name: "adasir",
  summary: "Uniform draws from a pool of each user's, resampled towards what the model ranks high.",
  citation: "Chen, Lian, Jin, Zheng & Chen, WWW 2022",
  options: {
    negatives: perPositive(5),
    sample: integer(200, "draws that a pool is resampled from", { min: 1 }),
    pool: byMagnitude(integer(50, "items that each user keeps", { min: 1 }), 10, 200),
    proposal: choice(PROPOSALS, "uniform", "the law drawn from, over what the user has not met; log: ln(c + 1)"),
    exponent: real(0.75, "power of the popularity where that is the proposal"),
    refresh: integer(1, "epochs between resamplings", { min: 1 }),
    weighted: flag(false, "weigh negatives by importance against the resampling"),
    rank: choice(
      ["none", "above", "released"],
      "none",
      "weigh rows by their positive's estimated rank, from the draws above it, or from those below, as the released code",
    ),
  },
}, ({ negatives, sample, pool, proposal, exponent, refresh, weighted, rank }): Policy => (setting) => {
  const { catalogue, seen, rows } = setting, { users } = catalogue;
  const { popularity } = catalogue,
    weights = {
      uniform: () => popularityWeights(popularity, 0, 1),
      popularity: () => popularityWeights(popularity, exponent),
      log: () => logWeights(popularity),
    };
  const law = itemLaw(seen.catalogue, weights[proposal]());
  const ids = new Int32Array(users * pool), logW = new Float32Array(users * pool), filled = new Int32Array(1);
  const candidates = new Int32Array(rank === "none" ? 0 : users * sample); // of the last resampling
  /** New pools for `count` users from `first` on, which replace the old ones or mix with them. */
  const resample = async (draw: Draw, first: number, count: number) => {
    const who = Int32Array.from({ length: count }, (_, at) => first + at), drawn = new Int32Array(count * sample);
    who.forEach((user, at) => {
      if (seen.unseenCount(user) === 0) return;
      const stream = otherStream(draw, 2 * user);
      for (let k = 0; k < sample; k++) drawn[at * sample + k] = law.draw(user, stream, seen);
    });
    if (rank !== "none") candidates.set(drawn, first * sample);
    const scores = await draw.probe.score(who, drawn); // [users, sample]
    who.forEach((user, at) => {
      const stream = otherStream(draw, 2 * user + 1), row = drawn.subarray(at * sample, (at + 1) * sample);
      const ofUser = law.logUniform[user]!,
        logQ = (item: number) => law.logQ[item]! > -Infinity ? law.logQ[item]! : ofUser;
      const logits = Float64Array.from(row, (item, k) => scores[at * sample + k]! - logQ(item));
      const picked = resampled(logits, pool, stream), from = user * pool;
      // of the old and the new pool together, as many are kept as one holds, at random
      const kept = filled[0] ? stream.shuffle(idsBelow(2 * pool)).subarray(0, pool) : idsBelow(pool);
      const [was, wasLog] = [ids.slice(from, from + pool), logW.slice(from, from + pool)];
      kept.forEach((entry, k) => {
        ids[from + k] = entry < pool ? row[picked.slots[entry]!]! : was[entry - pool]!;
        logW[from + k] = entry < pool ? picked.logP[entry]! : wasLog[entry - pool]!;
      });
    });
  };
  return {
    proposes: {
      ids: negatives,
      logQ: { dtype: "float32", shape: [rows, negatives] },
      ...rank !== "none" && { candidates: sample },
    },
    state: { ids, logW, filled, ...rank !== "none" && { candidates } },
    async beginEpoch(draw) {
      if (draw.epoch % refresh !== 0) return;
      for (let first = 0; first < users; first += USERS) await resample(draw, first, Math.min(USERS, users - first));
      filled[0] = 1;
    },
    propose(batch, draw) {
      const at = drawRows(batch, draw, negatives, (user, rng) => user * pool + rng.below(pool));
      return {
        ids: at.map((entry) => ids[entry]!),
        logQ: Float32Array.from(at, (entry) => logW[entry]!),
        ...rank !== "none" && { candidates: candidatesOf(batch.users) },
      };
    },
    select(step, { ids, logQ, candidates }) {
      const { score, items } = step, found = items(ids!);
      return {
        ids: ids!,
        items: found,
        ...weighted && { weight: importance(sub(score(found), logQ!)) },
        ...rank !== "none" && { positiveWeight: rankWeight(step, candidates!) },
      };
    },
  };

  function candidatesOf(who: Int32Array): Int32Array {
    const found = new Int32Array(rows * sample);
    who.forEach((user, row) => found.set(candidates.subarray(user * sample, (user + 1) * sample), row * sample));
    return found;
  }
  /** What rows weigh for the ranks of their positives: [R, 1]. */
  function rankWeight({ graph, score, items, positive, positiveIds }: Step, drawn: Value): Value {
    const form = rank as keyof typeof counted, last = form === "released" ? 1 : 0, sums = harmonicSums(catalogue.items);
    const weights = Float32Array.from({ length: sample + 1 }, (_, found) => {
      const r = Math.floor((catalogue.items - 1) * found / sample);
      return sums[Math.max(1, r - last)]!;
    });
    const counts = counted[form](score(items(drawn)), score(positive), equal(drawn, positiveIds)); // [R, sample]
    const found = sum(cast(counts, "float32"), [1], true);
    return gather(graph.constant(weights), cast(found, "int32"));
  }
});

/** `count` slots with replacement, with probabilities softmax(logits), and the log probability of each. */
export function resampled(logits: Float64Array, count: number, rng: Rng) {
  const top = logits.reduce((a, b) => Math.max(a, b), -Infinity), totals = new Float64Array(logits.length);
  let total = 0;
  logits.forEach((logit, slot) => totals[slot] = total += Math.exp(logit - top));
  const slots = new Int32Array(count), logP = new Float32Array(count);
  for (let k = 0; k < count; k++) {
    const slot = slots[k] = firstAbove(totals, rng.uniform() * total);
    logP[k] = logits[slot]! - top - Math.log(total);
  }
  return { slots, logP };
}
