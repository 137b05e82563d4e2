import type { SavedTensor } from "../runtime/runtime.ts";
import { decodeSafetensors, encodeSafetensors } from "./safetensors.ts";

/**
 * Weights, as `Runtime.save` gives them, as the bytes of a safetensors file of float32 tensors.
 *
 * @throws TypeError where a tensor has not as many elements as its shape says.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { decodeWeights, encodeWeights } from "./weights_file.ts";
 *
 * const weights = new Map([["user", { shape: [1, 2], data: Float32Array.of(0.5, -1) }]]);
 * assert.deepEqual(decodeWeights(encodeWeights(weights)), weights);
 * ```
 */
export const encodeWeights = (weights: ReadonlyMap<string, SavedTensor>): Uint8Array =>
  encodeSafetensors(
    Object.fromEntries(Array.from(weights, ([name, { shape, data }]) => [name, { dtype: "F32", shape, data }])),
  );

/**
 * Weights out of a safetensors file, for `Runtime.load`.
 *
 * @param source what the file is called in errors.
 * @throws TypeError naming it and what is wrong, also where a tensor is not float32.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { encodeSafetensors } from "./safetensors.ts";
 * import { decodeWeights } from "./weights_file.ts";
 *
 * const bytes = encodeSafetensors({ user: { dtype: "F32", shape: [2, 1], data: Float32Array.of(0.5, -1) } });
 * assert.deepEqual(decodeWeights(bytes).get("user"), { shape: [2, 1], data: Float32Array.of(0.5, -1) });
 * const ids = encodeSafetensors({ user: { dtype: "I32", shape: [1], data: Int32Array.of(7) } });
 * assert.throws(() => decodeWeights(ids, "model.safetensors"), /"user" has elements of I32, expected F32/);
 * ```
 */
export function decodeWeights(bytes: Uint8Array, source = "weights"): ReadonlyMap<string, SavedTensor> {
  return new Map(
    Object.entries(decodeSafetensors(bytes, source).tensors).map(([name, { dtype, shape, data }]) => {
      if (dtype === "F32") return [name, { shape, data }];
      throw new TypeError(`Cannot read "${source}" as weights: "${name}" has elements of ${dtype}, expected F32`);
    }),
  );
}
