import type { DType, Shape, TensorData } from "../graphs/tensor.ts";
import { loadOrt, sessionQueue } from "./ort.ts";

/** A tensor with its shape, as an ONNX file takes and gives it. */
export interface HostTensor {
  readonly dtype: DType;
  readonly shape: Shape;
  readonly data: TensorData;
}
/** An ONNX file, ready to run on the CPU. */
export interface Model {
  readonly inputNames: readonly string[];
  readonly outputNames: readonly string[];
  /** @throws Error in onnxruntime's words, where the inputs are not those of the file; TypeError where it was disposed of. */
  run(inputs: Readonly<Record<string, HostTensor>>): Promise<Readonly<Record<string, HostTensor>>>;
  /** Gives back its memory; more than once is no matter. */
  dispose(): Promise<void>;
}

/**
 * Opens any ONNX file with stock onnxruntime-web.
 *
 * @throws Error with its words, where it is no model it can run.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { GraphBuilder } from "../graphs/builder.ts";
 * import { encode } from "../graphs/encode.ts";
 * import { mul } from "../graphs/ops/arithmetic.ts";
 * import { openModel } from "./model.ts";
 *
 * const g = new GraphBuilder(), bytes = encode(g, { double: mul(g.input("x", "float32", [2]), 2) });
 * const model = await openModel(bytes);
 * assert.deepEqual([model.inputNames, model.outputNames], [["x"], ["double"]]);
 * const { double } = await model.run({ x: { dtype: "float32", shape: [2], data: Float32Array.of(3, -1) } });
 * assert.deepEqual(double!.data, Float32Array.of(6, -2));
 * await model.dispose();
 * ```
 */
export async function openModel(bytes: Uint8Array): Promise<Model> {
  const ort = await loadOrt();
  const session = await sessionQueue(() =>
    ort.InferenceSession.create(bytes, { executionProviders: ["wasm"], logSeverityLevel: 3 })
  );
  // onnxruntime gives the number of a session that was released to the next one, whose a late call would be
  let disposed: Promise<void> | undefined;
  return {
    inputNames: session.inputNames,
    outputNames: session.outputNames,
    async run(inputs) {
      if (disposed) throw new TypeError("Cannot run: the model was disposed of");
      const tensors = Object.entries(inputs).map(([name, { dtype, shape, data }]) =>
        [name, new ort.Tensor(dtype, data as never, shape)] as const
      );
      const outputs = await sessionQueue(() => session.run(Object.fromEntries(tensors)));
      return Object.fromEntries(
        Object.entries(outputs).map(([name, { type, dims, data }]) =>
          [name, { dtype: type as DType, shape: dims, data: data as TensorData }] as const
        ),
      );
    },
    dispose: () => disposed ??= sessionQueue(() => session.release()),
  };
}
