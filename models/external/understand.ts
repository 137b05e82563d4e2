import { gradients, pathsTo } from "../../graphs/autodiff.ts";
import { GraphBuilder, type Value } from "../../graphs/builder.ts";
import { isKnown, neededNodes } from "../../graphs/inline.ts";
import { type FileLimits, type ModelFile, readModel } from "../../graphs/model_file.ts";
import { sum } from "../../graphs/ops/reduce.ts";
import { sizeOf } from "../../graphs/tensor.ts";
import { type Cut, findCut } from "./cut.ts";
import { isInnerProduct } from "./inner_product.ts";
import { instantiate } from "./instance.ts";
import { failing, findNames, type GivenNames, type Names } from "./names.ts";
import { type Parameter, parametersOf, type Patterns, variableName } from "./parameters.ts";
import type { Part, Widths } from "./widths.ts";

/** How a file is to be read. */
export interface UnderstandOptions extends GivenNames, Patterns {
  /** What the file is called in errors. */
  readonly source?: string;
  /** How large the file may be. Default: 2 GiB and 20,000 nodes. */
  readonly limits?: Partial<FileLimits>;
}

/** What training takes to know of a file. */
export interface Seam {
  readonly cut: Cut;
  readonly widths: Widths;
  /** Whether scores are inner products of the representations; else each pair is scored by itself. */
  readonly innerProduct: boolean;
}

/** What a file of a scoring model is made of. */
export interface Understanding {
  readonly file: ModelFile;
  readonly names: Names;
  readonly parameters: readonly Parameter[];
  /** Where it is cut; an error that says why not, where it cannot be trained. */
  readonly seam: Seam | TypeError;
}

/** Rows of the batch by which a file is looked at: a prime, lest a width is taken for them. */
const LOOKED_AT = 3;

/**
 * Reads a file and looks for a user's representation, an item's, and what scores the two.
 *
 * @throws TypeError where the file cannot be read, or it is not obvious what its inputs and scores are.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { GraphBuilder } from "../../graphs/builder.ts";
 * import { encode } from "../../graphs/encode.ts";
 * import { mul } from "../../graphs/ops/arithmetic.ts";
 * import { gather } from "../../graphs/ops/index.ts";
 * import { sum } from "../../graphs/ops/reduce.ts";
 * import { understand } from "./understand.ts";
 *
 * const g = new GraphBuilder(), [u, i] = ["user", "item"].map((name) => g.input(name, "int64", [1]));
 * const [p, q] = [1, 2].map((x) => g.constant(new Float32Array(36).fill(x), [9, 4]));
 * const scores = sum(mul(gather(p!, u!), gather(q!, i!)), [-1]);
 * const bytes = encode(g, { scores }, { symbolic: { user: ["n"], item: ["n"], scores: ["n"] } });
 * const { names, parameters, seam } = understand(bytes);
 * assert.deepEqual([names.users, names.items, names.scores], ["user", "item", "scores"]);
 * assert.deepEqual(parameters.filter(({ kept }) => !kept).map(({ shape }) => shape), [[9, 4], [9, 4]]);
 * assert(!(seam instanceof TypeError) && seam.innerProduct && seam.widths.dim === 4);
 * ```
 */
export function understand(bytes: Uint8Array, options: UnderstandOptions = {}): Understanding {
  const { source = "model.onnx", limits } = options, file = readModel(bytes, source, limits);
  const names = findNames(file, options), parameters = parametersOf(file, names.scores, options);
  const unknown = [...neededNodes(file, () => false, [names.scores])].reverse().find(({ type }) => !isKnown(type));
  if (unknown) {
    const why = `Cannot train "${source}": no gradient for op "${unknown.type}" (node "${unknown.name}")`;
    return { file, names, parameters, seam: new TypeError(why) };
  }
  try {
    return { file, names, ...look(file, findCut(file, names), parameters) };
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    return { file, names, parameters, seam: error };
  }
}

/** The gradients of a batch's scores. @throws TypeError naming the file, where an op is used in a way that has none. */
function differentiated({ source }: ModelFile, scores: Value) {
  try {
    return gradients(sum(scores), [...scores.graph.variables.values()]);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    throw new TypeError(`Cannot train "${source}": ${error.message}`, { cause: error });
  }
}

/** Builds a small batch of pairs, to see what its parts look like, that they fit, and what gradients reach. */
function look(file: ModelFile, cut: Cut, parameters: readonly Parameter[]): Omit<Understanding, "file" | "names"> {
  const graph = new GraphBuilder(), instance = instantiate(graph, file, cut, parameters, { users: 0, items: 0 });
  const ids = (name: string) => graph.input(name, "int32", [LOOKED_AT]);
  const queries = instance.vectors("user", ids("users")), items = instance.vectors("item", ids("items"));
  const named = (tensors: readonly string[], values: readonly Value[]) =>
    tensors.map((name, at) => [name, values[at]!] as const);
  const vectors = new Map([...named(cut.queries, queries), ...named(cut.itemsOf, items)]);
  const scores = instance.part(LOOKED_AT, vectors, [cut.scores]).get(cut.scores)!;
  if (scores.dtype !== "float32") failing(file.source)(`"${cut.scores}" is ${scores.dtype}; scores are float32`);
  const innerProduct = queries.length === 1 && items.length === 1 && isInnerProduct(scores, queries[0]!, items[0]!);
  const all = innerProduct && sizeOf(scores.shape) === LOOKED_AT ** 2; // every user with every item of the batch
  if (!all && sizeOf(scores.shape) !== LOOKED_AT) {
    failing(file.source)(
      `"${cut.scores}" is [${scores.shape}] for ${LOOKED_AT} users and items; it must score each pair`,
    );
  }
  const reached = differentiated(file, scores);
  const isTrained = pathsTo([...graph.variables.values()].filter(({ trainable }) => trainable));
  const part = (x: Value): Part => ({ shape: x.shape.slice(1), dtype: x.dtype, trained: isTrained(x) });
  return {
    parameters: parameters.map((parameter) => {
      const variable = graph.variables.get(variableName(parameter.name));
      return parameter.kept || reached.has(variable!) ? parameter : { ...parameter, kept: "no gradient" };
    }),
    seam: {
      cut,
      widths: {
        queries: queries.map(part),
        items: items.map(part),
        dim: Math.max(
          ...[queries, items].map((side) => side.reduce((sum, { shape }) => sum + sizeOf(shape.slice(1)), 0)),
        ),
      },
      innerProduct,
    },
  };
}
