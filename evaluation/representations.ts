import type { Catalogue } from "../datasets/catalogue.ts";
import { GraphBuilder, type Value } from "../graphs/builder.ts";
import { settled } from "../graphs/settled.ts";
import { type Shape, sizeOf } from "../graphs/tensor.ts";
import type { Backbone, Encoder } from "../models/backbone.ts";
import type { Runtime } from "../runtime/runtime.ts";

/** Representations of one side, users or items, `size` ids at a time. */
export interface Representations {
  /** Of what {@link of} gives: [size, L, D]. */
  readonly shape: Shape;
  /** Representations of up to `size` ids; rows past them are padding. */
  of(ids: Int32Array): Promise<Float32Array>;
  /** To be called after the model has changed. */
  refresh(): void;
  dispose(): Promise<void>;
}

/** Which side: the ids are given as users and as items. */
export type Side = (encoder: Encoder, ids: Value) => Value;
export const queries: Side = ({ query }) => query;
export const items: Side = (encoder, ids) => encoder.items(ids);

/**
 * Compiles what represents one side of a backbone. Where part of it needs no id (a propagation over the graph), all
 * `total` ids are represented by the first call and kept until `refresh`, so that that part runs once.
 */
export async function openRepresentations(
  runtime: Runtime,
  backbone: Backbone,
  catalogue: Catalogue,
  side: Side,
  { size, total }: { readonly size: number; readonly total: number },
): Promise<Representations> {
  const build = (count: number) => {
    const graph = new GraphBuilder(), ids = graph.input("ids", "int32", [count]);
    const encoder = backbone.build(graph, catalogue, { rows: count, users: ids });
    const found = side(encoder, ids); // [count, L, D]
    return { graph, output: encoder.pool?.(found) ?? found };
  };
  const one = build(size), atOnce = settled([one.output]).length > 0, { graph, output } = atOnce ? build(total) : one;
  const program = await runtime.compile(graph, { outputs: { output } });
  const run = async (ids: Int32Array) => (await program.run({ ids })).output as Float32Array;
  const { shape } = one.output, row = sizeOf(shape) / size;
  let all: Promise<Float32Array> | null = null;
  return {
    shape,
    async of(ids) {
      if (!atOnce) return await run(Int32Array.from({ length: size }, (_, at) => ids[at] ?? ids[0] ?? 0));
      const table = await (all ??= run(Int32Array.from({ length: total }, (_, id) => id)));
      const found = new Float32Array(sizeOf(shape));
      ids.forEach((id, at) => found.set(table.subarray(id * row, (id + 1) * row), at * row));
      return found;
    },
    refresh: () => all = null,
    dispose: program.dispose,
  };
}
