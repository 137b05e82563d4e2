import type { Value } from "../graphs/builder.ts";
import { patch } from "../graphs/patch.ts";
import { reshape } from "../graphs/ops/shape.ts";
import type { Backbone } from "./backbone.ts";
import { instantiate, joined } from "./external/instance.ts";
import { pairScore } from "./external/pairs.ts";
import { checkTrained, variableName } from "./external/parameters.ts";
import { seamText } from "./external/seam_text.ts";
import { type Seam, understand, type Understanding, type UnderstandOptions } from "./external/understand.ts";
import { checkTables } from "./external/tables.ts";
import { coordinatesOf } from "./external/widths.ts";
import { dot } from "./scoring.ts";

/** How a file is to be read: `query`, `item`, `scores` and `inputs` name its tensors where that is not obvious. */
export type ExternalOptions = UnderstandOptions;

/** A backbone out of a file, and how the file was understood. */
export interface ExternalBackbone
  extends Backbone, Pick<Understanding, "file" | "parameters">, Pick<Seam, "cut" | "innerProduct"> {
  /** The file with trained weights: the same inputs, nodes and outputs, for whatever ran the file before. */
  written(weights: ReadonlyMap<string, { readonly data: Float32Array }>): Uint8Array;
}

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
 * const trained = parameters.filter(({ kept }) => !kept);
 * assert.deepEqual(trained.map(({ name, shape }) => [name, shape]), [["p", [9, 4]], ["q", [9, 4]]]);
 * ```
 */
export function external(bytes: Uint8Array, options: ExternalOptions = {}): ExternalBackbone {
  const { file, names, parameters, seam } = understand(bytes, options);
  if (seam instanceof TypeError) throw seam;
  const { cut, widths, innerProduct } = seam, coordinates = coordinatesOf(widths);
  return {
    file,
    parameters,
    cut,
    innerProduct,
    notes: seamText(names, seam),
    build(graph, catalogue, batch) {
      checkTables(file, cut, catalogue);
      if (batch.training) checkTrained(file, parameters);
      const instance = instantiate(graph, file, cut, parameters, catalogue);
      const encoder = {
        ...coordinates && { coordinates },
        query: joined(instance.vectors("user", batch.users), widths.dim),
        items: (ids: Value) => {
          const flat = joined(instance.vectors("item", ids), widths.dim); // [n, 1, D]
          return reshape(flat, [...ids.shape, ...flat.shape.slice(1)]);
        },
      };
      return innerProduct ? { ...encoder, score: dot, dot: true } : {
        ...encoder,
        score: (query, items) => pairScore(file, cut, instance, widths, query, items),
      };
    },
    written(weights) {
      const trained = parameters.filter(({ kept }) => kept === undefined).map(({ name }) => {
        const found = weights.get(variableName(name));
        if (found) return [name, found.data] as const;
        throw new TypeError(`Cannot write "${file.source}": the weights have no "${variableName(name)}"`);
      });
      return patch(bytes, new Map(trained));
    },
  };
}
