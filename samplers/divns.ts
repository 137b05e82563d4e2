import { idsBelow } from "../datasets/ids_below.ts";
import { define } from "../options/method.ts";
import { choice, integer, real } from "../options/option.ts";
import { byMagnitude, evenly } from "../options/searched.ts";
import type { Value } from "../graphs/builder.ts";
import { add, mul, sub } from "../graphs/ops/arithmetic.ts";
import { cast, greaterOrEqual, less, where } from "../graphs/ops/compare.ts";
import { concat, zerosLike } from "../graphs/ops/shape.ts";
import { pickLargest } from "./candidates.ts";
import { fromOwnPools } from "./common_options.ts";
import { Caches } from "./divns/caches.ts";
import { DiverseSets } from "./divns/diverse_sets.ts";
import { lastDistance } from "./divns/last_distance.ts";
import { placesOf } from "./divns/places.ts";
import { redraw } from "./divns/redraw.ts";
import { schedules } from "./divns/schedules.ts";
import { sharesOf } from "./divns/shares.ts";
import { requireEachOnce } from "./requirements.ts";
import type { Negatives, Policy, Step } from "./sampler.ts";
import { uniformRows } from "./uniform_rows.ts";
import { layerMeans } from "./layer_mean.ts";

/** What becomes of hard and diverse ids [R, K]; a diverse id below 0 is none, and the hard negative stands for it. */
const mixes: Readonly<
  Record<"interpolate" | "separate", (step: Step, hard: Value, fed: Value, l: Value) => Negatives>
> = {
  interpolate({ items }, hard, fed, lambda) {
    const ids = where(less(fed, 0), hard, fed); // lambda v_H + (1 - lambda) v_D
    const mixed = add(mul(lambda, items(hard)), mul(sub(1, lambda), items(ids)));
    return { items: mixed, sources: concat([hard, fed], 1) }; // [R, K, L, D], [R, 2 K]
  },
  separate({ items }, hard, fed) {
    const present = cast(greaterOrEqual(fed, 0), "float32"), ids = concat([hard, where(less(fed, 0), hard, fed)], 1);
    return { ids, items: items(ids), mask: concat([add(zerosLike(present), 1), present], 1) }; // [R, 2 K]
  },
};

/**
 * Diverse negative sampling (Xuan, Sokol, Sanderson & Chan, 2025). A pool's hardest candidate is the hard negative, as
 * in dynamic negative sampling; the next `cache` by score go to the user's cache C_u. Between epochs a k-DPP draws from
 * C_u a set D_u of one for each of the hard negatives H_u, by the kernel q_a S_ab q_b: S the similarity of item vectors,
 * q a penalty on similarity to H_u. In the next epoch a negative is lambda v_H + (1 - lambda) v_D, of a fresh hard
 * negative and the next of D_u; gradients reach both. The first epoch is dynamic negative sampling.
 *
 * In sequences, with `recency`, what ran up late counts more: an item whose last place in the cache is `age` interactions
 * before the user's newest weighs e^(-recency age). Its scores are those of the sequence's state at that place, as rows
 * are places; what the user has met at any time, later too, is no candidate.
 *
 * The paper leaves the penalty's form open, and k above the kernel's rank, where no set has a positive probability:
 * `block` cuts such draws into smaller ones. Its code mixes by .8 and draws no k-DPP, but takes what is least like some
 * hard negative (`sampler` least), those told by their slots for ids. A `share` of each row's own, and a quota of each
 * attribute in D_u, are Foil's answers to questions that the paper leaves open.
 */
