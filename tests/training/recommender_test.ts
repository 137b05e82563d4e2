import assert from "node:assert/strict";
import { catalogue } from "../../datasets/catalogue.ts";
import { interactions } from "../../datasets/interactions.ts";
import { zeros } from "../../graphs/initializers.ts";
import { add } from "../../graphs/ops/arithmetic.ts";
import { gather } from "../../graphs/ops/index.ts";
import { unsqueeze } from "../../graphs/ops/shape.ts";
import { sizeOf } from "../../graphs/tensor.ts";
import { avgpool } from "../../models/avgpool.ts";
import type { Backbone } from "../../models/backbone.ts";
import { mf } from "../../models/mf.ts";
import { Rng } from "../../random/rng.ts";
import { openModel } from "../../runtime/model.ts";
import type { SavedTensor } from "../../runtime/runtime.ts";
import { recommenderModel } from "../../training/recommender.ts";

const USERS = 6, ITEMS = 11, DIM = 3;
/** User 0 has met nothing, user 1 everything, user 2 the first and last item (twice), the others some. */
const MET = [[], Array.from({ length: ITEMS }, (_, id) => id), [0, 10, 0], [3, 4, 5], [9], [1, 3, 5, 7, 9, 0, 2, 4]];
const of = catalogue(interactions({
  users: MET.flatMap((items, user) => items.map(() => user)),
  items: MET.flat(),
  userCount: USERS,
  itemCount: ITEMS,
}));
const weights = (seed: number): ReadonlyMap<string, SavedTensor> => {
  const rng = new Rng(seed, "recommender test"),
    table = (shape: readonly [number, number]) => ({
      shape,
      data: Float32Array.from({ length: shape[0] * shape[1] }, () => rng.normal()),
    });
  return new Map([["user", table([USERS, DIM])], ["item", table([ITEMS, DIM])], ["bias", table([ITEMS, 1])]]);
};

/** Each user's best items and their scores, by computing and sorting all. */
function bruteForce(
  of: ReadonlyMap<string, SavedTensor>,
  bias: boolean,
  met: readonly (readonly number[])[],
  top: number,
) {
  const at = (table: string, row: number) => of.get(table)!.data.subarray(DIM * row, DIM * row + DIM);
  return met.map((seen, user) =>
    Array.from({ length: ITEMS }, (_, item) => ({
      item,
      score: at("user", user).reduce(
        (total, x, d) => total + x * at("item", item)[d]!,
        bias ? of.get("bias")!.data[item]! : 0,
      ),
    })).filter(({ item }) => !seen.includes(item)).sort((a, b) => b.score - a.score).slice(0, top)
  );
}
/** What the file answers for `users`. */
async function answered(bytes: Uint8Array, users: readonly number[]) {
  const model = await openModel(bytes), data = BigInt64Array.from(users, BigInt);
  const { items, scores } = await model.run({ users: { dtype: "int64", shape: [users.length], data } });
  await model.dispose();
  return { items: Array.from(items!.data, Number), scores: Array.from(scores!.data, Number), shape: items!.shape };
}
const backbone = (bias: boolean) => mf({ dim: DIM, bias });

for (const bias of [false, true]) {
  Deno.test(`the file recommends each user's best unseen items, with${bias ? "" : "out"} a bias, to any number of users`, async () => {
    const TOP = 4, saved = weights(1), wanted = bruteForce(saved, bias, MET, TOP);
    const bytes = await recommenderModel(backbone(bias), of, saved, { top: TOP });
    for (const users of [[3], [0, 2, 3, 4, 5], [5, 5, 0], [4, 3, 2, 0, 5, 2, 3, 4]]) {
      const { items, scores, shape } = await answered(bytes, users);
      assert.deepEqual(shape, [users.length, TOP]);
      users.forEach((user, row) =>
        wanted[user]!.forEach(({ item, score }, rank) => {
          assert.equal(items[row * TOP + rank], item, `user ${user}, rank ${rank}`);
          assert(Math.abs(scores[row * TOP + rank]! - score) < 1e-5);
        })
      );
    }
  });
}

