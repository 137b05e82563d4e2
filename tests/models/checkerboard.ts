import { type Interactions, interactions } from "../../datasets/interactions.ts";
import type { Metadata } from "../../datasets/metadata.ts";
import { relation } from "../../datasets/relation.ts";

/**
 * implicit's fixture: user u likes the items of u's parity, and has met all of them but item u. A model that learns
 * anything ranks item u above every item of the other parity.
 */
export function checkerboard(size: number): Interactions {
  const users: number[] = [], items: number[] = [];
  for (let user = 0; user < size; user++) {
    for (let item = user % 2; item < size; item += 2) {
      if (item === user) continue;
      users.push(user);
      items.push(item);
    }
  }
  return interactions({ users, items, userCount: size, itemCount: size });
}

/**
 * Side information of the checkerboard of which every part tells parity, and lacks an id somewhere: attributes and
 * vectors are its names and signs, user u has viewed the items of u's parity but the one after u, and has met the items
 * of u's parity in another domain, that two users more have.
 */
export function checkerboardMetadata(size: number): Metadata {
  const met = (users: number, items: number, has: (user: number, item: number) => boolean) => {
    const pairs = Array.from(
      { length: users },
      (_, user) =>
        Array.from({ length: items }, (_, item) => item).filter((item) => item % 2 === user % 2 && has(user, item)),
    );
    return relation({
      rows: Int32Array.from(pairs.flatMap((own, user) => own.map(() => user))),
      targets: Int32Array.from(pairs.flat()),
      rowCount: users,
      targetCount: items,
    });
  };
  const parities = (without: number) => ({ ...met(size, 2, (id) => id !== without), names: ["even", "odd"] });
  const sign = (id: number) => id % 2 === 0 ? 1 : -1, ids = Int32Array.from({ length: size }, (_, id) => id);
  return {
    attributes: parities(5),
    userAttributes: parities(7),
    vectors: [
      { name: "text", width: 2, data: Float32Array.from({ length: 2 * size }, (_, at) => sign(at >> 1)), rows: ids },
      {
        name: "image",
        width: 3,
        data: Float32Array.from({ length: 3 * size }, (_, at) => sign(Math.floor(at / 3)) + at % 3),
        rows: ids.map((id) => id % 3 === 0 ? -1 : id),
      },
    ],
    behaviours: [
      { name: "cart", ...met(size, size, (user, item) => item !== user) },
      { name: "view", ...met(size, size, (user, item) => item !== (user + 2) % size) },
    ],
    source: { ...met(size + 2, size + 1, (user) => user !== 3), items: size + 1 },
  };
}
