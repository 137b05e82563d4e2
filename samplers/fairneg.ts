import { div, stopGradient } from "../graphs/ops/arithmetic.ts";
import { less, where } from "../graphs/ops/compare.ts";
import { gatherElements } from "../graphs/ops/index.ts";
import { softmax } from "../graphs/ops/normalize.ts";
import { concat, slice } from "../graphs/ops/shape.ts";
import { define } from "../options/method.ts";
import { choice, integer, real, text } from "../options/option.ts";
import { byMagnitude, evenly } from "../options/searched.ts";
import { finiteOr, LARGEST } from "./candidates.ts";
import { perPositive } from "./common_options.ts";
import { drawSlots } from "./draw_slots.ts";
import { drawFair } from "./fairneg/draw_fair.ts";
import { moveLaw } from "./fairneg/group_law.ts";
import { itemGroups } from "../datasets/item_groups.ts";
import { lossesByGroup } from "./fairneg/losses_by_group.ts";
import { requireAttributes } from "./requirements.ts";
import type { Policy } from "./sampler.ts";
import { rowStream } from "./streams.ts";

/**
 * Fair negative sampling (Chen, Fan, Chen, Liu, Liu, Zhang & Li, WWW 2023): items fall into groups by an attribute, and
 * groups whose positives are learnt worse get fewer negatives. A negative is drawn from beta hard + (1 - beta) fair: hard
 * is the softmax of scores at a `temperature` over a `pool` of uniform unseen items, where the official code takes all;
 * fair draws a group by p, among those in which the user has an unseen item, and then any unseen item of it.
 *
 * Before each epoch p moves against the groups' mean losses of train positives, -log sigmoid(s). It starts as the groups'
 * shares of the catalogue, that is from uniform negatives, so that small groups do not start with a surplus.
 */
export const fairneg = define({
  name: "fairneg",
  summary: "Hard negatives mixed with a law over item groups, which spares the groups that are learnt worse.",
  citation: "Chen, Fan, Chen, Liu, Liu, Zhang & Li, WWW 2023",
  options: {
    negatives: perPositive(1),
    pool: byMagnitude(integer(32, "candidates of a hard negative", { min: 1 }), 4, 64),
    beta: evenly(real(0.4, "share of hard negatives", { min: 0, max: 1 }), 0, 1),
    temperature: byMagnitude(real(0.4, "of the softmax that hard negatives are drawn from", { min: 1e-3 }), 0.05, 1),
    rate: real(0.2, "how far p moves for a loss above the average", { min: 0 }),
    momentum: real(0.9, "share of its heading that p keeps", { min: 0, max: 1 }),
    groups: text("all", "attributes that make groups, parted by |, of which an item's first decides; or all of them"),
    compat: choice(
      ["paper", "code"],
      "paper",
      "how p is kept a law and what momentum is, as in the released code or not",
    ),
  },
}, ({ negatives, pool, beta, temperature, rate, momentum, groups: chosen, compat }): Policy<"candidates" | "fair"> =>
(
  setting,
) => {
  const { catalogue } = setting, attributes = requireAttributes(setting, "fairneg");
  const groups = itemGroups(catalogue, attributes, chosen === "all" ? attributes.names : chosen?.split("|"));
  const law = {
    p: Float32Array.from(
      { length: groups.count },
      (_, z) => (groups.offsets[z + 1]! - groups.offsets[z]!) / catalogue.items,
    ),
    v: new Float32Array(groups.count),
  };
  return {
    proposes: { candidates: pool * negatives, fair: negatives },
    state: law,
    async beginEpoch({ probe }) {
      moveLaw(law, await lossesByGroup(catalogue, groups, probe), { rate, momentum, compat });
    },
    propose(batch, draw) {
      const { users } = batch, { seen } = draw;
      const fair = new Int32Array(users.length * negatives),
        candidates = new Int32Array(users.length * negatives * pool);
      users.forEach((user, row) => {
        const stream = rowStream(draw, batch, row);
        for (let k = 0; k < negatives; k++) fair[row * negatives + k] = drawFair(groups, law.p, seen, user, stream);
        seen.fillUnseen(user, stream, candidates, row * negatives * pool, negatives * pool);
      });
      return { candidates, fair };
    },
    select({ graph, rows, score, items }, { candidates, fair }) {
      const hard = Array.from({ length: negatives }, (_, k) => {
        const own = slice(candidates, 1, k * pool, (k + 1) * pool),
          s = finiteOr(stopGradient(score(items(own))), -LARGEST);
        const slot = drawSlots(softmax(div(s, temperature), 1), graph.noise(`hard ${k}`, [rows, 1]));
        return gatherElements(own, slot, 1);
      });
      const ids = where(less(graph.noise("which", [rows, negatives]), beta), concat(hard, 1), fair); // [R, K]
      return { ids, items: items(ids) };
    },
  };
});
