import type { Catalogue } from "../datasets/catalogue.ts";
import { GraphBuilder } from "../graphs/builder.ts";
import type { Backbone } from "../models/backbone.ts";
import type { Runtime } from "../runtime/runtime.ts";

/** How large the blocks are in which scores are computed. */
export interface Blocks {
  /** Users at a time. */
  readonly rows: number;
  /** Items at a time. */
  readonly columns: number;
}

/**
 * Receives a block of scores, row-major [rows, columns], of items `first` and up. It may change them. Columns past the
 * last item score -Infinity.
 */
export type Visit = (scores: Float32Array, first: number) => void;

/**
 * Scores of the whole catalogue, block by block, with the model as it stands. Items are represented once, at `refresh`;
 * memory is a block of scores and one representation of every item.
 */
export interface Scorer {
  readonly blocks: Blocks;
  /** Represents the items anew; to be called after the model has changed. */
  refresh(): Promise<void>;
  /** Scores up to `blocks.rows` users against all items, in ascending blocks of items. Rows past the users are padding. */
  score(users: Int32Array, visit: Visit): Promise<void>;
  dispose(): Promise<void>;
}

/** Blocks that keep `bytes` of scores at a time. */
export function blocksFor(bytes: number, items: number): Blocks {
  const columns = Math.ceil(items / Math.ceil(items / 2048)),
    rows = Math.max(1, Math.min(256, Math.floor(bytes / (4 * columns))));
  return { rows, columns };
}

/** Compiles the three graphs of a backbone that scoring takes: queries, items, and scores of one against the other. */
export async function openScorer(
  runtime: Runtime,
  backbone: Backbone,
  catalogue: Catalogue,
  blocks: Blocks,
): Promise<Scorer> {
  const { rows, columns } = blocks, { items } = catalogue;
  const parts = buildParts(backbone, catalogue, blocks);
  const query = await runtime.compile(parts.query.graph, { outputs: { query: parts.query.output } });
  const item = await runtime.compile(parts.items.graph, { outputs: { items: parts.items.output } });
  const score = await runtime.compile(parts.score.graph, { outputs: { scores: parts.score.output } });
  let represented: Float32Array[] = [];
  const refresh = async () => {
    represented = [];
    for (let first = 0; first < items; first += columns) {
      const ids = Int32Array.from({ length: columns }, (_, at) => Math.min(first + at, items - 1));
      represented.push((await item.run({ ids })).items as Float32Array);
    }
  };
  return {
    blocks,
    refresh,
    async score(users, visit) {
      if (represented.length === 0) await refresh();
      const padded = new Int32Array(rows).fill(users[0] ?? 0);
      padded.set(users);
      const asked = (await query.run({ users: padded })).query;
      for (let block = 0; block < represented.length; block++) {
        const first = block * columns;
        const { scores } = await score.run({ query: asked!, items: represented[block]! });
        if (first + columns > items) blank(scores as Float32Array, columns, items - first);
        visit(scores as Float32Array, first);
      }
    },
    dispose: async () => {
      await Promise.all([query, item, score].map((program) => program.dispose()));
    },
  };
}

/** Takes the columns from `width` on out of a block. */
function blank(scores: Float32Array, columns: number, width: number): void {
  for (let row = 0; row < scores.length; row += columns) scores.fill(-Infinity, row + width, row + columns);
}

function buildParts(backbone: Backbone, catalogue: Catalogue, { rows, columns }: Blocks) {
  const build = () => {
    const graph = new GraphBuilder();
    const encoder = backbone.build(graph, catalogue, { rows, users: graph.input("users", "int32", [rows]) });
    return { graph, encoder };
  };
  const query = build(), items = build(), score = build();
  const represented = items.encoder.items(items.graph.input("ids", "int32", [columns])); // [N, L, D]
  const [layers, width] = represented.shape.slice(1) as [number, number];
  const asked = score.graph.input("query", "float32", query.encoder.query.shape);
  const pool = score.graph.input("items", "float32", [1, columns, layers, width]);
  return {
    query: { graph: query.graph, output: query.encoder.query },
    items: { graph: items.graph, output: represented },
    score: { graph: score.graph, output: score.encoder.score(asked, pool) },
  };
}
