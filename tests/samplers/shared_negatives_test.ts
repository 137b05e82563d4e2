import assert from "node:assert/strict";
import { eachProvider } from "../runtime/each_provider.ts";
import { sharedNegatives } from "../../samplers/shared_negatives.ts";
import { catalogueWhere, drawIn, opened } from "./drawn.ts";
import { smallLog } from "../training/small_run.ts";
import { catalogue } from "../../datasets/catalogue.ts";
import { mf } from "../../models/mf.ts";
import { losses } from "../../losses/mod.ts";
import { trainingStep } from "../../training/step.ts";
import type { Runtime } from "../../runtime/runtime.ts";
import type { Negatives } from "../../samplers/sampler.ts";

Deno.test("each row brings uniform negatives that its user has not met, and keeps no column that it has, nor its positive", async () => {
  const of = catalogueWhere([[0, 1], [2], []], 4),
    rows = 30,
    users = Int32Array.from({ length: rows }, (_, row) => row % 3);
  const { seen, ...draw } = drawIn(of), batch = { rows: 28, first: 0, users, positives: new Int32Array(rows) };
  const { ids, kept } = await opened(sharedNegatives({ negatives: 2 }), of, rows).propose(batch, { seen, ...draw }) as {
    ids: Int32Array;
    kept: Uint8Array;
  };
  ids.subarray(0, 56).forEach((item, column) => assert(!seen.has(users[column >> 1]!, item)));
  ids.subarray(56).forEach((item) => assert.equal(item, ids[0])); // padding
  for (let row = 0; row < rows; row++) {
    ids.forEach((item, column) =>
      assert.equal(kept[row * 60 + column], !seen.has(users[row]!, item) && item !== 0 && column < 56 ? 1 : 0)
    );
  }
});

/** The mask of one negative a row, or as many as `options` say, of users who lie as `users` says, where `real` rows of the batch hold an interaction. */
async function shares(
  runtime: Runtime,
  users: readonly (readonly [number, number])[],
  real: number,
  options: Parameters<typeof sharedNegatives>[0] = { rows: 1 },
  rowUsers: readonly number[] = users.map((_, row) => row < real ? row : 0),
  bias = false,
) {
  const { train } = smallLog(), of = catalogue(train), rows = users.length;
  const step = trainingStep({
    backbone: mf({ dim: 2, bias }),
    sampler: opened(sharedNegatives(options), of, rows),
    loss: losses.infonce(),
    catalogue: of,
    batchSize: rows,
    padded: real < rows,
    l2: 0,
  });
  const program = await runtime.compile(step.graph, { outputs: { mask: (step.negatives as Negatives).mask! } });
  const each = options?.negatives ?? 1, width = rows * each;
  const user = new Float32Array(2 * of.users), kept = new Uint8Array(rows * width).fill(1);
  user.set(users.flat());
  for (let row = 0; row < rows; row++) kept.fill(0, row * width + real * each, (row + 1) * width); // as `propose` has it
  await runtime.load(new Map([["user", { shape: [of.users, 2], data: user }]]));
  const { mask } = await program.run({
    users: Int32Array.from(rowUsers),
    positives: train.items.slice(0, rows),
    epoch: Float32Array.of(0),
    rows: new Float32Array(rows).fill(1, 0, real),
    "sampler/ids": Int32Array.from({ length: width }, (_, column) => Math.floor(column / each)),
    "sampler/kept": kept,
  });
  await program.dispose();
  return [...mask as Float32Array];
}
const ALIKE = [[1, 0], [0.9, 0.1], [-1, 0.2], [-3, 0.5]] as const; // the first two users, and the last two

eachProvider("a row shares with the rows whose users are most like its own, itself first", async (runtime) => {
  const wanted = [1, 1, 0, 0, 1, 1, 0, 0, 0, 0, 1, 1, 0, 0, 1, 1];
  assert.deepEqual(await shares(runtime, ALIKE, 4), wanted);
  assert.deepEqual(await shares(runtime, ALIKE, 4, { rows: 3, above: 0.9 }, undefined, true), wanted); // beside biases
  const three = await shares(runtime, ALIKE, 4, { rows: 1, negatives: 3 }); // those of a row lie side by side
  assert.deepEqual(three, wanted.flatMap((shared) => [shared, shared, shared]));
});

eachProvider(
  "a row shares with nobody whose user is less like its own than the threshold, and always with itself",
  async (runtime) => {
    const [sharing, apart] = [
      await shares(runtime, ALIKE, 4, { rows: 3, above: 0.99 }),
      await shares(runtime, ALIKE, 4, { rows: 3, above: 0.999 }),
    ];
    assert.deepEqual(sharing, [1, 1, 0, 0, 1, 1, 0, 0, 0, 0, 1, 1, 0, 0, 1, 1]); // cosines of .9939 and .9996
    assert.deepEqual(apart, [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 1, 0, 0, 1, 1]);
  },
);

eachProvider("rows that pad take nobody's place, though they repeat the first", async (runtime) => {
  const mask = await shares(runtime, [...ALIKE, [0, 0], [0, 0]], 4);
  assert.deepEqual(mask.slice(0, 24), [
    ...[1, 1, 0, 0, 0, 0, 1, 1, 0, 0, 0, 0],
    ...[0, 0, 1, 1, 0, 0, 0, 0, 1, 1, 0, 0],
  ]);
});

eachProvider(
  "a user who is in several rows takes no more of them than are asked for, and every row its own",
  async (runtime) => {
    const users = [[0.3, 0.1], [0.1, 0.7]] as const, rows = [0, 1, 0, 0, 1].map((user) => users[user]!);
    const found = async (others: number) => {
      const mask = await shares(runtime, rows, 5, { rows: others }, [0, 1, 0, 0, 4]);
      return Array.from(
        { length: 5 },
        (_, row) => mask.slice(row * 5, row * 5 + 5).flatMap((kept, at) => kept ? [at] : []),
      );
    };
    assert.deepEqual(await found(0), [[0], [1], [2], [3], [4]]);
    assert.deepEqual(await found(1), [[0, 2], [1, 4], [0, 2], [0, 3], [1, 4]]); // ties take the first
  },
);
