import type { EpochRows } from "../datasets/batching.ts";
import { learners } from "../datasets/user_batches.ts";
import type { Setting } from "./sampler.ts";

/**
 * The probability that a row's positive is each item, [I]: its share of the train interactions; where rows are users
 * drawn evenly, the mean over users of 1 / |P_u| where it is in P_u.
 */
export const positiveLaw = (setting: Setting): Float64Array => laws[setting.visit ?? "interactions"](setting);

const laws: Readonly<Record<EpochRows, (setting: Setting) => Float64Array>> = {
  interactions: ({ catalogue: { popularity } }) => {
    const total = popularity.reduce((a, b) => a + b, 0);
    return Float64Array.from(popularity, (count) => count / total);
  },
  users: ({ catalogue, seen }) => {
    const { items, offsets, positives } = catalogue, law = new Float64Array(items), users = learners(catalogue, seen);
    for (const user of users) {
      const from = offsets[user]!, end = offsets[user + 1]!;
      for (let at = from; at < end; at++) law[positives[at]!]! += 1 / (users.length * (end - from));
    }
    return law;
  },
};
