import { GraphBuilder, type Value } from "./builder.ts";
import { inline } from "./inline.ts";
import { failure, type FileInput, type FileLimits, readModel } from "./model_file.ts";
import type { Shape } from "./tensor.ts";

/** A model read back: its graph, and its outputs by name. */
export interface Decoded {
  readonly graph: GraphBuilder;
  readonly outputs: ReadonlyMap<string, Value>;
}

export interface DecodeOptions {
  /** What the file is called in errors. */
  readonly source?: string;
  /** Lengths for axes that the file leaves open, by the name it gives them. */
  readonly dimensions?: Readonly<Record<string, number>>;
  /** How large the file may be. Default: 2 GiB and 20,000 nodes. */
  readonly limits?: Partial<FileLimits>;
}

/**
 * Reads the bytes of an ONNX model (opset 13 to 21) into a graph: its inputs become inputs, its initialisers constants.
 * What depends on shapes alone is computed at once, since every shape is known; dropout is left out.
 *
 * @throws TypeError naming the file, where it is no ONNX model, uses an op or element type that Foil does not know, or
 * leaves an axis open that `dimensions` does not bind.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { GraphBuilder } from "./builder.ts";
 * import { decode } from "./decode.ts";
 * import { encode } from "./encode.ts";
 * import { mul } from "./ops/arithmetic.ts";
 *
 * const g = new GraphBuilder(), double = mul(g.input("x", "float32", [1, 3]), 2);
 * const bytes = encode(g, { double }, { symbolic: { x: ["batch"], double: ["batch"] } });
 * const { graph, outputs } = decode(bytes, { dimensions: { batch: 4 } });
 * assert.deepEqual([graph.inputs.get("x")!.shape, outputs.get("double")!.shape], [[4, 3], [4, 3]]);
 * assert.throws(() => decode(bytes, { source: "double.onnx" }), /"double.onnx".*axis 0 of "x" is open \("batch"\)/);
 * ```
 */
export function decode(bytes: Uint8Array, { source = "model", dimensions = {}, limits }: DecodeOptions = {}): Decoded {
  const file = readModel(bytes, source, limits), graph = new GraphBuilder();
  const inputs = new Map(
    file.inputs.map((input) => [input.name, graph.input(input.name, input.dtype, bound(input, dimensions, source))]),
  );
  const names = file.outputs.map(({ name }) => name);
  const values = inline(file, graph, (name) => inputs.get(name), names);
  return { graph, outputs: new Map(names.map((name) => [name, values.get(name)!])) };
}

function bound({ name, dims }: FileInput, dimensions: Readonly<Record<string, number>>, source: string): Shape {
  const fail = failure(source);
  return (dims ?? fail(`"${name}" has no shape`)).map((dim, axis) =>
    typeof dim === "number"
      ? dim
      : dimensions[dim] ?? fail(`axis ${axis} of "${name}" is open ("${dim}") and nothing binds it`)
  );
}
