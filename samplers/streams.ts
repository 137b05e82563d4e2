import type { Batch } from "../datasets/batching.ts";
import type { Rng } from "../random/rng.ts";
import type { Draw } from "./sampler.ts";

// A sampler finds its random streams by number, so that no draw depends on what was drawn before. An epoch has a stream
// for each row and as many others as are asked for, all of them different. They are `draw.rng`, placed anew: a stream
// ends where the next is asked for, and is asked for once.

/**
 * The stream of a row of a batch: the row draws the same whatever the batch size.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { Rng } from "../random/rng.ts";
 * import { rowStream } from "./streams.ts";
 *
 * const draw = { rng: new Rng(1, "sampler"), epoch: 0 };
 * const tenth = rowStream(draw, { first: 8 }, 2).below(1000);
 * assert.equal(rowStream(draw, { first: 0 }, 10).below(1000), tenth);
 * ```
 */
export const rowStream = (
  { rng, epoch }: Pick<Draw, "rng" | "epoch">,
  { first }: Pick<Batch, "first">,
  row: number,
): Rng => rng.seek(epoch, first + row);

/**
 * A batch's stream, for what its rows share. It is {@link otherStream} `1 + batch.first`: a sampler takes the one or the
 * other.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { Rng } from "../random/rng.ts";
 * import { batchStream, rowStream } from "./streams.ts";
 *
 * const draw = { rng: new Rng(1, "sampler"), epoch: 0 }, batch = { first: 8 };
 * assert.notEqual(batchStream(draw, batch).next(), rowStream(draw, batch, 0).next());
 * ```
 */
export const batchStream = (draw: Pick<Draw, "rng" | "epoch">, { first }: Pick<Batch, "first">): Rng =>
  otherStream(draw, 1 + first);

/**
 * The epoch's stream `n`, from 0, that is of no row: for what is drawn before an epoch, or for a row a second time. A
 * sampler numbers them so that none comes twice in an epoch: users first, say, and then rows, `users + batch.first + row`.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { Rng } from "../random/rng.ts";
 * import { otherStream, rowStream } from "./streams.ts";
 *
 * const draw = { rng: new Rng(1, "sampler"), epoch: 0 };
 * assert.notEqual(otherStream(draw, 0).next(), rowStream(draw, { first: 0 }, 0).next());
 * ```
 */
export const otherStream = ({ rng, epoch }: Pick<Draw, "rng" | "epoch">, n: number): Rng => rng.seek(epoch, -1 - n);
