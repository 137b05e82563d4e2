import type { Value } from "../../graphs/builder.ts";
import { affine } from "../../graphs/imports/linear.ts";
import type { FileNode, ModelFile } from "../../graphs/model_file.ts";
import { slice } from "../../graphs/ops/shape.ts";

/** A product of vectors that are joined, with weights: x W' + c where x = [x1, x2, ..]. */
export interface JoinedProduct {
  /** Names of x1, x2, .. */
  readonly parts: readonly string[];
  readonly weights: string;
  readonly bias?: string;
  readonly transB: boolean;
  readonly output: string;
}

/** The products that `nodes` make of joined vectors, where nothing else reads these. */
export function joinedProducts({ nodes: all }: ModelFile, nodes: readonly FileNode[]): readonly JoinedProduct[] {
  return nodes.flatMap((node) => {
    const [joined] = node.outputs, axis = Number(node.attributes.axis);
    const readers = node.type === "Concat" && (axis === -1 || axis === 1)
      ? all.filter(({ inputs }) => inputs.includes(joined!))
      : [];
    if (!readers.every((reader) => isProduct(reader) && reader.inputs[0] === joined)) return [];
    return readers.map(({ inputs: [, weights, bias], attributes, outputs }) => ({
      parts: node.inputs,
      weights: weights!,
      ...bias && { bias },
      transB: attributes.transB === 1,
      output: outputs[0]!,
    }));
  });
}

const isProduct = ({ type, attributes: { alpha = 1, beta = 1, transA = 0 } }: FileNode) =>
  type === "MatMul" || (type === "Gemm" && alpha === 1 && beta === 1 && transA === 0);

/** x1 W1', x2 W2', ..: the sum is the product of the joined vectors. */
export function piecewise(parts: readonly Value[], weights: Value, transB: boolean): readonly Value[] {
  let start = 0;
  return parts.map((x) => affine(x, slice(weights, transB ? 1 : 0, start, start += x.shape[1]!), undefined, transB));
}
