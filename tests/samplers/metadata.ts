import type { Metadata, Relation } from "../../datasets/metadata.ts";
import { Rng } from "../../random/rng.ts";

/** Metadata of every kind, at random: each row of a relation has each target with probability `share`. */
export function anyMetadata(users: number, items: number): Metadata {
  const rng = new Rng(31, "metadata"), attributes = 4, extra = 5;
  const relation = (rows: number, targets: number, share: number): Relation => {
    const found = Array.from(
      { length: rows },
      () => Array.from({ length: targets }, (_, target) => target).filter(() => rng.uniform() < share),
    );
    const offsets = new Int32Array(rows + 1);
    found.forEach((row, at) => offsets[at + 1] = offsets[at]! + row.length);
    return { offsets, targets: Int32Array.from(found.flat()) };
  };
  const facts = Array.from(
    { length: 3 * items },
    () => [rng.below(items + extra), rng.below(2), rng.below(items + extra)],
  );
  const column = (at: number) => Int32Array.from(facts, (fact) => fact[at]!);
  return {
    attributes: { ...relation(items, attributes, 0.4), names: ["a", "b", "c", "d"] },
    friends: relation(users, users, 0.2),
    dislikes: relation(users, items, 0.1),
    behaviours: [{ name: "view", ...relation(users, items, 0.2) }],
    knowledge: { entities: items + extra, relations: 2, heads: column(0), kinds: column(1), tails: column(2) },
  };
}
