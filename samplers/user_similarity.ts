import type { Batch } from "../datasets/batching.ts";
import { idsBelow } from "../datasets/ids_below.ts";
import { SeenItems } from "../datasets/negatives.ts";
import type { Rng } from "../random/rng.ts";
import type { Value } from "../graphs/builder.ts";
import { add, div, log, max, mul, sub } from "../graphs/ops/arithmetic.ts";
import { greater, where } from "../graphs/ops/compare.ts";
import { define } from "../options/method.ts";
import { choice, integer, real } from "../options/option.ts";
import { byMagnitude } from "../options/searched.ts";
import { LARGEST, pickLargest } from "./candidates.ts";
import { drawUntil } from "./draw_until.ts";
import { gumbel } from "./gumbel.ts";
import type { Draw, Policy, Step } from "./sampler.ts";
import { rowStream } from "./streams.ts";
import { uniformRows } from "./uniform_rows.ts";
import { jaccardNeighbours } from "./user_neighbours.ts";

/** The least that a logarithm is taken of. */
const SMALLEST = 1e-30;

/** How a mode finds candidates and rates them, given the neighbours' support of each: the share of neighbours who met it. */
interface Mode {
  /** Whether candidates are what neighbours have met, and whether those are the most or the least similar users. */
  readonly from: "everything" | "neighbours";
  readonly similar: boolean;
  rate(step: Step, scores: Value, support: Value, options: Rating): Value;
}
interface Rating {
  readonly temperature: number;
  readonly gamma: number;
  readonly drop: number;
}
const modes: Readonly<Record<"avoid" | "dissimilar" | "hard", Mode>> = {
  // q(i) proportional to e^(s / temperature) (1 - support)^gamma, drawn by adding Gumbel noise and taking the largest
  avoid: {
    from: "everything",
    similar: true,
    rate: ({ graph }, scores, support, { temperature, gamma }) => {
      const doubt = sub(1, support), trusted = mul(gamma, log(max(doubt, SMALLEST)));
      const rated = add(div(scores, temperature), add(trusted, gumbel(graph, "gumbel", scores.shape)));
      return gamma === 0 ? rated : where(greater(doubt, 0), rated, -LARGEST);
    },
  },
  dissimilar: { from: "neighbours", similar: false, rate: (_step, scores) => scores },
  hard: {
    from: "neighbours",
    similar: true,
    rate: (_step, scores, support, { drop }) => where(greater(support, 1 - drop), -LARGEST, scores),
  },
};

/**
 * User-similarity negative sampling: what users alike have met is likely to be liked, too. `avoid` draws uniform
 * candidates by e^(s / temperature) (1 - n_ui)^gamma, n_ui the similarity-weighted share of the user's neighbours who
 * met i; `dissimilar` takes the hardest of the items of the least similar users; `hard` that of the items of similar
 * users, after dropping those that more than a share 1 - drop of them have met. No one paper's: the family of the survey
 * "Negative sampling in recommendation" (Ma et al., 2024), as Foil defines it.
 */
export const userSimilarity = define({
  name: "user-similarity",
  summary: "Candidates kept apart, or drawn, from what similar users have met.",
  citation: "the family in Ma et al., Negative sampling in recommendation: a survey, 2024; defined by Foil",
  options: {
    mode: choice(
      ["avoid", "dissimilar", "hard"],
      "avoid",
      "keep off what neighbours met, or draw from what the least or the most similar met",
    ),
    pool: byMagnitude(integer(16, "candidates", { min: 1 }), 4, 64),
    neighbours: integer(20, "users that count as similar", { min: 1 }),
    similarity: choice(["cosine", "jaccard"], "cosine", "of the model's user vectors, or of what users have met"),
    refresh: integer(5, "epochs between searches for neighbours by cosine", { min: 1 }),
    temperature: real(0.1, "of avoid: how sharply it prefers hard candidates", { min: 1e-4 }),
    gamma: real(1, "of avoid: how strongly it keeps off what neighbours met", { min: 0 }),
    drop: real(0.2, "of hard: candidates that more than the share 1 - drop of neighbours met are dropped", {
      min: 0,
      max: 1,
    }),
  },
}, ({ mode, pool, neighbours, similarity, refresh, ...rating }): Policy<"candidates" | "support"> => (setting) => {
  const { catalogue, seen, rows } = setting, { users, offsets, positives } = catalogue, rule = modes[mode];
  const near = Math.min(neighbours, users - 1), liked = new SeenItems(catalogue);
  if (similarity === "jaccard" && !rule.similar) {
    throw new TypeError(
      'Cannot use sampler "user-similarity" with mode "dissimilar" and similarity "jaccard": most users share nothing with most others; cosine ranks them',
    );
  }
  const ids = new Int32Array(users * near).fill(-1), weights = new Float32Array(users * near);
  if (similarity === "jaccard") {
    const found = jaccardNeighbours(catalogue, near);
    ids.set(found.ids);
    weights.set(found.cosines);
  }
  const size = (user: number) => offsets[user + 1]! - offsets[user]!;
  /** An item that one of the user's neighbours has met and the user has not. */
  const drawNear = (user: number, rng: Rng): number => {
    const draw = () => {
      const other = ids[user * near + rng.below(near)]!;
      return other < 0 || size(other) === 0 ? -1 : positives[offsets[other]! + rng.below(size(other))]!;
    };
    return drawUntil(draw, (item) => item >= 0 && !seen.has(user, item)) ?? seen.drawUnseen(user, rng);
  };
  const candidatesOf = (batch: Batch, draw: Draw) => {
    if (rule.from === "everything") return uniformRows(batch, draw, pool);
    const found = new Int32Array(rows * pool);
    batch.users.forEach((user, row) => {
      const rng = rowStream(draw, batch, row);
      for (let slot = 0; slot < pool; slot++) found[row * pool + slot] = drawNear(user, rng);
    });
    return found;
  };
  /** The share of the user's neighbours, weighted by similarity, who have met an item. */
  const supportOf = (user: number, item: number) => {
    let met = 0, total = 0;
    for (let at = user * near; at < (user + 1) * near; at++) {
      const weight = ids[at]! < 0 ? 0 : Math.max(0, weights[at]!);
      total += weight;
      if (weight > 0 && liked.has(ids[at]!, item)) met += weight;
    }
    return total > 0 ? met / total : 0;
  };
  return {
    proposes: { candidates: pool, support: { dtype: "float32", shape: [rows, pool] } },
    state: { ids, weights },
    async beginEpoch({ epoch, probe }) {
      if (similarity !== "cosine" || epoch % refresh !== 0) return;
      const { data, width } = await probe.points(idsBelow(users), "users");
      const found = await (rule.similar ? probe.nearest : probe.farthest)(data, width, near);
      ids.set(found.ids);
      weights.set(found.cosines);
    },
    propose(batch, draw) {
      const candidates = candidatesOf(batch, draw);
      const support = Float32Array.from(candidates, (item, at) => supportOf(batch.users[Math.floor(at / pool)]!, item));
      return { candidates, support };
    },
    select(step, { candidates, support }) {
      const rated = rule.rate(step, step.score(step.items(candidates)), support, rating);
      const chosen = pickLargest(candidates, rated, 1);
      return { ids: chosen, items: step.items(chosen) };
    },
  };
});