export const divns = define({
  name: "divns",
  summary: "Mixes the hardest candidate with one of a diverse set, drawn by a k-DPP from the last epoch's runners-up.",
  citation: "Xuan, Sokol, Sanderson & Chan, arXiv 2508.14468, 2025",
  options: {
    pool: byMagnitude(integer(10, "candidates for each hard negative, n", { min: 2 }), 10, 64),
    cache: integer(4, "runners-up of each pool that go to the cache, r; less than half of the pool is advised", {
      min: 1,
    }),
    negatives: fromOwnPools,
    mix: choice(
      ["interpolate", "separate"],
      "interpolate",
      "one synthesised negative, or hard and diverse side by side",
    ),
    lambda: evenly(real(0.7, "share of the hard negative in the mixture", { min: 0, max: 1 }), 0.3, 1),
    schedule: choice(["constant", "linear", "cosine", "adaptive"], "constant", "how lambda goes on, by epoch"),
    end: real(0.5, "of linear and cosine: lambda in the last epoch", { min: 0, max: 1 }),
    target: real(0.9, "of adaptive: the mean pairwise cosine distance of a user's negatives to be kept"),
    kappa: real(1, "of adaptive: how much lambda rises for a distance short of the target"),
    share: choice(
      ["same", "entropy", "beta"],
      "same",
      "lambda of a row: the same for all, by the entropy of its user's hard negatives, or drawn",
    ),
    floor: real(0.5, "of share=entropy: how much of lambda a user has whose hard negatives are one item", {
      min: 0,
      max: 1,
    }),
    concentration: real(10, "of share=beta: a + b of Beta(a, b), the mean of which is lambda", { min: 1e-3 }),
    sampler: choice(
      ["exact", "map", "mcmc", "least", "quota"],
      "exact",
      "k-DPP by eigenvectors, its greedy mode, or a Markov chain; what is least like H_u; a quota of each attribute",
    ),
    block: integer(0, "most items of one k-DPP: a larger D_u is drawn from parts of the cache; 0: the rank rules", {
      min: 0,
    }),
    refresh: integer(1, "epochs between draws of a user's diverse set: each epoch draws for one user in so many", {
      min: 1,
    }),
    project: integer(0, "width that item vectors are projected to at random for these draws; 0: as they are", {
      min: 0,
    }),
    similarity: choice(
      ["cosine", "mapped", "rbf"],
      "cosine",
      "S: the cosine, (1 + cosine) / 2, or e^(-width |a - b|^2)",
    ),
    width: real(1, "of rbf", { min: 0 }),
    attributes: real(0, "weight in S of the cosine of items' attributes, against that of their vectors", {
      min: 0,
      max: 1,
    }),
    penalty: choice(
      ["inverse", "exp", "linear"],
      "inverse",
      "q for mean similarity s to H_u: 1 / (1 + alpha s), e^(-alpha s) or (1 - s) / 2",
    ),
    alpha: real(1, "how strong the penalty is", { min: 0 }),
    omega: real(0, "weighs quality: q is multiplied by e^(omega s(u, a))"),
    recency: real(
      0,
      "how fast what was cached early in the user's sequence fades: q is multiplied by e^(-recency age)",
      {
        min: 0,
      },
    ),
  },
}, ({ pool, cache, negatives, mix, schedule, share, refresh, ...options }): Policy<
  "candidates" | "diverse" | "lambda"
> => {
  if (cache >= pool) {
    throw new TypeError(`Cannot make "divns": its hardest and ${cache} runners-up do not fit a pool of ${pool}`);
  }
  if (schedule === "adaptive" && share !== "same") {
    throw new TypeError(
      `Cannot make "divns": schedule=adaptive measures what one lambda for all does, and share=${share} gives rows their own`,
    );
  }
  if (mix === "separate" && (share !== "same" || schedule !== "constant")) {
    throw new TypeError(
      `Cannot make "divns": mix=separate mixes nothing, and ${
        share !== "same" ? `share=${share}` : `schedule=${schedule}`
      } says by how much`,
    );
  }
  const { lambda: start, end, kappa, target, attributes: weight, recency, sampler } = options;
  return (setting) => {
    const { catalogue, rows, epochs } = setting;
    requireEachOnce(setting, "divns", "it keeps as many hard negatives of each user as the user has positives");
    if ((weight > 0 || sampler === "quota") && !catalogue.metadata.attributes) {
      throw new TypeError(
        `Cannot use sampler "divns" with ${
          weight > 0 ? `attributes=${weight}` : "sampler=quota"
        }: the data have no attributes; --attributes names a file of them`,
      );
    }
    const caches = new Caches(catalogue, negatives, pool, cache, recency > 0);
    const placeOf = recency > 0 ? placesOf(catalogue) : () => 0;
    const sets = new DiverseSets(catalogue, negatives, refresh);
    const lambda = Float32Array.of(1); // nothing is cached before the first epoch
    const asksHard = schedule === "adaptive" || share === "entropy"; // of all users
    const shares = sharesOf[share](catalogue.users, options);
    let recorded = { epoch: -1, due: new Uint8Array() }; // the epoch under way, and who is due after it
    return {
      proposes: {
        candidates: pool * negatives,
        diverse: { dtype: "int32", shape: [rows, negatives] },
        lambda: { dtype: "float32", shape: [rows, 1, 1, 1] },
      },
      propose(batch, draw) {
        if (recorded.epoch !== draw.epoch) recorded = { epoch: draw.epoch, due: sets.due(draw.epoch + 1) };
        const diverse = sets.take(batch.users, batch.rows);
        return {
          candidates: uniformRows(batch, draw, pool * negatives),
          diverse,
          lambda: shares.of(lambda[0]!, batch, draw),
        };
      },
      select(step, { candidates, diverse, lambda }) {
        const scores = step.score(step.items(candidates)), hard = pickLargest(candidates, scores, negatives); // [R, K]
        // runners-up are found on the host: onnxruntime's TopK takes longer than all else that differs from DNS
        return { ...mixes[mix](step, hard, diverse, lambda), report: { hard, scores } };
      },
      observe({ hard, scores }, { users, positives, rows }, { candidates }) {
        const { due } = recorded,
          pools = {
            hard: hard as Int32Array,
            scores: scores as Float32Array,
            candidates: candidates as Int32Array,
          };
        for (let row = 0; row < rows; row++) {
          const user = users[row]!, isDue = due[user] === 1;
          if (isDue || asksHard) caches.record(user, row, pools, isDue, placeOf(user, positives[row]!));
        }
      },
      async beginEpoch(draw) {
        if (draw.epoch > 0) {
          const vectors = await draw.probe.items(idsBelow(catalogue.items)), { width } = vectors;
          const table = { width, features: layerMeans(vectors) }, over = draw.epoch / Math.max(1, epochs - 1);
          lambda[0] = schedules[schedule](
            { start, end, kappa, target },
            over,
            () => lastDistance(table, caches, sets, lambda[0]!),
          );
          if (lambda[0] < 1 || mix === "separate" || share === "entropy") {
            await redraw(sets, caches, table, draw, options);
          } else sets.clear();
          sets.restart();
        }
        shares.measure(caches);
        caches.clear();
      },
      state: {
        hard: caches.hard,
        behind: caches.behind,
        trained: caches.trained,
        diverse: sets.ids,
        sets: sets.marks,
        lambda,
        ...shares.state,
        ...recency > 0 && { places: caches.places },
      },
    };
  };
});
