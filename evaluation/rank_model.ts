import type { Catalogue } from "../datasets/catalogue.ts";
import type { Interactions } from "../datasets/interactions.ts";
import type { FileInput } from "../graphs/model_file.ts";
import { checkTables } from "../models/external/tables.ts";
import { understand, type UnderstandOptions } from "../models/external/understand.ts";
import { type HostTensor, openModel } from "../runtime/model.ts";
import { type Evaluation, rankBy, type RankingOptions } from "./full_ranking.ts";

/** Items that are scored for a user at a time. */
const BLOCK = 8192;

/**
 * Full ranking by any ONNX model of users and items, as stock onnxruntime-web runs it, one user with all items after the
 * other: what Foil has no gradients for is evaluated, too.
 *
 * @throws TypeError where the file cannot be read or its inputs and scores are not obvious, RangeError where a table of
 * its is shorter than the data.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { catalogue } from "../datasets/catalogue.ts";
 * import { interactions } from "../datasets/interactions.ts";
 * import { GraphBuilder } from "../graphs/builder.ts";
 * import { encode } from "../graphs/encode.ts";
 * import { mul } from "../graphs/ops/arithmetic.ts";
 * import { gather } from "../graphs/ops/index.ts";
 * import { rankModel } from "./rank_model.ts";
 *
 * const g = new GraphBuilder(), [user, item] = ["user", "item"].map((name) => g.input(name, "int64", [1]));
 * const p = g.constant(Float32Array.of(1)), q = g.constant(Float32Array.of(9, 8, 7));
 * const scores = mul(gather(p, user!), gather(q, item!)), symbolic = { user: ["n"], item: ["n"], scores: ["n"] };
 * const log = (item: number) => interactions({ users: [0], items: [item], userCount: 1, itemCount: 3 });
 * const bytes = encode(g, { scores }, { symbolic }), seen = catalogue(log(0));
 * const { metrics } = await rankModel(bytes, {}, seen, log(2), { metrics: ["mrr@2"] });
 * assert.equal(metrics["mrr@2"], 1 / 2); // the list is 1 2: item 0 was met
 * ```
 */
export async function rankModel(
  bytes: Uint8Array,
  options: UnderstandOptions,
  seen: Catalogue,
  held: Interactions,
  ranking: RankingOptions,
): Promise<Evaluation> {
  const { file, names } = understand(bytes, options);
  checkTables(file, names, seen);
  const inputOf = (name: string) => file.inputs.find((input) => input.name === name)!;
  const failed = (error: Error): never => {
    throw new TypeError(`Cannot rank by "${file.source}": onnxruntime cannot run it (${error.message})`, {
      cause: error,
    });
  };
  const [users, items] = [inputOf(names.users), inputOf(names.items)], model = await openModel(bytes).catch(failed);
  const scoresOf = async (user: number) => {
    const scores = new Float32Array(seen.items);
    for (let first = 0; first < seen.items; first += BLOCK) {
      const count = Math.min(BLOCK, seen.items - first);
      const found = (await model.run({
        [users.name]: fed(users, count, () => user),
        [items.name]: fed(items, count, (at) => first + at),
      }).catch(failed))[names.scores]!.data;
      if (found.length !== count) {
        throw new TypeError(
          `Cannot rank by "${file.source}": "${names.scores}" has ${found.length} elements for ${count} pairs`,
        );
      }
      if (found instanceof BigInt64Array) {
        throw new TypeError(
          `Cannot rank by "${file.source}": "${names.scores}" is int64; scores are float32, float16 or int32`,
        );
      }
      scores.set(found as Float32Array, first);
    }
    return scores;
  };
  try {
    return await rankBy(scoresOf, seen, held, ranking);
  } finally {
    await model.dispose();
  }
}

/** Ids as an input takes them: [count], and other axes of length 1. */
function fed({ dtype, dims }: FileInput, count: number, id: (at: number) => number): HostTensor {
  const ids = Array.from({ length: count }, (_, at) => id(at)),
    shape = [count, ...(dims ?? [""]).slice(1).map(() => 1)];
  if (dtype === "int64") return { dtype, shape, data: BigInt64Array.from(ids, BigInt) };
  return { dtype, shape, data: dtype === "float32" ? Float32Array.from(ids) : Int32Array.from(ids) };
}
