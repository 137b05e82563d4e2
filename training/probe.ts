import type { Catalogue } from "../datasets/catalogue.ts";
import { type Form, openRepresentations, type Representations, type Side } from "../evaluation/representations.ts";
import { GraphBuilder } from "../graphs/builder.ts";
import { type Asking, asking } from "../models/asking.ts";
import type { Backbone } from "../models/backbone.ts";
import { holdsExact } from "../models/coordinates.ts";
import { pointOf } from "../models/point.ts";
import type { Program, Runtime } from "../runtime/runtime.ts";
import type { Probe, Vectors } from "../samplers/sampler.ts";
import { noVectors } from "./vectors_only.ts";
import { neighbours } from "./neighbours.ts";

/** Rows that a program computes at a time, where there are so many users or items. */
const ROWS = 1024;
/** Most scores that a program computes at a time. */
const SCORES = 2 ** 18;

/** A {@link Probe} with the programs it has compiled. */
export interface OpenProbe extends Probe {
  dispose(): Promise<void>;
}

/** Reads the model that a runtime holds. Programs are compiled when they are first needed, one for each shape. */
export function openProbe(runtime: Runtime, backbone: Backbone, catalogue: Catalogue): OpenProbe {
  const sides = new Map<string, Promise<Representations>>(), scorings = new Map<string, Promise<Scoring>>();
  /** As the model stands: what is propagated is so once for all ids. */
  const represent = async (what: "wholes" | "points", side: Side, ids: Int32Array): Promise<Vectors> => {
    const total = catalogue[side], size = Math.min(ROWS, total), key = `${what} of ${side}`;
    const form: Form = (encoder, x) => {
      // what is no vector is left out of items' points alone
      if ((what === "wholes" || side === "users") && holdsExact(encoder.coordinates)) throw noVectors("this sampler");
      return what === "points" ? pointOf(encoder)(x) : x;
    };
    const opened = sides.get(key) ?? openRepresentations(runtime, backbone, catalogue, side, { size, total }, form);
    sides.set(key, opened);
    const { shape: [, layers, width], of, refresh } = await opened, each = layers! * width!;
    const data = new Float32Array(ids.length * each);
    for (let from = 0; from < ids.length; from += size) {
      const some = ids.subarray(from, from + size);
      data.set((await of(some)).subarray(0, some.length * each), from * each);
    }
    refresh();
    return { layers: layers!, width: width!, data };
  };
  return {
    async score(users, candidates) {
      if (users.length === 0) return new Float32Array(); // of whom there is none, there is no shape to compile for
      const columns = candidates.length / users.length, most = 2 ** Math.ceil(Math.log2(users.length));
      const size = Math.max(1, Math.min(ROWS, most, catalogue.users, Math.floor(SCORES / columns)));
      const shape = `${size} x ${columns}`;
      const opened = scorings.get(shape) ?? openScoring(runtime, backbone, catalogue, size, columns);
      scorings.set(shape, opened);
      const { rows, asked, program } = await opened, scores = new Float32Array(candidates.length);
      for (const { from, count, feeds } of asked.pieces(users)) {
        const given = candidates.subarray(from * columns, (from + count) * columns);
        const { found } = await program.run({ ...feeds, candidates: padded(given, rows * columns) });
        scores.set((found as Float32Array).subarray(0, given.length), from * columns);
      }
      return scores;
    },
    queries: (users) => represent("wholes", "users", users),
    items: (ids) => represent("wholes", "items", ids),
    points: (ids, of = "items") => represent("points", of, ids),
    nearest: (given, width, count) => neighbours(runtime, given, width, count, 1),
    farthest: (given, width, count) => neighbours(runtime, given, width, count, -1),
    async dispose() {
      for (const each of sides.values()) await (await each).dispose();
      for (const each of scorings.values()) await (await each).program.dispose();
    },
  };
}

/** Scores of as many candidates for each of some users. */
interface Scoring {
  readonly rows: number;
  readonly asked: Asking;
  readonly program: Program<"found">;
}

async function openScoring(
  runtime: Runtime,
  backbone: Backbone,
  catalogue: Catalogue,
  rows: number,
  columns: number,
): Promise<Scoring> {
  const graph = new GraphBuilder(), asked = asking(backbone, catalogue, rows);
  const { query, items, score } = backbone.build(graph, catalogue, asked.declare(graph));
  const found = score(query, items(graph.input("candidates", "int32", [rows, columns]))); // [rows, columns]
  return { rows, asked, program: await runtime.compile(graph, { outputs: { found } }) };
}

/** `ids` filled up with id 0. */
function padded(ids: Int32Array, length: number): Int32Array {
  if (ids.length === length) return ids.slice();
  const all = new Int32Array(length);
  all.set(ids);
  return all;
}
