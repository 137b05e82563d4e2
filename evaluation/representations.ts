import type { Catalogue } from "../datasets/catalogue.ts";
import { idsBelow } from "../datasets/ids_below.ts";
import { GraphBuilder, type Value } from "../graphs/builder.ts";
import { settled } from "../graphs/settled.ts";
import { type Shape, sizeOf } from "../graphs/tensor.ts";
import { asking } from "../models/asking.ts";
import type { Backbone, Encoder } from "../models/backbone.ts";
import type { Feeds, Runtime } from "../runtime/runtime.ts";

/** Representations of one side, users or items, `size` ids at a time. */
export interface Representations {
  /** Of what {@link of} gives: [size, L, D], or what `form` makes of it. */
  readonly shape: Shape;
  /** Representations of up to `size` ids; rows past them are padding. */
  of(ids: Int32Array): Promise<Float32Array>;
  /** To be called after the model has changed. */
  refresh(): void;
  dispose(): Promise<void>;
}

/** What is made of representations, [count, L, D] -> [count, L', D']. */
export type Form = (encoder: Encoder, x: Value) => Value;
/** As short as scoring needs them. */
export const pooled: Form = (encoder, x) => encoder.pool?.(x) ?? x;

/** Which side the ids are of. */
export type Side = "users" | "items";

/**
 * Compiles what represents one side of a backbone. Where part of it needs no id (a propagation over the graph), all
 * `total` ids are represented by the first call and kept until `refresh`, so that that part runs once. A user without a
 * history, where that is what the backbone reads, is represented by zeros. `form` says what is made of representations; by
 * default, what scoring needs.
 */
export async function openRepresentations(
  runtime: Runtime,
  backbone: Backbone,
  catalogue: Catalogue,
  side: Side,
  { size, total }: { readonly size: number; readonly total: number },
  form: Form = pooled,
): Promise<Representations> {
  const build = (count: number) => {
    const graph = new GraphBuilder(), asked = asking(backbone, catalogue, count);
    const encoder = backbone.build(graph, catalogue, asked.declare(graph));
    const found = side === "users" ? encoder.query : encoder.items(graph.input("ids", "int32", [count])); // [count, L, D]
    return { graph, asked, output: form(encoder, found) };
  };
  const one = build(size),
    atOnce = settled([one.output]).length > 0,
    { graph, asked, output } = atOnce ? build(total) : one;
  const program = await runtime.compile(graph, { outputs: { output } });
  const { shape } = one.output, row = sizeOf(shape) / size;
  const run = async (feeds: Feeds) => (await program.run(feeds)).output as Float32Array;
  const runFor = async (ids: Int32Array) => {
    if (side === "items") return await run({ ids });
    const found = new Float32Array(ids.length * row);
    for (const { from, count, feeds, unknown } of asked.pieces(ids)) {
      const rows = (await run(feeds)).subarray(0, count * row);
      for (const each of unknown) rows.fill(0, each * row, (each + 1) * row);
      found.set(rows, from * row);
    }
    return found;
  };
  let all: Promise<Float32Array> | null = null;
  return {
    shape,
    async of(ids) {
      if (!atOnce) return await runFor(Int32Array.from({ length: size }, (_, at) => ids[at] ?? ids[0] ?? 0));
      const table = await (all ??= runFor(idsBelow(total)));
      const found = new Float32Array(sizeOf(shape));
      ids.forEach((id, at) => found.set(table.subarray(id * row, (id + 1) * row), at * row));
      return found;
    },
    refresh: () => all = null,
    dispose: program.dispose,
  };
}
