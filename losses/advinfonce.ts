import type { Value } from "../graphs/builder.ts";
import { xavierUniform, zeros } from "../graphs/initializers.ts";
import { relu } from "../graphs/ops/activation.ts";
import { add, div, exp, log, mul, stopGradient, sub } from "../graphs/ops/arithmetic.ts";
import { gather } from "../graphs/ops/index.ts";
import { gemm, matmul, swapAxes } from "../graphs/ops/linear.ts";
import { logSumExp, logSumExpOf } from "../graphs/ops/reduce.ts";
import { reshape, slice, unsqueeze } from "../graphs/ops/shape.ts";
import { define } from "../options/method.ts";
import { choice, integer, real } from "../options/option.ts";
import { byMagnitude } from "../options/searched.ts";
import { correctedScores, correctOption } from "./corrected_scores.ts";
import { type Loss, meanOverRows, type Scores } from "./loss.ts";
import { exponents, keptCount, sumOfTerms, unweighted } from "./negative_terms.ts";

/** Width of what the networks of `mlp` make. */
const NETWORK_WIDTH = 4;

/** How hard the adversary takes each negative to be: logits a [R, N]. */
const players: Readonly<Record<"tables" | "mlp", (scores: Scores, dim: number) => Value>> = {
  tables({ graph, ids, counts }, dim) {
    const negative = needed(ids.negative), [pools, count] = negative.shape as [number, number];
    const user = gather(graph.variable("user", [counts.users, dim], xavierUniform), ids.users); // [R, d]
    const item = graph.variable("item", [counts.items, dim], xavierUniform);
    return products(user, gather(item, reshape(negative, [pools * count])), pools);
  },
  mlp({ graph, vectors: { query, negative } }) {
    const [pools, count] = negative.shape as [number, number], dim = query.shape.at(-1)!;
    const network = (name: string, x: Value, rows: number) => {
      const ego = reshape(slice(stopGradient(x), -2, 0, 1), [rows, dim]); // the first layer
      const weight = graph.variable(`${name}/weight`, [dim, NETWORK_WIDTH], xavierUniform);
      return relu(gemm(ego, weight, graph.variable(`${name}/bias`, [NETWORK_WIDTH], zeros)));
    };
    return products(network("user", query, query.shape[0]!), network("item", negative, pools * count), pools);
  },
};

/** u . k of [R, d] and [R N, d], or [N, d] that all rows share: [R, N]. */
function products(user: Value, items: Value, pools: number): Value {
  if (pools === 1) return gemm(user, items, undefined, { transB: true });
  const [rows, dim] = user.shape as [number, number], count = items.shape[0]! / rows;
  return reshape(matmul(unsqueeze(user, 1), swapAxes(reshape(items, [rows, count, dim]))), [rows, count]);
}

function needed(ids?: Value): Value {
  if (ids) return ids;
  throw new TypeError(
    'Cannot combine loss "advinfonce" with this sampler: its tables are by item, and the sampler\'s negatives are synthesised; players=mlp takes their vectors',
  );
}

/**
 * Adversarial InfoNCE: -log of e^(s+ / t) / (e^(s+ / t) + harder N sum_k p_k e^(s_k / t)), p = softmax(a) an
 * adversary's weights (Zhang et al., NeurIPS 2023, eq. 8 to 10). In epochs of its own, after `warmup` and then between
 * every `every` of the model's, at most `ascents` of them, a climbs and the model rests; how many there are bounds how
 * far p comes from even, and KL(p || even), `eta`, is in each epoch's report. Even weights and `harder` 1 are InfoNCE. The adversary
 * has no weight decay: in the released code a slip leaves it without one, too.
 */
export const advinfonce = define({
  name: "advinfonce",
  summary: "InfoNCE whose negatives an adversary weighs, in epochs of its own.",
  citation: "Zhang, Sheng, Cai, Wang & Chua, NeurIPS 2023",
  options: {
    temperature: byMagnitude(real(1, "divides scores; .1 or so for cosines", { min: 1e-4 }), 0.05, 2),
    correct: correctOption,
    harder: real(64, "how much all negatives together weigh, k_neg", { min: 1e-6 }),
    players: choice(
      ["tables", "mlp"],
      "tables",
      "what the adversary learns: vectors of users and items, or networks of the model's",
    ),
    dim: integer(64, "width of the adversary's vectors", { min: 1 }),
    lr: real(5e-5, "learning rate of the adversary, under Adam", { min: 0 }),
    every: integer(5, "epochs of the model from one ascent to the next", { min: 1 }),
    warmup: integer(2, "epochs of the model before the first ascent", { min: 0 }),
    ascents: integer(7, "at most so many ascents", { min: 0 }),
  },
}, ({ temperature, correct, harder, players: player, dim, lr, every, warmup, ascents }): Loss => {
  const loss = (scores: Scores) => {
    const { positive, negative } = correctedScores(scores, temperature, correct);
    const kept = unweighted(scores), count = keptCount(negative, scores); // N
    const a = exponents(players[player](scores, dim), kept);
    const logShare = add(sub(a, logSumExp(a, [1], true)), log(count)); // log(p_k N), 0 where even
    scores.measure?.({ eta: meanOverRows(divergence(logShare, count, kept), scores) });
    const x = add(add(negative, logShare), Math.log(harder)); // [R, N]
    return meanOverRows(sub(logSumExpOf([positive, exponents(x, scores)], [1]), positive), scores);
  };
  const ascends = (epoch: number) => {
    const since = epoch - warmup, period = every + 1; // the ascent is an epoch, too
    return since >= 0 && since % period === 0 && since / period < ascents;
  };
  return Object.assign(loss, { adversary: { learningRate: lr, ascends } });
});

/** KL(p || even) = sum_k p_k log(p_k N) of each row. */
const divergence = (logShare: Value, count: Value, kept: Pick<Scores, "mask">) =>
  sumOfTerms(mul(div(exp(logShare), count), logShare), kept);
