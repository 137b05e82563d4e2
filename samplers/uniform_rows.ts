import type { Batch } from "../datasets/batching.ts";
import type { Draw, Sampler } from "./sampler.ts";
import { rowStream } from "./streams.ts";

/**
 * Uniform candidates that a row's user has not met, `count` ids for each row, row-major: with replacement, unless those
 * of a row are to differ. It leaves `draw.rng` at the first row's place, whichever thread drew them: seek before drawing
 * more.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { catalogue } from "../datasets/catalogue.ts";
 * import { interactions } from "../datasets/interactions.ts";
 * import { SeenItems } from "../datasets/negatives.ts";
 * import { Rng } from "../random/rng.ts";
 * import type { Draw, Sampler } from "./sampler.ts";
 * import { uniformRows } from "./uniform_rows.ts";
 *
 * const of = catalogue(interactions({ users: [0, 1], items: [0, 1], userCount: 2, itemCount: 2 }));
 * const draw = { seen: new SeenItems(of), rng: new Rng(1, "sampler"), epoch: 0 } as Draw;
 * const batch = { rows: 2, first: 0, users: Int32Array.of(0, 1), positives: Int32Array.of(0, 1) };
 * assert.deepEqual(uniformRows(batch, draw, 3), Int32Array.of(1, 1, 1, 0, 0, 0));
 * ```
 */
export function uniformRows(batch: Batch, draw: Draw, count: number): Int32Array {
  const ids = draw.ahead?.take(batch, draw.epoch, count) ?? drawUniformRows(batch, draw, count);
  rowStream(draw, batch, 0);
  return ids;
}

/** The host half of a sampler that proposes `count` uniform candidates for each row and nothing else. */
export const uniformCandidates = (count: number): Pick<Sampler<"candidates">, "proposes" | "propose"> => ({
  proposes: { candidates: count },
  propose: (batch, draw) => ({ candidates: uniformRows(batch, draw, count) }),
});

/** Rows whose users are looked up together. */
const FETCHED = 128;

/** As {@link uniformRows}, by this thread. */
export function drawUniformRows(
  batch: Pick<Batch, "users" | "first">,
  draw: Pick<Draw, "rng" | "epoch" | "seen">,
  count: number,
): Int32Array {
  const { users } = batch, { seen } = draw, ids = new Int32Array(users.length * count);
  users.forEach((user, row) => {
    if (row % FETCHED === 0) seen.fetch(users.subarray(row, row + FETCHED));
    seen.fillUnseen(user, rowStream(draw, batch, row), ids, row * count, count);
  });
  return ids;
}
