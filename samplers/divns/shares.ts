import type { Batch } from "../../datasets/batching.ts";
import { beta } from "../../random/beta.ts";
import type { Draw } from "../sampler.ts";
import { otherStream } from "../streams.ts";
import type { Caches } from "./caches.ts";

/** How much of each row's negative is its hard half. */
export interface Shares {
  /** lambda of each row of a batch, where lambda_t is the epoch's: [R]. */
  of(lambda: number, batch: Batch, draw: Draw): Float32Array;
  /** Looks at what an epoch has trained on, once it is over. */
  measure(caches: Caches): void;
  readonly state?: Readonly<Record<string, Float32Array>>;
}
interface ShareOptions {
  /** Of entropy: how much of lambda a user has whose hard negatives are one item. */
  readonly floor: number;
  /** Of beta: a + b. */
  readonly concentration: number;
}

const unmeasured = { measure: () => {} };

/** Shares by name, for so many users. Only `same` is the paper's; the others answer questions that it leaves open. */
export const sharesOf: Readonly<
  Record<"same" | "entropy" | "beta", (users: number, options: ShareOptions) => Shares>
> = {
  same: () => ({ ...unmeasured, of: (lambda, { users }) => new Float32Array(users.length).fill(lambda) }),
  /** lambda (floor + (1 - floor) h_u), h_u the entropy of H_u over its most, ln |H_u|; 1 where a user has no more than one. */
  entropy: (users, { floor }) => {
    const evenness = new Float32Array(users).fill(1);
    return {
      of: (lambda, { users }) => Float32Array.from(users, (user) => lambda * (floor + (1 - floor) * evenness[user]!)),
      measure(caches) {
        for (let user = 0; user < users; user++) evenness[user] = evennessOf(caches.hardOf(user));
      },
      state: { evenness },
    };
  },
  /** Drawn for each row from Beta(c lambda, c (1 - lambda)). */
  beta: (users, { concentration: c }) => ({
    ...unmeasured,
    of: (lambda, batch, draw) =>
      Float32Array.from(batch.users, (_, row) => {
        if (lambda <= 0 || lambda >= 1) return lambda;
        // after those of users and of the projection (redraw.ts)
        return beta(otherStream(draw, users + 1 + batch.first + row), c * lambda, c * (1 - lambda));
      }),
  }),
};

/** -sum p ln p / ln n of n ids, p the share of each distinct one: 0 where all are one, 1 where none are the same. */
function evennessOf(ids: Int32Array): number {
  if (ids.length < 2) return 1;
  const counts = new Map<number, number>();
  for (const id of ids) counts.set(id, (counts.get(id) ?? 0) + 1);
  let entropy = 0;
  for (const count of counts.values()) entropy -= count / ids.length * Math.log(count / ids.length);
  return entropy / Math.log(ids.length);
}
