import { gather } from "../graphs/ops/index.ts";
import { unsqueeze } from "../graphs/ops/shape.ts";
import { define } from "../options/method.ts";
import { integer } from "../options/option.ts";
import { uniformRows } from "./candidates.ts";
import type { Policy } from "./sampler.ts";

/** Uniform over the items a user has not met: q(i|u) = 1 / |E_u| (Rendle et al., UAI 2009). */
export const rns = define({
  name: "rns",
  summary: "Uniform over the items the user has not met.",
  citation: "Rendle, Freudenthaler, Gantner & Schmidt-Thieme, UAI 2009",
  options: { negatives: integer(1, "negatives for each positive", { min: 1 }) },
}, ({ negatives }): Policy<"ids"> => () => ({
  proposes: { ids: negatives },
  propose: (batch, draw) => ({ ids: uniformRows(batch, draw, negatives) }),
  select({ graph, catalogue: { users, items, offsets }, userIds, items: represent }, { ids }) {
    const logQ = graph.constant(
      Float32Array.from({ length: users }, (_, u) => -Math.log(Math.max(1, items - (offsets[u + 1]! - offsets[u]!)))),
    );
    return { ids, items: represent(ids), logQ: unsqueeze(gather(logQ, userIds), 1) };
  },
}));
