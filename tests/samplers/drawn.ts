import { type Batch, batchAt } from "../../datasets/batching.ts";
import { type Catalogue, catalogue } from "../../datasets/catalogue.ts";
import type { Metadata } from "../../datasets/metadata.ts";
import { interactions } from "../../datasets/interactions.ts";
import { SeenItems } from "../../datasets/negatives.ts";
import { GraphBuilder, type Value } from "../../graphs/builder.ts";
import { sizeOf, type TensorData } from "../../graphs/tensor.ts";
import { gather } from "../../graphs/ops/index.ts";
import { expand, reshape } from "../../graphs/ops/shape.ts";
import { softplus } from "../../graphs/ops/activation.ts";
import { mul, sub } from "../../graphs/ops/arithmetic.ts";
import { mean } from "../../graphs/ops/reduce.ts";
import { Rng } from "../../random/rng.ts";
import type { Runtime } from "../../runtime/runtime.ts";
import type { Draw, Feed, Neighbours, Policy, Probe, Proposed, Sampler, Step } from "../../samplers/sampler.ts";
import { proposedInput } from "../../training/step.ts";

/** A catalogue in which user u has met the items `met[u]`, repeats counting for popularity. */
export const catalogueWhere = (
  met: readonly (readonly number[])[],
  items: number,
  metadata: Metadata = {},
): Catalogue =>
  catalogue(
    interactions({
      users: met.flatMap((of, user) => of.map(() => user)),
      items: met.flat(),
      userCount: met.length,
      itemCount: items,
    }),
    metadata,
  );

/** What `policy` opens for data `of` and batches of `rows`; what is never drawn are the pairs `excluded`. */
export const opened = <K extends string>(
  policy: Policy<K>,
  of: Catalogue,
  rows = 1,
  epochs = 10,
  excluded = of,
): Sampler<K> => policy({ catalogue: of, seen: new SeenItems(excluded), rows, epochs });

/** A probe of no model: every score and every coordinate is what `score` says of user and item. */
export const stubProbe = (score: (user: number, item: number) => number): Probe => ({
  score: (users, candidates) => {
    const columns = candidates.length / users.length;
    return Promise.resolve(Float32Array.from(candidates, (item, at) => score(users[Math.floor(at / columns)]!, item)));
  },
  queries: (users) => Promise.resolve({ layers: 1, width: 1, data: Float32Array.from(users, () => 1) }),
  items: (ids) => Promise.resolve({ layers: 1, width: 1, data: Float32Array.from(ids, (item) => score(0, item)) }),
  points: (ids) => Promise.resolve({ layers: 1, width: 1, data: Float32Array.from(ids, (item) => score(0, item)) }),
  nearest: (vectors, width, count) => Promise.resolve(neighboursOf(vectors, width, count, 1)),
  farthest: (vectors, width, count) => Promise.resolve(neighboursOf(vectors, width, count, -1)),
});

/** Neighbours by cosine, by sorting; ties take the lowest position. */
function neighboursOf(vectors: Float32Array, width: number, count: number, sign: 1 | -1): Neighbours {
  const rows = Array.from(
    { length: vectors.length / width },
    (_, at) => vectors.subarray(at * width, (at + 1) * width),
  );
  const dot = (a: Float32Array, b: Float32Array) => a.reduce((sum, x, at) => sum + x * b[at]!, 0);
  const cosine = (a: Float32Array, b: Float32Array) => dot(a, b) / Math.max(1e-12, Math.sqrt(dot(a, a) * dot(b, b)));
  const found = rows.map((a, self) =>
    rows.map((b, id) => ({ id, cosine: cosine(a, b) })).filter(({ id }) => id !== self)
      .sort((a, b) => sign * (b.cosine - a.cosine) || a.id - b.id).slice(0, count)
  ).flat();
  return { ids: Int32Array.from(found, ({ id }) => id), cosines: Float32Array.from(found, ({ cosine }) => cosine) };
}

/** The host's side of a step in epoch `epoch`; the model scores by `probe`, 0 unless given. */
export const drawIn = (
  of: Catalogue,
  { seed = 1, epoch = 0, probe = stubProbe(() => 0), excluded = of, distinct = false } = {},
): Draw => ({
  catalogue: of,
  seen: new SeenItems(excluded, distinct),
  rng: new Rng(seed, "sampler"),
  epoch,
  probe,
});

/** A batch of `rows` interactions of one user with item 0. */
export const batchOf = (user: number, rows: number, first = 0): Batch => ({
  rows,
  first,
  users: new Int32Array(rows).fill(user),
  positives: new Int32Array(rows),
});

