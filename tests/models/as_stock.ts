import assert from "node:assert/strict";
import { catalogue } from "../../datasets/catalogue.ts";
import { GraphBuilder } from "../../graphs/builder.ts";
import { readModel } from "../../graphs/model_file.ts";
import type { ExternalBackbone } from "../../models/external.ts";
import { type HostTensor, openModel } from "../../runtime/model.ts";
import type { Runtime } from "../../runtime/runtime.ts";
import { checkerboard } from "./checkerboard.ts";

const of = catalogue(checkerboard(12));

/** What Foil scores: rows by their own candidates, and by a pool that all share. */
export async function scored(
  runtime: Runtime,
  backbone: ExternalBackbone,
  users: readonly number[],
  items: readonly number[],
) {
  const graph = new GraphBuilder(), rows = users.length, count = items.length / rows;
  const seen = { ...of, users: Math.max(...users) + 1, items: Math.max(...items) + 1 };
  const encoder = backbone.build(graph, seen, { rows, users: graph.input("users", "int32", [rows]) });
  const own = encoder.score(encoder.query, encoder.items(graph.input("own", "int32", [rows, count])));
  const shared = encoder.score(encoder.query, encoder.items(graph.input("pool", "int32", [1, count])));
  const program = await runtime.compile(graph, { outputs: { scoresOfOwn: own, scoresOfShared: shared } });
  const { scoresOfOwn, scoresOfShared } = await program.run({
    users: Int32Array.from(users),
    own: Int32Array.from(items),
    pool: Int32Array.from(items.slice(0, count)),
  });
  await program.dispose();
  return { own: scoresOfOwn as Float32Array, shared: scoresOfShared as Float32Array };
}

/** What stock onnxruntime scores, pair by pair. */
export async function stock(
  bytes: Uint8Array,
  users: readonly number[],
  items: readonly number[],
): Promise<Float32Array> {
  const model = await openModel(bytes), file = readModel(bytes);
  const fed = (at: 0 | 1, ids: readonly number[]): [string, HostTensor] => {
    const { name, dtype, dims } = file.inputs[at]!, shape = [ids.length, ...dims!.slice(1).map(() => 1)];
    return [name, {
      dtype,
      shape,
      data: dtype === "int64" ? BigInt64Array.from(ids, BigInt) : Int32Array.from(ids),
    }];
  };
  const outputs = await model.run(Object.fromEntries([fed(0, users), fed(1, items)]));
  await model.dispose();
  return outputs[file.outputs[0]!.name]!.data as Float32Array;
}

/** That Foil's scores, by rows and from a shared pool, are those of stock onnxruntime on the file. */
export async function agrees(
  runtime: Runtime,
  backbone: ExternalBackbone,
  bytes: Uint8Array,
  users: readonly number[],
  items: readonly number[],
): Promise<void> {
  const { own, shared } = await scored(runtime, backbone, users, items), count = items.length / users.length;
  const each = users.flatMap((user) => Array.from({ length: count }, () => user));
  near(own, await stock(bytes, each, items));
  near(shared, await stock(bytes, each, users.flatMap(() => items.slice(0, count))));
}
/** That scores are `wanted`, which differ among themselves. */
export function near(found: Float32Array, wanted: ArrayLike<number>): void {
  assert.equal(found.length, wanted.length);
  assert(new Set(Array.from(wanted)).size > 1, "the scores differ");
  for (const [at, x] of found.entries()) assert(Math.abs(x - wanted[at]!) <= 1e-5, `${at}: ${x}, not ${wanted[at]}`);
}
