import { idsBelow } from "../datasets/ids_below.ts";
import type { Value } from "../graphs/builder.ts";
import { sigmoid } from "../graphs/ops/activation.ts";
import { add, div, mul, stopGradient, sub } from "../graphs/ops/arithmetic.ts";
import { cast, less, where } from "../graphs/ops/compare.ts";
import { gather, gatherElements } from "../graphs/ops/index.ts";
import { softmax } from "../graphs/ops/normalize.ts";
import { concat, unsqueeze } from "../graphs/ops/shape.ts";
import { define } from "../options/method.ts";
import { choice, integer, real } from "../options/option.ts";
import { byMagnitude } from "../options/searched.ts";
import { advantage } from "./advantage.ts";
import { drawSlots } from "./draw_slots.ts";
import { generator } from "./generator.ts";
import { hasMet } from "./has_met.ts";
import { keptColumns } from "./kept_columns.ts";
import { logProbability, policyLoss } from "./kbgan.ts";
import type { Policy, Step } from "./sampler.ts";
import { rowStream } from "./streams.ts";

/** Takes an item out of a softmax. */
const NEVER = -1e30;

/**
 * A generator over the whole catalogue, p(i | u) = softmax_i(u . i + b_i), plays against the recommender (Wang et al.,
 * SIGIR 2017). The recommender's negative is drawn from p at a `temperature`; the generator draws two items a row from
 * (1 - own) p + own uniform(P_u), is rewarded by R = 2 sigmoid(s) - 1 for what the recommender takes for relevant, and
 * follows the policy gradient -rho (R - b) log p, rho = p over the law it drew from (eq. 6; the paper has no baseline b).
 * Where the paper lets the players take turns of many epochs, here both move in every step, each sees the other detached.
 *
 * The paper's negatives may be positives; here not, unless `positives` are included. What is recommended is the
 * recommender, not the generator. Every step rates the whole catalogue for each row: O(R I D).
 */
export const irgan = define({
  name: "irgan",
  summary: "A generator over the whole catalogue learns to draw what the recommender takes for relevant.",
  citation: "Wang et al., SIGIR 2017",
  options: {
    dim: integer(32, "width of the generator's vectors", { min: 1 }),
    lr: byMagnitude(real(1e-3, "learning rate of the generator, under Adam", { min: 0 }), 0.0001, 0.01),
    temperature: byMagnitude(real(0.2, "of the law that negatives are drawn from", { min: 1e-3 }), 0.05, 2),
    own: real(0.2, "share of the generator's own draws that are positives", { min: 0, max: 0.99 }),
    positives: choice(
      ["excluded", "included"],
      "excluded",
      "whether negatives may be what --exclude leaves out, train positives if nothing else is said",
    ),
    baseline: choice(
      ["none", "ema", "mean"],
      "none",
      "what rewards are compared with: nothing, their running mean, or the mean of the batch's other rows",
    ),
  },
}, ({ dim, lr, temperature, own, positives, baseline }): Policy<"own" | "open"> => ({ catalogue, seen, rows }) => {
  const { offsets, positives: met, items: count } = catalogue;
  const maskOf = keptColumns(count), all = idsBelow(count), none = new Int32Array();
  return {
    proposes: {
      own: { dtype: "int32", shape: [rows, DRAWS] },
      open: { dtype: "bool", shape: [rows, count] },
    },
    learningRate: lr,
    propose(batch, draw) {
      const { users } = batch;
      const some = new Int32Array(rows * DRAWS);
      users.forEach((user, row) => {
        const from = offsets[user]!, until = offsets[user + 1]!, stream = rowStream(draw, batch, row);
        for (let k = 0; k < DRAWS; k++) some[row * DRAWS + k] = met[from + stream.below(until - from)]!;
      });
      const open = maskOf(all, rows, (row) => positives === "included" ? none : seen.of(users[row]!));
      return { own: some, open };
    },
    select(step, { own: some, open }) {
      const ratings = generator(step, dim).rateAll(); // [R, I]
      const sharp = where(open, div(ratings, temperature), NEVER);
      const ids = drawSlots(stopGradient(softmax(sharp, 1)), step.graph.noise("negative", [rows, 1]));
      return { ids, items: step.items(ids), auxiliary: generatorLoss(step, ratings, some) };
    },
  };

  function generatorLoss(step: Step, ratings: Value, some: Value): Value {
    const p = stopGradient(softmax(ratings, 1)), { graph } = step;
    const size = graph.constant(
      Float32Array.from({ length: catalogue.users }, (_, u) => Math.max(1, offsets[u + 1]! - offsets[u]!)),
    );
    const uniform = div(own, unsqueeze(gather(size, step.userIds), 1)); // own / |P_u|, [R, 1]
    const drawn = Array.from({ length: DRAWS }, (_, k) => {
      const noise = graph.noise(`draw ${k}`, [rows, 2]),
        column = (at: number) => gather(noise, graph.constant(Int32Array.of(at)), 1);
      const positive = gather(some, graph.constant(Int32Array.of(k)), 1); // [R, 1]
      return where(less(column(0), own), positive, drawSlots(p, column(1)));
    });
    const ids = concat(drawn, 1); // [R, 2]
    const law = add(
      mul(1 - own, gatherElements(p, ids, 1)),
      mul(cast(hasMet(step, catalogue, ids), "float32"), uniform),
    );
    const rho = div(gatherElements(p, ids, 1), law);
    const reward = sub(mul(2, sigmoid(stopGradient(step.score(step.items(ids))))), 1);
    const logP = concat(drawn.map((id) => logProbability(ratings, id)), 1);
    return policyLoss(step, advantage[baseline](step, reward), logP, rho);
  }
});

/** What the generator draws for each row: as the paper, twice as many items as a user has positives. */
const DRAWS = 2;
