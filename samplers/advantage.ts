import type { Value } from "../graphs/builder.ts";
import { zeros } from "../graphs/initializers.ts";
import { add, div, max, mul, sub } from "../graphs/ops/arithmetic.ts";
import { mean, sum } from "../graphs/ops/reduce.ts";
import { meanOfRows } from "./gates.ts";
import type { Step } from "./sampler.ts";

/** How much of the running mean of rewards each step keeps. */
const MEMORY = 0.99;

/**
 * What rewards r [R, K] exceed a baseline b by, r - b. No b knows the draws of its row, so that a policy gradient of draws
 * from p, or weighted to p, is as unbiased as without (Williams, 1992).
 */
export const advantage = {
  none: (_step: Step, reward: Value): Value => reward,
  /** b is the running mean of rewards, as the steps before left it. */
  ema({ graph, rowMask }: Step, reward: Value): Value {
    const expected = graph.variable("baseline", [1], zeros, { trainable: false });
    graph.assign(expected, add(mul(MEMORY, expected), mul(1 - MEMORY, meanOfRows(reward, rowMask))));
    return sub(reward, expected);
  },
  /** b is the mean of the rewards of the other rows that hold an interaction; 0 where there is none. */
  mean({ graph, rows, rowMask }: Step, reward: Value): Value {
    const holds = rowMask ?? graph.constant(new Float32Array(rows).fill(1), [rows, 1]);
    const own = mul(mean(reward, [1], true), holds); // [R, 1]
    return sub(reward, div(sub(sum(own), own), max(sub(sum(holds), 1), 1)));
  },
} as const;
