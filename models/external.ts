import { GraphBuilder, type Value } from "../graphs/builder.ts";
import { isKnown, neededNodes } from "../graphs/inline.ts";
import { type Limits, type ModelFile, readModel } from "../graphs/model_file.ts";
import { reshape } from "../graphs/ops/shape.ts";
import type { Backbone } from "./backbone.ts";
import { type Cut, findCut } from "./external/cut.ts";
import { isInnerProduct } from "./external/inner_product.ts";
import { instantiate, joined } from "./external/instance.ts";
import { findNames, type GivenNames } from "./external/names.ts";
import { pairScore, type Widths } from "./external/pairs.ts";
import { type Parameter, parametersOf } from "./external/parameters.ts";
import { checkTables } from "./external/tables.ts";
import { dot } from "./scoring.ts";

export interface ExternalOptions extends GivenNames {
  /** What the file is called in errors. */
  readonly source?: string;
  /** Initialisers that stay as they are, by name; `*` stands for any characters. */
  readonly freeze?: readonly string[];
  /** How large the file may be. Default: 2 GiB and 20,000 nodes. */
  readonly limits?: Partial<Limits>;
}

/** A backbone out of a file, and how the file was understood. */
export interface ExternalBackbone extends Backbone {
  readonly file: ModelFile;
  readonly cut: Cut;
  /** Whether scores are inner products of the representations; else each pair is scored by itself. */
  readonly innerProduct: boolean;
  readonly parameters: readonly Parameter[];
}

/** Rows of the batch by which a file is looked at. */
const LOOKED_AT = 2;

/**
 * Any ONNX model that scores users and items as a backbone. It is cut into what represents a user, what represents an
 * item, and what scores the two; tensors that are not named are guessed. Its float32 initialisers start as the file has
 * them and are trained. A model without one seam (NeuMF) is cut at all of a side's last vectors, which are joined to one
 * representation.
 *
 * @throws TypeError where the file cannot be read, its parts are not obvious, or an op has no gradient (named with its
 * node).
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { GraphBuilder } from "../graphs/builder.ts";
 * import { encode } from "../graphs/encode.ts";
 * import { normal } from "../graphs/initializers.ts";
 * import { mul } from "../graphs/ops/arithmetic.ts";
 * import { gather } from "../graphs/ops/index.ts";
 * import { sum } from "../graphs/ops/reduce.ts";
 * import { external } from "./external.ts";
 *
 * const g = new GraphBuilder(), users = g.input("users", "int64", [1]), items = g.input("items", "int64", [1]);
 * const [p, q] = ["p", "q"].map((name) => g.variable(name, [9, 4], normal(0.1)));
 * const query = gather(p!, users), item = gather(q!, items);
 * const bytes = encode(g, { scores: sum(mul(query, item), [-1]), query, item }, {
 *   frozen: new Map([[p!, new Float32Array(36)], [q!, new Float32Array(36)]]),
 *   symbolic: { users: ["batch"], items: ["batch"] },
 * });
 * const { cut, innerProduct, parameters } = external(bytes);
 * assert.deepEqual([cut.queries, cut.itemsOf, innerProduct], [["query"], ["item"], true]);
 * assert.deepEqual(parameters.map(({ name, shape }) => [name, shape]), [["p", [9, 4]], ["q", [9, 4]]]);
 * ```
 */
export function external(bytes: Uint8Array, options: ExternalOptions = {}): ExternalBackbone {
  const { source = "model.onnx", freeze = [], limits } = options, file = readModel(bytes, source, limits);
  const names = findNames(file, options);
  const unknown = file.nodes.find((node) =>
    !isKnown(node.type) && neededNodes(file, () => false, [names.scores]).has(node)
  );
  if (unknown) {
    throw new TypeError(`Cannot train "${source}": no gradient for op "${unknown.type}" (node "${unknown.name}")`);
  }
  const cut = findCut(file, names), parameters = parametersOf(file, cut.scores, freeze);
  const { widths, innerProduct } = look(file, cut, parameters);
  return {
    file,
    cut,
    innerProduct,
    parameters,
    build(graph, catalogue, batch) {
      checkTables(file, cut, catalogue);
      const instance = instantiate(graph, file, cut, parameters);
      const encoder = {
        query: joined(instance.vectors("user", batch.users)),
        items: (ids: Value) => {
          const flat = joined(instance.vectors("item", ids)); // [n, 1, D]
          return reshape(flat, [...ids.shape, ...flat.shape.slice(1)]);
        },
      };
      return innerProduct ? { ...encoder, score: dot, dot: true } : {
        ...encoder,
        score: (query, items) => pairScore(file, cut, instance, widths, query, items),
      };
    },
  };
}

/** Builds a small batch of pairs, to see what its parts look like and that they fit. */
function look(file: ModelFile, cut: Cut, parameters: readonly Parameter[]): { widths: Widths; innerProduct: boolean } {
  const graph = new GraphBuilder(), instance = instantiate(graph, file, cut, parameters);
  const ids = (name: string) => graph.input(name, "int32", [LOOKED_AT]);
  const queries = instance.vectors("user", ids("users")), items = instance.vectors("item", ids("items"));
  const named = (tensors: readonly string[], values: readonly Value[]) =>
    tensors.map((name, at) => [name, values[at]!] as const);
  const given = new Map([...named(cut.queries, queries), ...named(cut.itemsOf, items)]);
  const scores = instance.part(LOOKED_AT, given, [cut.scores]).get(cut.scores)!;
  const single = queries.length === 1 && items.length === 1;
  return {
    widths: { queries: queries.map(({ shape }) => shape.slice(1)), items: items.map(({ shape }) => shape.slice(1)) },
    innerProduct: single && isInnerProduct(scores, queries[0]!, items[0]!),
  };
}