/** What is proposed as `name`, [R, columns], for each of `users` in turn, in batches of `size`. */
export async function proposals<K extends string>(
  policy: Policy<K>,
  draw: Draw,
  users: Int32Array,
  size: number,
  name: NoInfer<K>,
): Promise<number[]> {
  const sampler = opened(policy, draw.catalogue, size), fed = sampler.proposes[name];
  const columns = typeof fed === "number" ? fed : fed.shape.at(-1)!;
  await sampler.beginEpoch?.(draw);
  const order = Int32Array.from(users, (_, at) => at), found: number[] = [];
  for (let index = 0; index * size < users.length; index++) {
    const batch = batchAt({ users, items: users }, order, index, { size, dropLast: false });
    found.push(...((await sampler.propose(batch, draw))[name] as Int32Array).subarray(0, batch.rows * columns));
  }
  return found;
}

/** What `select` makes of what was proposed under a stub model: item i scores `scores[i]` for everyone. */
export interface Selector {
  (proposed: Proposed, scores: ArrayLike<number>, positives?: ArrayLike<number>): Promise<{
    readonly ids: Int32Array;
    readonly logQ: Float32Array;
    readonly weight: Float32Array;
    readonly positiveWeight: Float32Array;
    readonly mask: Float32Array;
  }>;
}

/**
 * Compiles `select` for `rows` rows of user 0 (or of `users`); its query is 1 and items are [.., 1, 1], their scores;
 * what a user is in every domain is `shared`, where that is given, and scores are multiplied by it.
 * Positives are item 0, with the scores given. Noise is fed from a stream of `seed`, afresh at each call.
 */
export async function selector<K extends string>(
  runtime: Runtime,
  policy: Policy<K>,
  of: Catalogue,
  rows: number,
  { users = new Int32Array(rows), epoch = 0, epochs = 10, seed = 1, shared, excluded = of }: {
    readonly users?: Int32Array;
    readonly epoch?: number;
    readonly epochs?: number;
    readonly seed?: number;
    readonly shared?: number;
    readonly excluded?: Catalogue;
  } = {},
): Promise<Selector> {
  const graph = new GraphBuilder(), table = graph.input("scores", "float32", [of.items, 1, 1]);
  const sampler = opened(policy, of, rows, epochs, excluded);
  const queries = (x: number) => graph.constant(new Float32Array(rows).fill(x), [rows, 1, 1]), query = queries(1);
  const score = (x: Value, from = query) => {
    const own = reshape(x, [x.shape[0]!, x.shape[1]!]),
      flat = from === query ? own : mul(own, reshape(from, [rows, 1])); // [R|1, N]
    return flat.shape[0] === rows ? flat : expand(flat, [rows, x.shape[1]!]);
  };
  const step: Step = {
    graph,
    rows,
    catalogue: of,
    query,
    ...shared !== undefined && { shared: queries(shared) },
    positive: graph.input("positive", "float32", [rows, 1, 1, 1]),
    positiveIds: graph.input("positiveIds", "int32", [rows, 1]),
    userIds: graph.input("users", "int32", [rows]),
    epoch: graph.input("epoch", "float32", []),
    items: (ids) => gather(table, ids),
    point: (x) => x,
    score,
    dot: true,
    loss: (positive, negative) => mean(softplus(sub(negative, positive))),
  };
  const proposed = Object.fromEntries(
    Object.entries<number | Feed>(sampler.proposes).map(([name, feed]) => [
      name,
      typeof feed === "number"
        ? graph.input(proposedInput(name), "int32", [rows, feed])
        : graph.input(proposedInput(name), feed.dtype, feed.shape),
    ]),
  );
  const found = sampler.select(step, proposed as Record<K, Value>);
  if ("objective" in found) throw new TypeError("Cannot select: the policy has an objective of its own");
  const { ids, logQ, weight, positiveWeight, mask } = found;
  const outputs: Record<string, Value> = {
    ...ids && { ids },
    ...logQ && { logQ },
    ...weight && { weight },
    ...positiveWeight && { positiveWeight },
    ...mask && { mask },
  };
  const program = await runtime.compile(graph, { outputs }), noise = new Rng(seed, "noise");
  return async (given, scores, positives = new Float32Array(rows)) =>
    await program.run({
      scores: Float32Array.from(scores),
      positive: Float32Array.from(positives),
      positiveIds: new Int32Array(rows),
      users,
      epoch: Float32Array.of(epoch),
      ...Object.fromEntries(
        [...graph.noises.values()].map(({ name, shape }) => [
          name,
          Float32Array.from({ length: sizeOf(shape) }, () => (noise.next() >>> 8) / 2 ** 24),
        ]),
      ),
      ...Object.fromEntries(Object.entries<TensorData>(given).map(([name, fed]) => [proposedInput(name), fed])),
    }) as unknown as Awaited<ReturnType<Selector>>;
}
