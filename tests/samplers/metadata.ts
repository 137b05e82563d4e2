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
  const normals = (count: number) => Float32Array.from({ length: count }, () => rng.normal());
  const facts = Array.from(
    { length: 3 * items },
    () => [rng.below(items + extra), rng.below(2), rng.below(items + extra)],
  );
  const named = (rows: number) => ({ ...relation(rows, attributes, 0.4), names: ["a", "b", "c", "d"] });
  const column = (at: number) => Int32Array.from(facts, (fact) => fact[at]!);
  const found = { attributes: named(items) };
  return {
    ...found,
    friends: relation(users, users, 0.2),
    dislikes: relation(users, items, 0.1),
    behaviours: [{ name: "view", ...relation(users, items, 0.2) }],
    knowledge: { entities: items + extra, relations: 2, heads: column(0), kinds: column(1), tails: column(2) },
    userAttributes: named(users),
    vectors: [
      { name: "text", width: 3, data: normals(3 * items), rows: Int32Array.from({ length: items }, (_, item) => item) },
      { // every other item has none
        ...{ name: "image", width: 2, data: normals(2 * items) },
        rows: Int32Array.from({ length: items }, (_, item) => item % 2 === 0 ? item : -1),
      },
    ],
    source: { ...relation(users + extra, items + extra, 0.3), items: items + extra },
  };
}
