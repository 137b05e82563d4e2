import type { Catalogue } from "../datasets/catalogue.ts";
import { GraphBuilder, type Value } from "../graphs/builder.ts";
import { encode } from "../graphs/encode.ts";
import { prune } from "../graphs/prune.ts";
import { sizeOf } from "../graphs/tensor.ts";
import { asking } from "../models/asking.ts";
import type { Backbone } from "../models/backbone.ts";
import { innerOf } from "../models/inner.ts";
import type { Runtime } from "../runtime/runtime.ts";
import { packed, PANEL } from "../runtime/product_kernel.ts";
import { type BlockScores, byProducts } from "./block_scores.ts";
import type { ScoringModel } from "./ranking_job.ts";
import type { Ways } from "./top_k.ts";
import { type Form, openRepresentations, pooled, type Side } from "./representations.ts";

/** How large the blocks are in which scores are computed. */
export interface Blocks {
  /** Users at a time. */
  readonly rows: number;
  /** Items at a time. */
  readonly columns: number;
}

/**
 * Receives a block of scores, row-major [rows, columns], of items `first` and up. It may change them. Columns past the
 * last item score -Infinity. Where there are faster ways over the block, they are `ways`.
 */
export type Visit = (scores: Float32Array, first: number, ways?: Ways) => void;

/**
 * Scores of the whole catalogue, block by block, with the model as it stands. Items are represented once, at `refresh`,
 * where their representations may be kept; else a block of items at a time, anew for each block of users.
 */
export interface Scorer {
  readonly blocks: Blocks;
  /** Represents the items anew, or has it done when they are scored; to be called after the model has changed. */
  refresh(): Promise<void>;
  /** Representations of up to `blocks.rows` users; rows past them are padding. */
  query(users: Int32Array): Promise<Float32Array>;
  /** How it scores by now, for others to score with: items are kept; `keep` says in what memory they are to be. */
  model(keep: (items: Float32Array) => Float32Array): Promise<ScoringModel>;
  /** Scores up to `blocks.rows` users against all items, in ascending blocks of items. Rows past the users are padding. */
  score(users: Int32Array, visit: Visit): Promise<void>;
  dispose(): Promise<void>;
}

/**
 * Blocks that keep `bytes` of scores at a time, or of what is computed `floats` wide for each score.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { blocksFor } from "./scorer.ts";
 *
 * const { rows, columns } = blocksFor(2 ** 20, 10_000);
 * assert.deepEqual([rows, columns, Math.ceil(10_000 / columns)], [78, 3336, 3]);
 * assert(4 * rows * columns <= 2 ** 20);
 * ```
 */
export function blocksFor(bytes: number, items: number, floats = 1): Blocks {
  const columns = Math.ceil(items / Math.ceil(items / 4096) / PANEL) * PANEL,
    rows = Math.max(1, Math.min(256, Math.floor(bytes / (4 * floats * columns))));
  return { rows, columns };
}

/**
 * The floats of the widest that a backbone computes for each score: 1 of inner products, a layer of a network over
 * pairs.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { catalogue } from "../datasets/catalogue.ts";
 * import { interactions } from "../datasets/interactions.ts";
 * import { mf } from "../models/mf.ts";
 * import { mlp } from "../models/mlp.ts";
 * import { floatsPerScore } from "./scorer.ts";
 *
 * const of = catalogue(interactions({ users: [0], items: [0], userCount: 9, itemCount: 9 }));
 * assert.equal(floatsPerScore(mf({ dim: 32 }), of), 1);
 * assert.equal(floatsPerScore(mlp({ dim: 8, hidden: "64-16" }), of), 64);
 * ```
 */
export function floatsPerScore(backbone: Backbone, catalogue: Catalogue): number {
  const size = 1024, { graph, outputs } = scoring(backbone, catalogue, { rows: size, columns: size });
  const sizes = prune(graph, [outputs.scores]).nodes.flatMap(({ outputs }) =>
    outputs.map(({ shape }) => sizeOf(shape))
  );
  return Math.ceil(sizes.reduce((most, each) => Math.max(most, each), 0) / size ** 2);
}

/** Bytes of the representations of all items. */
export function itemBytes(backbone: Backbone, catalogue: Catalogue): number {
  const { graph, vectors } = scoring(backbone, catalogue, { rows: 1, columns: 1 });
  const width = vectors?.shape.at(-1) ?? sizeOf(graph.inputs.get("items")!.shape);
  return width * catalogue.items * Float32Array.BYTES_PER_ELEMENT;
}

