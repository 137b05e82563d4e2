import assert from "node:assert/strict";
import type { Batch } from "../../datasets/batching.ts";
import { mixture } from "../../samplers/batch_pool.ts";
import { mixed } from "../../samplers/mixed.ts";
import { assertLaw } from "./chi_square.ts";
import { catalogueWhere, drawIn, opened } from "./drawn.ts";

interface Fed {
  readonly ids: Int32Array;
  readonly kept: Uint8Array;
  readonly logQ: Float32Array;
  readonly positiveLogQ: Float32Array;
}
/** Items 0 to 4 of popularity 2, 1, 1, 0, 0. */
const of = catalogueWhere([[0], [0], [1], [2]], 5), UNIFORM = 40;
const batch: Batch = { rows: 3, first: 0, users: Int32Array.of(0, 1, 2), positives: Int32Array.of(0, 0, 1) };
const propose = async (first = 0) =>
  await opened(mixed({ uniform: UNIFORM }), of, 3).propose({ ...batch, first }, drawIn(of)) as unknown as Fed;

Deno.test("the law of a mixed pool is the golden one", () => {
  [0.5, 0.3, 0.2].forEach((q, item) =>
    assert(Math.abs(mixture(8, q, 4, 3) - [0.444444, 0.311111, 0.244444][item]!) < 1e-6)
  );
});

Deno.test("after the batch's columns come uniform ones over the whole catalogue, and a row drops what its user met", async () => {
  const uniform: number[] = [];
  for (let first = 0; first < 200; first++) {
    const { ids, kept } = await propose(first);
    assert.deepEqual([...ids.subarray(0, 3)], [0, 0, 1]);
    uniform.push(...ids.subarray(3));
    const wanted = [0, 0, 1].flatMap((met) => Array.from(ids, (item) => item === met ? 0 : 1));
    assert.deepEqual([...kept], wanted);
  }
  assertLaw(uniform, [0.2, 0.2, 0.2, 0.2, 0.2]);
});

Deno.test("each column has the probability of the mixture, items that nobody met included", async () => {
  const { ids, logQ, positiveLogQ } = await propose();
  ids.forEach((item, column) => {
    const wanted = (3 * [2, 1, 1, 0, 0][item]! / 4 + UNIFORM / 5) / (3 + UNIFORM);
    assert(Math.abs(logQ[column]! - Math.log(wanted)) < 1e-6);
  });
  const short = await opened(mixed({ uniform: UNIFORM }), of, 3).propose({ ...batch, rows: 2 }, drawIn(of));
  (short as unknown as Fed).ids.forEach((item, column) => { // of a batch that is not full, two columns and the uniform ones
    const wanted = (2 * [2, 1, 1, 0, 0][item]! / 4 + UNIFORM / 5) / (2 + UNIFORM);
    assert(Math.abs((short as unknown as Fed).logQ[column]! - Math.log(wanted)) < 1e-6);
  });
  const columns = ids.filter((item) => item === 1).length;
  assert(columns > 1 && Math.abs(positiveLogQ[2]! - (logQ[2]! - Math.log(columns))) < 1e-6);
});
