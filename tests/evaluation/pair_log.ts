import { type Interactions, interactions } from "../../datasets/interactions.ts";

/** A log of (user, item) pairs. */
export const pairLog = (
  pairs: readonly (readonly [number, number])[],
  userCount: number,
  itemCount: number,
): Interactions =>
  interactions({
    users: Int32Array.from(pairs, ([user]) => user),
    items: Int32Array.from(pairs, ([, item]) => item),
    userCount,
    itemCount,
  });
