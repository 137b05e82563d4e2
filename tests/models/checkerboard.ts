import { type Interactions, interactions } from "../../datasets/interactions.ts";

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
