import type { Value } from "../graphs/builder.ts";
import { softplus } from "../graphs/ops/activation.ts";
import { add, div, max, mul, sqrt, sub } from "../graphs/ops/arithmetic.ts";
import { cast } from "../graphs/ops/compare.ts";
import { gather } from "../graphs/ops/index.ts";
import { matmul } from "../graphs/ops/linear.ts";
import { unit } from "../graphs/ops/normalize.ts";
import { sum } from "../graphs/ops/reduce.ts";
import { expand, reshape, squeeze, unsqueeze } from "../graphs/ops/shape.ts";
import { define } from "../options/method.ts";
import { choice, real } from "../options/option.ts";
import { evenly } from "../options/searched.ts";
import { type Loss, meanOverRows, type Scores, sumOverRows } from "./loss.ts";

/** Less than any weights of negatives that are there sum to. */
const NONE = 1e-12;

interface Form {
  /** How far a guess is from what it should be, by their cosine [R, 1]. */
  error(cosine: Value): Value;
  /** By how much a positive's error exceeds a negative's, as it is preferred: each row's, or the batch's. */
  excess(gap: Value, scores: Scores): Value; // [R, 1] -> [R, 1] or []
}
const forms: Readonly<Record<"paper" | "code", Form>> = {
  paper: { error: (cosine) => sub(1, cosine), excess: (gap) => gap },
  code: {
    error: (cosine) => mul(sub(1, cosine), sub(1, cosine)),
    excess(gap, { positiveWeight: _, ...scores }) {
      const ones = expand(gap.graph.constant(Float32Array.of(1), []), gap.shape);
      return div(sumOverRows(gap, scores), max(sumOverRows(ones, scores), 1));
    },
  },
};

/**
 * PreferDiff: lambda S+ + (1 - lambda) softplus(gamma (S+ - S-)), S = 1 - cos(f(x_t, h, t), x_0) the error of a denoiser's
 * guess (Liu, Zhang, Hu, Qian & Chua, ICLR 2025). x_0 is the positive's vector, for S- the mean of the negatives', by
 * their weights; x_t = sqrt(abar_t) x_0 + sqrt(1 - abar_t) eps. A row has one level t and one condition h, and noise of its
 * own on either side. With lambda = 1 it is plain diffusion.
 *
 * The released code differs, by `compat=code`: S = (1 - cos)^2, and the batch's mean of S+ - S- in place of each row's.
 */
export const preferdiff = define({
  name: "preferdiff",
  summary: "A diffusion model's denoising of the positive, preferred to that of the negatives' mean.",
  citation: "Liu, Zhang, Hu, Qian & Chua, ICLR 2025",
  options: {
    lambda: evenly(
      real(0.4, "weight of the positive's error; the preference has the rest", { min: 0, max: 1 }),
      0.1,
      0.9,
    ),
    gamma: real(5, "how much the difference of errors counts", { min: 0 }),
    compat: choice(["paper", "code"], "paper", "the paper's errors, or squared and preferred by batch as released"),
  },
}, ({ lambda, gamma, compat }): Loss => {
  const { error, excess } = forms[compat];
  const loss = (scores: Scores) => {
    const { graph, vectors, denoiser } = scores, { left, guess } = denoiser!;
    const positive = squeeze(vectors.positive, [1, 2]), shape = positive.shape; // [R, D]
    const level = cast(mul(graph.noise("level", [shape[0]!, 1]), left.length), "int32"); // t, [R, 1]
    const abar = gather(graph.constant(left), level); // [R, 1]
    const errorOf = (name: string, x0: Value): Value => {
      const xt = add(mul(sqrt(abar), x0), mul(sqrt(sub(1, abar)), graph.noise(name, shape, "normal")));
      return error(sum(mul(unit(guess(xt, level)), unit(x0)), [1], true)); // [R, 1]
    };
    const plus = errorOf("positive", positive), minus = errorOf("negative", centroid(scores));
    const preferred = softplus(mul(gamma, excess(sub(plus, minus), scores)));
    return meanOverRows(add(mul(lambda, plus), mul(1 - lambda, preferred)), scores);
  };
  return Object.assign(loss, { denoises: true as const });
});

/** The mean of each row's negatives that are kept, by their weights: [R|1, D]. */
function centroid({ graph, vectors, mask, weight }: Scores): Value {
  const [pools, count, , width] = vectors.negative.shape as [number, number, number, number];
  const ones: Value = graph.constant(new Float32Array(count).fill(1), [1, count]);
  const weights = [mask, weight].reduce<Value>((all, x) => x ? mul(all, x) : all, ones); // [R|1, N]
  const shares = div(weights, max(sum(weights, [1], true), NONE));
  const x = squeeze(vectors.negative, [2]); // [R|1, N, D]
  if (pools === 1) return matmul(shares, reshape(x, [count, width]));
  return squeeze(matmul(unsqueeze(shares, 1), x), [1]);
}
