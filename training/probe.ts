import type { Catalogue } from "../datasets/catalogue.ts";
import { GraphBuilder, type Value } from "../graphs/builder.ts";
import type { TensorData } from "../graphs/tensor.ts";
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
      const { run } = await program(
        `score ${columns}`,
        rows,
        ({ query, items, score }, graph) => score(query, items(graph.input("candidates", "int32", [rows, columns]))),
      );
      const scores = new Float32Array(candidates.length);
      for (let first = 0; first < users.length; first += rows) {
        const given = candidates.subarray(first * columns, (first + rows) * columns);
        const found = await run({
          users: padded(users.subarray(first, first + rows), rows),
          candidates: padded(given, rows * columns),
        });
        scores.set(found.subarray(0, given.length), first * columns);
      }
      return scores;
    },
    queries: async (users) => await vectors(await program("queries", ROWS, ({ query }) => query), users, "users"),
    items: async (ids) =>
      await vectors(
        await program("items", ROWS, ({ items }, graph) => items(graph.input("items", "int32", [ROWS]))),
        ids,
        "items",
      ),
    nearest: (given, width, count) => neighbours(runtime, given, width, count, 1),
    farthest: (given, width, count) => neighbours(runtime, given, width, count, -1),
    dispose: async () => {
      for (const each of programs.values()) await (await each).dispose();
    },
  };
}

interface Compiled {
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
  const graph = new GraphBuilder();
  const encoder = backbone.build(graph, catalogue, { rows, users: graph.input("users", "int32", [rows]) });
  const value = output(encoder, graph),
    program: Program<"value"> = await runtime.compile(graph, { outputs: { value } });
  return {
    shape: value.shape,
    run: async (feeds) => (await program.run(feeds)).value as Float32Array,
    dispose: () => program.dispose(),
  };
}

/** Representations of all `ids`, block by block. */
async function vectors({ shape, run }: Compiled, ids: Int32Array, input: "users" | "items"): Promise<Vectors> {
  const [rows, layers, width] = shape as [number, number, number], data = new Float32Array(ids.length * layers * width);
  for (let first = 0; first < ids.length; first += rows) {
    const found = await run({ [input]: padded(ids.subarray(first, first + rows), rows) });
    data.set(found.subarray(0, Math.min(rows, ids.length - first) * layers * width), first * layers * width);
  }
  return { layers, width, data };
}

/** `ids` filled up with id 0. */
function padded(ids: Int32Array, length: number): Int32Array {
  if (ids.length === length) return ids.slice();
  const all = new Int32Array(length);
  all.set(ids);
  return all;
}
