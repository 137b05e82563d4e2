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
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { catalogue } from "../datasets/catalogue.ts";
 * import { interactions } from "../datasets/interactions.ts";
 * import { SeenItems } from "../datasets/negatives.ts";
 * import { Rng } from "../random/rng.ts";
 * import { rns } from "./rns.ts";
 * import type { Draw } from "./sampler.ts";
 *
 * const of = catalogue(interactions({ users: [0, 0], items: [0, 2], userCount: 1, itemCount: 3 }));
 * const seen = new SeenItems(of), sampler = rns({ negatives: 2 })({ catalogue: of, seen, rows: 1, epochs: 1 });
 * const batch = { rows: 1, first: 0, users: Int32Array.of(0), positives: Int32Array.of(0) };
 * const draw = { catalogue: of, seen, rng: new Rng(1, "sampler"), epoch: 0 } as Draw; // it asks no model
 * assert.deepEqual(await sampler.propose(batch, draw), { ids: Int32Array.of(1, 1) }); // the one item not met
 * ```
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
