import type { Value } from "../graphs/builder.ts";
import { div, mul, stopGradient, sub } from "../graphs/ops/arithmetic.ts";
import { softmax } from "../graphs/ops/normalize.ts";
import { define } from "../options/method.ts";
import { choice, real } from "../options/option.ts";
import { byMagnitude } from "../options/searched.ts";
import { perPositive } from "./common_options.ts";
import { pns } from "./pns.ts";
import { rns } from "./rns.ts";
import type { Negatives, Policy } from "./sampler.ts";

/** Fixed laws that importance sampling starts from. */
export const PROPOSALS = ["uniform", "popularity", "log"] as const;

/**
 * Personalised ranking with importance sampling: `negatives` draws from a fixed law q, weighted towards those that the
 * model ranks high, w_k proportional to e^((s_k - s+) / lambda) / q_k (Lian, Liu & Chen, WWW 2020, eq. 6). The weights
 * carry no gradient and sum to their number, so that they are all 1 where nothing sets the negatives apart. The paper's
 * loss is the weighted sum over pairs: `--loss bpr:form=pairs`.
 */
export const pris = define({
  name: "pris",
  summary: "Draws from a fixed law, weighted by importance towards those that the model ranks high.",
  citation: "Lian, Liu & Chen, WWW 2020",
  options: {
    negatives: perPositive(5),
    proposal: choice(PROPOSALS, "uniform", "the law drawn from, over what the user has not met; log: ln(c + 1)"),
    exponent: real(0.75, "power of the popularity where that is the proposal"),
    lambda: byMagnitude(real(1, "how evenly weights spread: a temperature", { min: 1e-3 }), 0.1, 10),
  },
}, ({ negatives, proposal, exponent, lambda }): Policy<"ids"> => (setting) => {
  const laws = {
    uniform: () => rns({ negatives }),
    popularity: () => pns({ negatives, exponent }),
    log: () => pns({ negatives, law: "log" }),
  };
  const inner = laws[proposal]()(setting);
  return {
    proposes: inner.proposes,
    propose: inner.propose,
    select(step, proposed) {
      const { ids, items, logQ } = inner.select(step, proposed) as Negatives;
      const advantage = sub(step.score(items), step.score(step.positive)); // [R, N]
      return { ids: ids!, items, weight: importance(sub(div(advantage, lambda), logQ!)) };
    },
  };
});

/** softmax over each row, times its length, and no gradient. */
export const importance = (logits: Value): Value => stopGradient(mul(logits.shape[1]!, softmax(logits, 1)));
