import { type Batch, batchAt } from "../../datasets/batching.ts";
import { type Catalogue, catalogue } from "../../datasets/catalogue.ts";
import { interactions } from "../../datasets/interactions.ts";
import { SeenItems } from "../../datasets/negatives.ts";
import { GraphBuilder, type Value } from "../../graphs/builder.ts";
import { gather } from "../../graphs/ops/index.ts";
import { reshape } from "../../graphs/ops/shape.ts";
import { Rng } from "../../random/rng.ts";
import type { Runtime } from "../../runtime/runtime.ts";
import type { Draw, Ids, Sampler, Step } from "../../samplers/sampler.ts";
import { proposedInput } from "../../training/step.ts";

/** A catalogue in which user u has met the items `met[u]`, repeats counting for popularity. */
export const catalogueWhere = (met: readonly (readonly number[])[], items: number): Catalogue =>
  catalogue(interactions({
    users: met.flatMap((of, user) => of.map(() => user)),
    items: met.flat(),
    userCount: met.length,
    itemCount: items,
  }));

/** The host's side of a step in epoch `epoch`. */
export const drawIn = (of: Catalogue, { seed = 1, epoch = 0 } = {}): Draw => ({
  catalogue: of,
  seen: new SeenItems(of),
  rng: new Rng(seed, "sampler"),
  epoch,
});

/** A batch of `rows` interactions of one user with item 0. */
export const batchOf = (user: number, rows: number, first = 0): Batch => ({
  rows,
  first,
  users: new Int32Array(rows).fill(user),
  positives: new Int32Array(rows),
});

/** What is proposed for each of `users` in turn, in batches of `size`. */
export async function proposals<K extends string>(
  sampler: Sampler<K>,
  draw: Draw,
  users: Int32Array,
  size: number,
  name: NoInfer<K>,
): Promise<number[]> {
  const order = Int32Array.from(users, (_, at) => at), columns = sampler.proposes[name], found: number[] = [];
  for (let index = 0; index * size < users.length; index++) {
    const batch = batchAt({ users, items: users }, order, index, { size, dropLast: false });
    found.push(...(await sampler.propose(batch, draw))[name].subarray(0, batch.rows * columns));
  }
  return found;
}

/** What `select` makes of proposed ids under a stub model: item i scores `scores[i]` for everyone. */
export interface Selector {
  (proposed: Ids, scores: ArrayLike<number>, positives?: ArrayLike<number>): Promise<{
    readonly ids: Int32Array;
    readonly logQ: Float32Array;
  }>;
}

/** Compiles `select` for `rows` rows of user 0 (or of `users`); its query is 1 and items are [.., 1, 1], their scores. */
export async function selector<K extends string>(
  runtime: Runtime,
  sampler: Sampler<K>,
  of: Catalogue,
  rows: number,
  users = new Int32Array(rows),
): Promise<Selector> {
  const graph = new GraphBuilder(), table = graph.input("scores", "float32", [of.items, 1, 1]);
  const score = (x: Value) => reshape(x, [rows, x.shape[1]!]);
  const step: Step = {
    graph,
    rows,
    catalogue: of,
    query: graph.constant(new Float32Array(rows).fill(1), [rows, 1, 1]),
    positive: graph.input("positive", "float32", [rows, 1, 1, 1]),
    positiveIds: graph.input("positiveIds", "int32", [rows, 1]),
    userIds: graph.input("users", "int32", [rows]),
    epoch: graph.input("epoch", "float32", []),
    items: (ids) => gather(table, ids),
    score,
  };
  const columns = Object.entries<number>(sampler.proposes) as [K, number][];
  const proposed = Object.fromEntries(
    columns.map(([name, width]) => [name, graph.input(proposedInput(name), "int32", [rows, width])]),
  );
  const { ids, logQ } = sampler.select(step, proposed as Record<K, Value>);
  const outputs: Record<string, Value> = { ids: ids!, ...(logQ && { logQ }) };
  const program = await runtime.compile(graph, { outputs });
  return async (given, scores, positives = new Float32Array(rows)) =>
    await program.run({
      scores: Float32Array.from(scores),
      positive: Float32Array.from(positives),
      positiveIds: new Int32Array(rows),
      users,
      epoch: Float32Array.of(0),
      ...Object.fromEntries(Object.entries(given).map(([name, ids]) => [proposedInput(name), ids])),
    }) as unknown as { ids: Int32Array; logQ: Float32Array };
}
