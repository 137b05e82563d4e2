import type { Catalogue } from "../datasets/catalogue.ts";
import { namedIds } from "../datasets/ids.ts";
import { GraphBuilder, type Variable } from "../graphs/builder.ts";
import { sizeOf } from "../graphs/tensor.ts";
import { asking } from "../models/asking.ts";
import type { Backbone } from "../models/backbone.ts";
import { Rng } from "../random/rng.ts";
import type { SavedTensor } from "../runtime/runtime.ts";

/** A backbone on data: whose rows its tables have. */
export interface OnData {
  readonly backbone: Backbone;
  readonly catalogue: Catalogue;
  /** The original names behind dense ids. */
  readonly users: readonly string[];
  readonly items: readonly string[];
}

/** What a training run is to start from. */
export interface CarriedOver {
  /** For `initial` of a recipe: whole variables, whose rows without a past start as they would otherwise. */
  readonly weights: ReadonlyMap<string, SavedTensor>;
  /** The variables in it, and how many of their rows have a past. */
  readonly known: readonly { readonly name: string; readonly rows: number; readonly of: number }[];
  /** Variables that start as they would otherwise. */
  readonly fresh: readonly string[];
  /** Variables of the trained model that this one does not have. */
  readonly left: readonly string[];
}

/**
 * Weights of a trained model for the backbone of another run, on the same data or on others: rows of users, items and
 * attributes go by their names, other variables as they are. What has no past starts by `seed`, the runtime's.
 *
 * @throws TypeError where a variable has another width or shape than the trained one of its name, none has a past, or
 * there are not as many names as users and items.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { catalogue } from "../datasets/catalogue.ts";
 * import { interactions } from "../datasets/interactions.ts";
 * import { mf } from "../models/mf.ts";
 * import { carriedOver } from "./carried_over.ts";
 *
 * const of = catalogue(interactions({ users: [0], items: [0], userCount: 1, itemCount: 2 })), backbone = mf({ dim: 1 });
 * const weights = new Map([
 *   ["user", { shape: [1, 1], data: Float32Array.of(7) }],
 *   ["item", { shape: [2, 1], data: Float32Array.of(8, 9) }],
 * ]);
 * const before = { backbone, catalogue: of, users: ["ann"], items: ["tea", "milk"], weights };
 * const found = carriedOver(before, { backbone, catalogue: of, users: ["bob"], items: ["jam", "tea"] }, 0);
 * assert.deepEqual(found.known, [{ name: "user", rows: 0, of: 1 }, { name: "item", rows: 1, of: 2 }]);
 * assert.equal(found.weights.get("item")!.data[1], 8);
 * ```
 */
export function carriedOver(
  from: OnData & { readonly weights: ReadonlyMap<string, SavedTensor> },
  to: OnData,
  seed: number,
): CarriedOver {
  [from, to].forEach(checkNames);
  const before = variablesOf(from), weights = new Map<string, SavedTensor>(), fresh: string[] = [];
  const known: { name: string; rows: number; of: number }[] = [];
  for (const [name, variable] of variablesOf(to)) {
    const was = before.get(name), saved = from.weights.get(name);
    if (was && saved && saved.data.length !== sizeOf(was.shape)) {
      throw new TypeError(
        `Cannot start from these weights: their "${name}" has ${saved.data.length} numbers, where [${was.shape}] are`,
      );
    }
    const rows = was && saved && rowsBefore({ of: was, names: from }, { of: variable, names: to });
    if (!rows) {
      fresh.push(name);
      continue;
    }
    const { shape } = variable, count = rows.length, width = sizeOf(shape) / count;
    const data = variable.init(shape, new Rng(seed, name)).slice();
    rows.forEach((row, at) => row >= 0 && data.set(saved.data.subarray(row * width, (row + 1) * width), at * width));
    weights.set(name, { shape, data });
    known.push({ name, rows: rows.filter((row) => row >= 0).length, of: count });
  }
  const left = [...before.keys()].filter((name) => !weights.has(name) && !fresh.includes(name));
  if (known.some(({ rows }) => rows > 0)) return { weights, known, fresh, left };
  throw new TypeError(
    `Cannot start from these weights, of ${[...before.keys()].join(", ")}: ${
      known.length === 0 ? "the backbone has none of these variables" : "they know none of these users and items"
    }`,
  );
}

function checkNames({ catalogue, users, items }: OnData): void {
  for (const [what, names, count] of [["users", users, catalogue.users], ["items", items, catalogue.items]] as const) {
    if (names.length === count) continue;
    throw new TypeError(`Cannot start from other weights: there are ${names.length} names of ${count} ${what}`);
  }
}

/** The variables that a backbone ranks with. */
function variablesOf({ backbone, catalogue }: OnData): ReadonlyMap<string, Variable> {
  const graph = new GraphBuilder(),
    { query, items, score } = backbone.build(
      graph,
      catalogue,
      asking(backbone, catalogue, 1).declare(graph),
    );
  score(query, items(graph.constant(Int32Array.of(0), [1, 1]))); // some are declared when they are first used
  return graph.variables;
}

/** One of the two models' variables of a name. */
interface Side {
  readonly of: Variable;
  readonly names: OnData;
}

/** The row of `was` for each row of `is`, -1 where it has none; undefined where nobody can tell. */
function rowsBefore(was: Side, is: Side): Int32Array | undefined {
  const { name, shape } = is.of, [had = 1, ...width] = was.of.shape, [rows = 1, ...wanted] = shape;
  const names = namesOf(is), namesBefore = namesOf(was), matched = is.of.rowsOf !== null;
  if (`${width}` !== `${wanted}` || (!matched && had !== rows)) {
    throw new TypeError(
      `Cannot start from these weights: their "${name}" is [${was.of.shape}], the backbone's is [${shape}]${
        matched ? "; rows must be as wide as they were" : ""
      }`,
    );
  }
  if (!matched) return Int32Array.from({ length: rows }, (_, row) => row);
  if (!names || !namesBefore) return undefined;
  const ids = namedIds(namesBefore);
  return Int32Array.from({ length: rows }, (_, row) => row < names.length ? ids.indexOf(names[row]!) ?? -1 : -1);
}

/** What the first rows of a variable are called, where anybody knows. */
function namesOf({ of: { rowsOf }, names: { users, items } }: Side): readonly string[] | undefined {
  if (typeof rowsOf !== "string") return rowsOf ?? undefined;
  return rowsOf === "users" ? users : rowsOf === "items" ? items : undefined;
}