Deno.test("the number of no user is refused, also one below 0, which would count from the end", async () => {
  const bytes = await recommenderModel(backbone(false), of, weights(1), { top: 2 });
  for (const user of [-1, -USERS, USERS]) await assert.rejects(answered(bytes, [0, user]), /out of data bounds/);
  for (const top of [0, -1, 1.5]) {
    await assert.rejects(
      recommenderModel(backbone(false), of, weights(1), { top }),
      /"top" .* whole number of at least 1/,
    );
  }
});

Deno.test("with unseenOnly off every item is recommended, and more than there are is all there are", async () => {
  const saved = weights(2), all = bruteForce(saved, false, MET.map(() => []), ITEMS);
  const { items, shape } = await answered(
    await recommenderModel(backbone(false), of, saved, { top: 99, unseenOnly: false }),
    [2, 1],
  );
  assert.deepEqual(shape, [2, ITEMS]);
  assert.deepEqual(items, [...all[2]!, ...all[1]!].map(({ item }) => item));
});

Deno.test("where unseen items run out, seen ones follow with scores around -1e30", async () => {
  const saved = weights(3),
    { items, scores } = await answered(await recommenderModel(backbone(false), of, saved, { top: ITEMS }), [5, 1]);
  const unseen = bruteForce(saved, false, MET, ITEMS)[5]!.map(({ item }) => item);
  assert.equal(unseen.length, 3);
  assert.deepEqual(items.slice(0, 3), unseen);
  assert.deepEqual(items.slice(0, ITEMS).toSorted((a, b) => a - b), Array.from({ length: ITEMS }, (_, id) => id));
  assert(scores.slice(3, ITEMS).every((score) => score < -9e29), "user 5 has three unseen items");
  assert(scores.slice(ITEMS).every((score) => score < -9e29), "user 1 has none");
});

Deno.test("the file of a catalogue without interactions leaves nothing out", async () => {
  const saved = weights(4),
    empty = catalogue(interactions({ users: [], items: [], userCount: USERS, itemCount: ITEMS }));
  const { items } = await answered(await recommenderModel(backbone(false), empty, saved, { top: 2 }), [1]);
  assert.deepEqual(items, bruteForce(saved, false, MET.map(() => []), 2)[1]!.map(({ item }) => item));
});

Deno.test("weights that lack a variable of the backbone are refused with those there are", async () => {
  const { user, ...rest } = Object.fromEntries(weights(1));
  assert(user);
  await assert.rejects(
    () => recommenderModel(backbone(false), of, new Map(Object.entries(rest)), { top: 2 }),
    { name: "TypeError", message: 'Cannot export: the weights have no "user"; they have item, bias' },
  );
});

Deno.test("weights of a model of other users or items are refused by name", async () => {
  const weights = new Map([
    ["user", { shape: [2, 4], data: new Float32Array(8) }],
    ["item", { shape: [5, 4], data: new Float32Array(20) }],
  ]);
  const other = catalogue(interactions({ users: [0], items: [0], userCount: 2, itemCount: 9 }));
  await assert.rejects(
    recommenderModel(mf({ dim: 4 }), other, weights, { top: 1 }),
    /^TypeError: Cannot load "item": it is \[9,4\], the saved tensor \[5,4\] with 20 elements/,
  );
});

Deno.test("a backbone that reads a history and who the user is is not exported as if all were user 0", async () => {
  const seen = catalogue(interactions({ users: [0, 0, 1], items: [0, 1, 2], userCount: 2, itemCount: 3 }));
  const plain = avgpool({ dim: 2, dropout: 0 }), weights = new Map<string, SavedTensor>();
  const personal: Backbone = {
    ...plain,
    build(graph, catalogue, batch) {
      const encoder = plain.build(graph, catalogue, batch), user = graph.variable("user", [2, 2], zeros);
      for (const { name, shape } of graph.variables.values()) {
        weights.set(name, { shape, data: new Float32Array(sizeOf(shape)) });
      }
      return { ...encoder, query: add(encoder.query, unsqueeze(gather(user, batch.users), 1)) };
    },
  };
  await assert.rejects(() => recommenderModel(personal, seen, weights, { top: 1 }), {
    name: "TypeError",
    message:
      "Cannot export: the backbone reads who the user is beside a history, and the file is asked with a history alone",
  });
  await recommenderModel(plain, seen, weights, { top: 1 });
});
