import { checkMetadata } from "../datasets/check_metadata.ts";
import type { Metadata } from "../datasets/metadata.ts";
import type { Tensor } from "../training/safetensors.ts";

/** Side information as a safetensors file holds it. */
export interface PackedMetadata {
  readonly tensors: Readonly<Record<string, Tensor>>;
  /** JSON, in which `{ tensor: name }` stands for an array of numbers. */
  readonly layout: string;
}

/** Names of the tensors, which no variable's name begins with. */
const PREFIX = "side#";

/** Packs these parts of side information. Times are left out: they serve to split data, and no model reads them. */
export function packMetadata(metadata: Metadata, parts: readonly (keyof Metadata)[] = []): PackedMetadata {
  const tensors: Record<string, Tensor> = {};
  const kept = Object.fromEntries(parts.filter((part) => metadata[part]).map((part) => [part, metadata[part]]));
  const layout = JSON.stringify(kept, (_, value: unknown) => {
    if (value instanceof Float64Array) return undefined;
    const shape = (data: ArrayLike<number>) => [data.length];
    const tensor: Tensor | undefined = value instanceof Int32Array
      ? { dtype: "I32", shape: shape(value), data: value }
      : value instanceof Float32Array
      ? { dtype: "F32", shape: shape(value), data: value }
      : undefined;
    if (!tensor) return value;
    const name = `${PREFIX}${Object.keys(tensors).length}`;
    tensors[name] = tensor;
    return { tensor: name };
  });
  return { tensors, layout };
}

/**
 * What {@link packMetadata} packed, of a model of so many users and items.
 *
 * @throws RangeError where a part is of other users or items.
 */
export function unpackMetadata({ tensors, layout }: PackedMetadata, users: number, items: number): Metadata {
  const metadata = JSON.parse(layout, (_, value: unknown) => {
    return typeof value === "object" && value !== null && "tensor" in value
      ? tensors[String(value.tensor)]?.data
      : value;
  }) as Metadata;
  checkMetadata(metadata, users, items);
  return metadata;
}
