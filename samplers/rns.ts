import { gather } from "../graphs/ops/index.ts";
import { unsqueeze } from "../graphs/ops/shape.ts";
import { define } from "../options/method.ts";
import { flag } from "../options/option.ts";
import { perPositive } from "./common_options.ts";
import type { Policy } from "./sampler.ts";
import { sharedPool } from "./shared_pool.ts";
import { uniformRows } from "./uniform_rows.ts";

/**
 * Uniform over the items a user has not met: q(i|u) = 1 / |E_u| (Rendle et al., UAI 2009). With many negatives and
 * softmax cross entropy it is sampled softmax; `shared` draws one pool for the whole batch.
 */
export const rns = define({
  name: "rns",
  summary: "Uniform over the items the user has not met.",
  citation: "Rendle, Freudenthaler, Gantner & Schmidt-Thieme, UAI 2009",
  options: {
    negatives: perPositive(1),
    shared: flag(false, "one pool of that many for all rows of a batch, less what a row's user has met"),
  },
}, ({ negatives, shared }): Policy<"ids"> =>
  shared
    ? sharedPool(negatives, ({ items }) => ({
      draw: (rng) => rng.below(items),
      logQ: new Float32Array(items).fill(-Math.log(items)),
    }))
    : ({ catalogue: { users }, seen }) => ({
      proposes: { ids: negatives },
      propose: (batch, draw) => ({ ids: uniformRows(batch, draw, negatives) }),
      select({ graph, userIds, items }, { ids }) {
        const logQ = Float32Array.from({ length: users }, (_, user) => -Math.log(Math.max(1, seen.unseenCount(user))));
        return { ids, items: items(ids), logQ: unsqueeze(gather(graph.constant(logQ), userIds), 1) };
      },
    }));
