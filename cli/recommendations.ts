import type { Catalogue } from "../datasets/catalogue.ts";
import type { Backbone } from "../models/backbone.ts";
import { openModel } from "../runtime/model.ts";
import type { SavedTensor } from "../runtime/runtime.ts";
import { servedLength } from "../training/exported_inputs.ts";
import { recommenderModel } from "../training/recommender.ts";

/** Users asked of the model at a time. */
const BLOCK = 256;

/** What a user is recommended, best first, in dense ids. */
export interface Recommended {
  readonly user: number;
  readonly items: readonly { readonly item: number; readonly score: number }[];
}

/** A trained model, and how much of what to recommend. */
export interface Asked {
  readonly backbone: Backbone;
  readonly catalogue: Catalogue;
  readonly weights: ReadonlyMap<string, SavedTensor>;
  readonly top: number;
  /** Also what a user met in training. */
  readonly includeSeen: boolean;
}

/** Recommends to each of the users in turn, by the file that a service would run. */
export const recommendations = (asked: Asked, users: readonly number[]): AsyncGenerator<Recommended> =>
  asked.backbone.history ? byHistory(asked, asked.backbone.history, users) : byUser(asked, users);

async function* byUser(asked: Asked, users: readonly number[]): AsyncGenerator<Recommended> {
  const { backbone, catalogue, weights, top, includeSeen } = asked;
  const model = await openModel(
    await recommenderModel(backbone, catalogue, weights, { top, unseenOnly: !includeSeen }),
  );
  for (let from = 0; from < users.length; from += BLOCK) {
    const some = users.slice(from, from + BLOCK);
    const { items, scores } = await model.run({
      users: { dtype: "int64", shape: [some.length], data: BigInt64Array.from(some, BigInt) },
    });
    const width = items!.shape[1]!;
    for (const [row, user] of some.entries()) {
      const count = includeSeen ? width : Math.min(width, catalogue.items - metCount(catalogue, user));
      yield { user, items: ranked(items!.data, scores!.data, row * width, count) };
    }
  }
  await model.dispose();
}

/** The file knows of a user what it is told; what was met longer ago than it reads is left out here. */
async function* byHistory(
  { backbone, catalogue, weights, top, includeSeen }: Asked,
  history: NonNullable<Backbone["history"]>,
  users: readonly number[],
): AsyncGenerator<Recommended> {
  const longest = includeSeen ? 0 : users.reduce((most, user) => Math.max(most, metCount(catalogue, user)), 0);
  const given = { top: Math.min(catalogue.items, top + longest), unseenOnly: !includeSeen };
  const model = await openModel(await recommenderModel(backbone, catalogue, weights, given));
  const { offsets, items: met } = catalogue.sequences(), length = servedLength(history, catalogue);
  for (const user of users) {
    const read = new BigInt64Array(length).fill(-1n);
    Array.from(met.subarray(offsets[user], offsets[user + 1]).slice(-length)).forEach((item, at) =>
      read[at] = BigInt(item)
    );
    const { items, scores } = await model.run({ history: { dtype: "int64", shape: [1, length], data: read } });
    const own = includeSeen ? new Set() : new Set(met.subarray(offsets[user], offsets[user + 1]));
    const all = ranked(items!.data, scores!.data, 0, items!.data.length);
    yield { user, items: all.filter(({ item }) => !own.has(item)).slice(0, top) };
  }
  await model.dispose();
}

const metCount = ({ offsets }: Catalogue, user: number): number => offsets[user + 1]! - offsets[user]!;

const ranked = (items: ArrayLike<unknown>, scores: ArrayLike<unknown>, from: number, count: number) =>
  Array.from(
    { length: count },
    (_, rank) => ({ item: Number(items[from + rank]), score: Number(scores[from + rank]) }),
  );
