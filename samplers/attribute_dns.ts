import { attributeIdf } from "../datasets/attribute_idf.ts";
import { invert } from "../datasets/invert.ts";
import { jaccard } from "../datasets/jaccard.ts";
import type { SeenItems } from "../datasets/negatives.ts";
import { add, mul } from "../graphs/ops/arithmetic.ts";
import { define } from "../options/method.ts";
import { integer, real } from "../options/option.ts";
import { byMagnitude, evenly } from "../options/searched.ts";
import type { Rng } from "../random/rng.ts";
import { pickLargest } from "./candidates.ts";
import { requireAttributes } from "./requirements.ts";
import { drawUntil } from "./draw_until.ts";
import type { Policy } from "./sampler.ts";
import { rowStream } from "./streams.ts";
import { weightedSlot } from "./weighted_slot.ts";

/**
 * Attribute-aware dynamic negative sampling: a share of the pool comes from items that share an attribute with the
 * positive, the attribute drawn by how telling it is (its inverse document frequency), the rest is uniform; of the pool
 * the largest s(u, c) + kappa J(i+, c) is taken, J the Jaccard index of attributes (the knowledge-aware family of the
 * survey of Ma et al., 2024, as Foil defines it). A kappa below 0 spares what is alike, as it may be liked, too. Where an
 * item has no attribute, or the user has met all that shares one, candidates are uniform.
 */
export const attributeDns = define({
  name: "attribute-dns",
  summary: "The highest-scoring of a pool that is partly drawn from items with an attribute of the positive.",
  citation: "the family in Ma et al., Negative sampling in recommendation: a survey, 2024; defined by Foil",
  options: {
    pool: byMagnitude(integer(16, "candidates", { min: 1 }), 4, 64),
    share: evenly(real(0.5, "share of the pool that has an attribute of the positive", { min: 0, max: 1 }), 0, 1),
    kappa: real(0, "added to a candidate's score for each unit of likeness; below 0 spares what is alike"),
  },
}, ({ pool, share, kappa }): Policy<"candidates" | "likeness"> => (setting) => {
  const { rows } = setting, attributes = requireAttributes(setting, "attribute-dns"), { offsets, targets } = attributes;
  const idf = attributeIdf(attributes), having = invert(attributes, attributes.names.length);
  const alike = Math.round(share * pool);
  /** An attribute of `item`, by its inverse document frequency; uniform where none tells anything. */
  const drawAttribute = (item: number, rng: Rng) => {
    const from = offsets[item]!, until = offsets[item + 1]!;
    let total = 0;
    for (let at = from; at < until; at++) total += idf[targets[at]!]!;
    if (total === 0) return targets[from + rng.below(until - from)]!;
    let left = rng.uniform() * total, at = from;
    while (at < until - 1 && left >= idf[targets[at]!]!) left -= idf[targets[at++]!]!;
    return targets[at]!;
  };
  const drawAlike = (user: number, positive: number, seen: SeenItems, rng: Rng) => {
    if (offsets[positive] === offsets[positive + 1]) return seen.drawUnseen(user, rng);
    const draw = () => {
      const attribute = drawAttribute(positive, rng), from = having.offsets[attribute]!;
      return having.targets[from + rng.below(having.offsets[attribute + 1]! - from)]!;
    };
    return drawUntil(draw, (item) => !seen.has(user, item)) ?? drawRare(user, positive, seen, rng);
  };
  /** The same law, where hardly any of what is alike is unseen; uniform where nothing is. */
  const drawRare = (user: number, positive: number, seen: SeenItems, rng: Rng) => {
    const items: number[] = [], masses: number[] = [], own = targets.subarray(offsets[positive], offsets[positive + 1]);
    const telling = own.some((attribute) => idf[attribute]! > 0);
    for (const attribute of own) {
      const members = having.targets.subarray(having.offsets[attribute], having.offsets[attribute + 1]);
      for (const item of members.filter((item) => !seen.has(user, item))) {
        items.push(item);
        masses.push((telling ? idf[attribute]! : 1) / members.length);
      }
    }
    const slot = weightedSlot(masses, rng.uniform() * masses.reduce((a, b) => a + b, 0));
    return slot < 0 ? seen.drawUnseen(user, rng) : items[slot]!;
  };
  return {
    proposes: { candidates: pool, likeness: { dtype: "float32", shape: [rows, pool] } },
    propose(batch, draw) {
      const { seen } = draw;
      const candidates = new Int32Array(rows * pool), likeness = new Float32Array(rows * pool);
      batch.users.forEach((user, row) => {
        const stream = rowStream(draw, batch, row), positive = batch.positives[row]!;
        const from = row * pool, until = from + pool;
        for (let at = from; at < from + alike; at++) candidates[at] = drawAlike(user, positive, seen, stream);
        seen.fillUnseen(user, stream, candidates, from + alike, pool - alike);
        if (kappa === 0) return;
        for (let at = from; at < until; at++) likeness[at] = jaccard(attributes, positive, candidates[at]!);
      });
      return { candidates, likeness };
    },
    select({ score, items }, { candidates, likeness }) {
      const ids = pickLargest(candidates, add(score(items(candidates)), mul(kappa, likeness)), 1);
      return { ids, items: items(ids) };
    },
  };
});
