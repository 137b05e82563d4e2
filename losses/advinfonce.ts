import type { Value } from "../graphs/builder.ts";
import { xavierUniform, zeros } from "../graphs/initializers.ts";
import { relu } from "../graphs/ops/activation.ts";
import { add, div, stopGradient, sub } from "../graphs/ops/arithmetic.ts";
import { gather } from "../graphs/ops/index.ts";
import { gemm, matmul, swapAxes } from "../graphs/ops/linear.ts";
import { logSumExp, mean } from "../graphs/ops/reduce.ts";
import { concat, reshape, unsqueeze } from "../graphs/ops/shape.ts";
import { define } from "../options/method.ts";
import { choice, integer, real } from "../options/option.ts";
import { type Loss, meanOverRows, type Scores } from "./loss.ts";
import { exponents } from "./negative_terms.ts";

/** Width of what the networks of `mlp` make. */
const NETWORK_WIDTH = 4;

/** How hard the adversary takes each negative to be: logits a [R, N]. */
const players: Readonly<Record<"tables" | "mlp", (scores: Scores, dim: number) => Value>> = {
  tables({ graph, ids, counts }, dim) {
    const negative = needed(ids.negative), [pools, count] = negative.shape as [number, number];
    const user = gather(graph.variable("user", [counts.users, dim], xavierUniform), ids.users); // [R, d]
    return products(
      user,
      gather(graph.variable("item", [counts.items, dim], xavierUniform), reshape(negative, [pools * count])),
      pools,
    );
  },
  mlp({ graph, vectors: { query, negative } }) {
    const [pools, count] = negative.shape as [number, number],
      flat = (x: Value, rows: number) => {
        const means = mean(stopGradient(x), [-2]); // over layers
        return reshape(means, [rows, means.shape.at(-1)!]);
      };
    const network = (name: string, x: Value) => {
      const weight = graph.variable(`${name}/weight`, [x.shape[1]!, NETWORK_WIDTH], xavierUniform);
      return relu(gemm(x, weight, graph.variable(`${name}/bias`, [NETWORK_WIDTH], zeros)));
    };
    return products(
      network("user", flat(query, query.shape[0]!)),
      network("item", flat(negative, pools * count)),
      pools,
    );
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
 * Adversarial InfoNCE: -log of e^(s+ / t) / (e^(s+ / t) + harder N sum_k p_k e^(s_k / t)), p = softmax(a) an adversary's weights
 * (Zhang et al., NeurIPS 2023, eq. 8 to 10). Every `every` epochs, after `warmup` of them and at most `ascents` times, an epoch
 * is the adversary's: a climbs and the model rests; how many ascents there are bounds how far p comes from uniform. Even
 * weights and `harder` 1 are InfoNCE.
 */
export const advinfonce = define({
  name: "advinfonce",
  summary: "InfoNCE whose negatives an adversary weighs, in epochs of its own.",
  citation: "Zhang, Sheng, Cai, Wang & Chua, NeurIPS 2023",
  options: {
    temperature: real(1, "divides scores; .1 or so for cosines", { min: 1e-4 }),
    harder: real(64, "how much all negatives together weigh, k_neg", { min: 1e-6 }),
    players: choice(
      ["tables", "mlp"],
      "tables",
      "what the adversary learns: vectors of users and items, or networks of the model's",
    ),
    dim: integer(64, "width of the adversary's vectors", { min: 1 }),
    lr: real(5e-5, "learning rate of the adversary, under Adam", { min: 0 }),
    every: integer(5, "epochs from one ascent to the next", { min: 1 }),
    warmup: integer(2, "epochs before the first ascent", { min: 0 }),
    ascents: integer(7, "at most so many ascents", { min: 0 }),
  },
}, ({ temperature, harder, players: player, dim, lr, every, warmup, ascents }): Loss => {
  const loss = (scores: Scores) => {
    const { positive, negative, rows, positiveWeight } = scores, count = negative.shape[1]!;
    const p = div(positive, temperature),
      logits = exponents(players[player](scores, dim), scores.mask ? { mask: scores.mask } : {});
    const logShare = sub(logits, logSumExp(logits, [1], true)); // log p_k
    const x = add(add(div(negative, temperature), logShare), Math.log(harder * count));
    return meanOverRows(sub(logSumExp(concat([p, exponents(x, scores)], 1), [1], true), p), rows, positiveWeight);
  };
  const ascends = (epoch: number) => {
    const since = epoch - warmup;
    return since >= 0 && since % every === 0 && since / every < ascents;
  };
  return Object.assign(loss, { adversary: { learningRate: lr, ascends } });
});