/**
 * Compiles the three graphs of a backbone that scoring takes: queries, items, and scores of one against the other.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { catalogue } from "../datasets/catalogue.ts";
 * import { interactions } from "../datasets/interactions.ts";
 * import { mf } from "../models/mf.ts";
 * import { openRuntime } from "../runtime/providers.ts";
 * import { blocksFor, openScorer } from "./scorer.ts";
 *
 * const of = catalogue(interactions({ users: [0], items: [0], userCount: 1, itemCount: 3 }));
 * const runtime = await openRuntime({ provider: "wasm" });
 * const scorer = await openScorer(runtime, mf({ dim: 1 }), of, blocksFor(2 ** 20, of.items));
 * await runtime.load(new Map([
 *   ["user", { shape: [1, 1], data: Float32Array.of(2) }],
 *   ["item", { shape: [3, 1], data: Float32Array.of(1, 2, 3) }],
 * ]));
 * const found: number[] = [];
 * await scorer.score(Int32Array.of(0), (scores) => found.push(...scores.subarray(0, 4))); // one block of 8 columns
 * assert.deepEqual(found, [2, 4, 6, -Infinity]);
 * await runtime.dispose();
 * ```
 */
export async function openScorer(
  runtime: Runtime,
  backbone: Backbone,
  catalogue: Catalogue,
  blocks: Blocks,
  { keeps = true } = {},
): Promise<Scorer> {
  const { rows, columns } = blocks, { items } = catalogue;
  const { graph, outputs, vectors } = scoring(backbone, catalogue, blocks);
  // on the CPU inner products are taken here: half the time of a session, which also copies what it takes and gives
  const product = runtime.provider !== "webgpu" && vectors && columns % PANEL === 0
    ? { rows, columns, width: vectors.shape.at(-1)! }
    : null;
  const side = (of: Side, size: number) =>
    openRepresentations(runtime, backbone, catalogue, of, { size, total: catalogue[of] }, product ? inner : pooled);
  const query = await side("users", rows), item = await side("items", columns);
  const scores = product ? byProducts(product) : await byProgram(runtime, graph, outputs);
  const firsts = Array.from({ length: Math.ceil(items / columns) }, (_, block) => block * columns);
  const represented = async (first: number) => {
    const block = await item.of(Int32Array.from({ length: Math.min(columns, items - first) }, (_, at) => first + at));
    return product ? packed(block, product.width) : block;
  };
  let kept: Float32Array[] = [];
  const refresh = async () => {
    query.refresh();
    item.refresh();
    kept = [];
    if (keeps) { for (const first of firsts) kept.push(await represented(first)); }
  };
  const given = (keep: (items: Float32Array) => Float32Array) => {
    kept.forEach((block, at) => kept[at] = keep(block)); // one by one: they are not all there twice
    return kept;
  };
  return {
    blocks,
    refresh,
    query: query.of,
    async model(keep) {
      if (product) return { by: product, items: given(keep) };
      const needed = prune(graph, [outputs.scores]).leaves.filter((leaf) => graph.variables.has(leaf.name));
      const names = new Set(needed.map(({ name }) => name)), saved = await runtime.save((name) => names.has(name));
      const frozen = new Map(needed.map((variable) => [variable, saved.get(variable.name)!.data as Float32Array]));
      const shapeOf = (name: string) => graph.inputs.get(name)!.shape;
      return {
        by: {
          bytes: encode(graph, outputs, { frozen }),
          shapes: { query: shapeOf("query"), items: shapeOf("items") },
        },
        items: given(keep),
      };
    },
    async score(users, visit) {
      if (keeps && kept.length === 0) await refresh();
      const asked = await query.of(users);
      for (const [block, first] of firsts.entries()) {
        const found = await scores.of(asked, kept[block] ?? await represented(first));
        if (first + columns > items) blank(found, columns, items - first);
        visit(found, first, scores.ways);
      }
    },
    dispose: async () => {
      await Promise.all([query, item, scores].map((program) => program.dispose()));
    },
  };
}

async function byProgram(
  runtime: Runtime,
  graph: GraphBuilder,
  outputs: { readonly scores: Value },
): Promise<BlockScores> {
  const { run, dispose } = await runtime.compile(graph, { outputs });
  return { of: async (query, items) => (await run({ query, items })).scores as Float32Array, dispose };
}

/** Takes the columns from `width` on out of a block. */
export function blank(scores: Float32Array, columns: number, width: number): void {
  for (let row = 0; row < scores.length; row += columns) scores.fill(-Infinity, row + width, row + columns);
}

/** The vectors that scores are inner products of. */
const inner: Form = (encoder, x) => innerOf(encoder)!(x);

/** The graph that scores representations, what it gives, and the queries' vectors where it gives inner products of those. */
function scoring(backbone: Backbone, catalogue: Catalogue, { rows, columns }: Blocks) {
  const graph = new GraphBuilder();
  const encoder = backbone.build(graph, catalogue, asking(backbone, catalogue, rows).declare(graph));
  const given = (name: string, x: Value) => graph.input(name, "float32", (encoder.pool?.(x) ?? x).shape);
  const query = given("query", encoder.query);
  const items = given("items", encoder.items(graph.input("ids", "int32", [1, columns])));
  return { graph, outputs: { scores: encoder.score(query, items) }, vectors: innerOf(encoder)?.(encoder.query) };
}
