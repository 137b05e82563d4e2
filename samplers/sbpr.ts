import { socialItems } from "../datasets/social_items.ts";
import { contains } from "../datasets/contains.ts";
import { difference } from "../datasets/difference.ts";
import type { Value } from "../graphs/builder.ts";
import { add, div } from "../graphs/ops/arithmetic.ts";
import { greater, where } from "../graphs/ops/compare.ts";
import { reshape } from "../graphs/ops/shape.ts";
import type { Rng } from "../random/rng.ts";
import { define } from "../options/method.ts";
import { choice } from "../options/option.ts";
import { drawUnseenWhere } from "./draw_unseen_where.ts";
import { requireFriends } from "./requirements.ts";
import type { Policy } from "./sampler.ts";
import { rowStream } from "./streams.ts";

/**
 * Social Bayesian personalised ranking: what friends met lies between what the user met and the rest (Zhao, McAuley &
 * King, CIKM 2014, SBPR-1, eq. 5). Of a positive i, a social item k and an item j that neither met the loss is
 * L((s_i - s_k) / (1 + c_k)) + L(s_k - s_j), c_k the number of friends who met k, and L(s_i - s_j) for users whose friends
 * add nothing, L the recipe's loss (`bpr` in the paper).
 */
export const sbpr = define({
  name: "sbpr",
  summary: "What friends met ranks below the user's own items and above the rest.",
  citation: "Zhao, McAuley & King, CIKM 2014",
  options: {
    coefficient: choice(
      ["friends", "none"],
      "friends",
      "divide the margin to a social item by 1 + the friends who met it",
    ),
  },
}, ({ coefficient }): Policy<"social" | "other" | "friends"> => (setting) => {
  const { catalogue, rows, seen } = setting, { offsets, positives: targets } = seen.catalogue;
  const social = difference(socialItems(requireFriends(setting, "sbpr"), catalogue), { offsets, targets });
  const drawOther = (user: number, rng: Rng) =>
    drawUnseenWhere(seen, user, rng, (item) => !contains(social, user, item));
  return {
    proposes: { social: 1, other: 1, friends: { dtype: "float32", shape: [rows, 1] } },
    propose(batch, draw) {
      const between = new Int32Array(rows), other = new Int32Array(rows), friends = new Float32Array(rows);
      batch.users.forEach((user, row) => {
        const stream = rowStream(draw, batch, row);
        other[row] = drawOther(user, stream);
        const from = social.offsets[user]!, count = social.offsets[user + 1]! - from;
        const at = count > 0 ? from + stream.below(count) : -1;
        between[row] = at < 0 ? other[row]! : social.targets[at]!;
        friends[row] = at < 0 ? 0 : social.weights![at]!;
      });
      return { social: between, other, friends };
    },
    select({ score, items, positive, loss }, { social: between, other, friends }) {
      const [ofFriends, rest] = [items(between), items(other)]; // [R, 1, L, D] each
      const [i, k, j] = [score(positive), score(ofFriends), score(rest)]; // [R, 1] each
      const isSocial = greater(friends, 0), scaled = (x: Value) => coefficient === "none" ? x : div(x, add(1, friends));
      const above = loss(scaled(i), scaled(k), where(isSocial, 1, 0));
      return {
        objective: add(above, loss(where(isSocial, k, i), j)),
        decayed: [where(reshape(isSocial, [friends.shape[0]!, 1, 1, 1]), ofFriends, 0), rest],
        negatives: { items: rest, ids: other },
      };
    },
  };
});
