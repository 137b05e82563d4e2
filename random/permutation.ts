import type { Rng } from "./rng.ts";

/** Rounds of the network. Four make a pseudorandom permutation of good functions (Luby & Rackoff, 1988); these are cheap. */
const ROUNDS = 6;

/** An order of the integers from 0 and below `length`. */
export interface Permutation {
  readonly length: number;
  /** The integer at a position. */
  at(position: number): number | undefined;
}

/**
 * A permutation in random order that takes no memory: a Feistel network over the least even number of bits, whose values
 * past the end are mapped again until they are not (Black & Rogaway, CT-RSA 2002). The stream's state decides it. Not
 * every order can come; where `length` is small, shuffle.
 *
 * @param length at most 2^30.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { permutation } from "./permutation.ts";
 * import { Rng } from "./rng.ts";
 *
 * const order = permutation(1000, new Rng(7, "order").seek(3, 0));
 * const visited = Int32Array.from({ length: 1000 }, (_, position) => order.at(position)!);
 * assert.deepEqual(visited.sort(), Int32Array.from({ length: 1000 }, (_, id) => id));
 * ```
 */
export function permutation(length: number, rng: Rng): Permutation {
  let half = 1;
  while (4 ** half < length) half++;
  const mask = 2 ** half - 1, keys = Uint32Array.from({ length: ROUNDS }, () => rng.next());
  const once = (value: number) => {
    let left = value >>> half, right = value & mask;
    for (let round = 0; round < ROUNDS; round++) {
      let mixed = Math.imul(right + 1, 0x9e3779b1) ^ keys[round]!;
      mixed = Math.imul(mixed ^ (mixed >>> 15), 0x85ebca6b);
      mixed ^= mixed >>> 13;
      const next = left ^ (mixed & mask);
      left = right;
      right = next;
    }
    return (left << half | right) >>> 0;
  };
  return {
    length,
    at(position) {
      let value = once(position);
      while (value >= length) value = once(value);
      return value;
    },
  };
}
