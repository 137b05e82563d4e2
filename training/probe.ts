import type { Catalogue } from "../datasets/catalogue.ts";
import { GraphBuilder, type Value } from "../graphs/builder.ts";
import type { TensorData } from "../graphs/tensor.ts";
import { type Asking, asking } from "../models/asking.ts";
import type { Backbone, Encoder } from "../models/backbone.ts";
import type { Program, Runtime } from "../runtime/runtime.ts";
import { neighbours } from "./neighbours.ts";
import type { Probe, Vectors } from "../samplers/sampler.ts";

/** Rows that a program computes at a time. */
const ROWS = 1024;
/** Most scores that a program computes at a time. */
const SCORES = 2 ** 18;

/** A {@link Probe} with the programs it has compiled. */
export interface OpenProbe extends Probe {
  dispose(): Promise<void>;
}

/** Reads the model that a runtime holds. Programs are compiled when they are first needed, one for each shape. */
export function openProbe(runtime: Runtime, backbone: Backbone, catalogue: Catalogue): OpenProbe {
  const programs = new Map<string, Promise<Compiled>>();
  const program = (key: string, rows: number, output: (encoder: Encoder, graph: GraphBuilder) => Value) => {
    const found = programs.get(key) ?? compiled(runtime, backbone, catalogue, rows, output);
    programs.set(key, found);
    return found;
  };
  return {
    async score(users, candidates) {
      const columns = candidates.length / users.length,
        rows = Math.max(1, Math.min(ROWS, Math.floor(SCORES / columns)));
      const { run, asked } = await program(
        `score ${columns}`,
        rows,
        ({ query, items, score }, graph) => score(query, items(graph.input("candidates", "int32", [rows, columns]))),
      );
      const scores = new Float32Array(candidates.length);
      for (const { from, count, feeds } of asked.pieces(users)) {
        const given = candidates.subarray(from * columns, (from + count) * columns);
        const found = await run({ ...feeds, candidates: padded(given, rows * columns) });
        scores.set(found.subarray(0, given.length), from * columns);
      }
      return scores;
    },
    async queries(users) {
      const { run, asked, shape } = await program("queries", ROWS, ({ query }) => query), found = vectors(users, shape);
      for (const { from, count, feeds, unknown } of asked.pieces(users)) {
        const rows = await run(feeds), { size } = found;
        for (const row of unknown) rows.fill(0, row * size, (row + 1) * size);
        found.data.set(rows.subarray(0, count * size), from * size);
      }
      return found;
    },
    async items(ids) {
      const { run, shape } = await program(
        "items",
        ROWS,
        ({ items }, graph) => items(graph.input("items", "int32", [ROWS])),
      );
      const found = vectors(ids, shape);
      for (let from = 0; from < ids.length; from += ROWS) {
        const rows = await run({ items: padded(ids.subarray(from, from + ROWS), ROWS) });
        found.data.set(rows.subarray(0, (ids.length - from) * found.size), from * found.size);
      }
      return found;
    },
    nearest: (given, width, count) => neighbours(runtime, given, width, count, 1),
    farthest: (given, width, count) => neighbours(runtime, given, width, count, -1),
    dispose: async () => {
      for (const each of programs.values()) await (await each).dispose();
    },
  };
}

interface Compiled {
  readonly asked: Asking;
  readonly shape: readonly number[];
  run(feeds: Readonly<Record<string, TensorData>>): Promise<Float32Array>;
  dispose(): Promise<void>;
}

async function compiled(
  runtime: Runtime,
  backbone: Backbone,
  catalogue: Catalogue,
  rows: number,
  output: (encoder: Encoder, graph: GraphBuilder) => Value,
): Promise<Compiled> {
  const graph = new GraphBuilder(), asked = asking(backbone, catalogue, rows);
  const encoder = backbone.build(graph, catalogue, asked.declare(graph));
  const value = output(encoder, graph),
    program: Program<"value"> = await runtime.compile(graph, { outputs: { value } });
  return {
    asked,
    shape: value.shape,
    run: async (feeds) => (await program.run(feeds)).value as Float32Array,
    dispose: () => program.dispose(),
  };
}

/** Space for the representations of `ids`, each of which has `size` floats. */
function vectors(ids: Int32Array, [, layers, width]: readonly number[]): Vectors & { readonly size: number } {
  const size = layers! * width!;
  return { layers: layers!, width: width!, size, data: new Float32Array(ids.length * size) };
}

/** `ids` filled up with id 0. */
function padded(ids: Int32Array, length: number): Int32Array {
  if (ids.length === length) return ids.slice();
  const all = new Int32Array(length);
  all.set(ids);
  return all;
}
