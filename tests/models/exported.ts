import { Rng } from "../../random/rng.ts";
import { floats, longs, onnxFile, type WrittenModel } from "../graphs/onnx_file.ts";

/** How large a model is: rows of its tables, and width. */
export interface Size {
  readonly users: number;
  readonly items: number;
  readonly dim?: number;
}

const BATCH = { users: ["int64", "batch"], items: ["int64", "batch"] } as const;
const SCORES = { scores: ["float32", "batch"] } as const;
/** Small normal elements, by a name of their own. */
const drawn = (name: string, ...shape: number[]) => {
  const rng = new Rng(7, name), size = shape.reduce((a, b) => a * b, 1);
  return { shape, data: Float32Array.from({ length: size }, () => 0.1 * rng.normal()) };
};

/** NeuMF as PyTorch writes it: separate tables for its product and its MLP, hence no one vector for a user. */
export function neumf({ users, items, dim = 4 }: Size, more: Partial<WrittenModel> = {}): Uint8Array {
  return onnxFile({
    inputs: BATCH,
    outputs: SCORES,
    initializers: {
      "gu.weight": drawn("gu", users, dim),
      "gi.weight": drawn("gi", items, dim),
      "mu.weight": drawn("mu", users, dim),
      "mi.weight": drawn("mi", items, dim),
      "mlp.0.weight": drawn("w0", 6, 2 * dim),
      "mlp.0.bias": drawn("b0", 6),
      "out.weight": drawn("w1", 1, dim + 6),
      "out.bias": drawn("b1", 1),
      axis: longs(1),
    },
    nodes: [
      { op: "Gather", inputs: ["gu.weight", "users"], outputs: ["gu"] },
      { op: "Gather", inputs: ["gi.weight", "items"], outputs: ["gi"] },
      { op: "Mul", inputs: ["gu", "gi"], outputs: ["product"] },
      { op: "Gather", inputs: ["mu.weight", "users"], outputs: ["mu"] },
      { op: "Gather", inputs: ["mi.weight", "items"], outputs: ["mi"] },
      { op: "Concat", inputs: ["mu", "mi"], outputs: ["pair"], attributes: { axis: 1 } },
      { op: "Gemm", inputs: ["pair", "mlp.0.weight", "mlp.0.bias"], outputs: ["h"], attributes: { transB: 1 } },
      { op: "Relu", inputs: ["h"], outputs: ["a"] },
      { op: "Concat", inputs: ["product", "a"], outputs: ["both"], attributes: { axis: -1 } },
      { op: "Gemm", inputs: ["both", "out.weight", "out.bias"], outputs: ["column"], attributes: { transB: 1 } },
      { op: "Squeeze", inputs: ["column", "axis"], outputs: ["scores"] },
    ],
    ...more,
  });
}

/**
 * Two towers whose ops are written out as exporters of older opsets do: layer normalisation by ReduceMean, Sub, Pow,
 * Sqrt and Div; GELU by Erf; a reshape to a shape that is computed from the batch's.
 */
export function twoTower({ users, items, dim = 4 }: Size, more: Partial<WrittenModel> = {}): Uint8Array {
  const tower = (side: string, ids: string, out: string): WrittenModel["nodes"] => {
    const at = (name: string) => `/${side}/${name}`, by = (node: string) => ({ name: at(node) });
    return [
      { op: "Gather", ...by("Gather"), inputs: [`${side}.weight`, ids], outputs: [at("x")] },
      { op: "ReduceMean", ...by("ReduceMean"), inputs: [at("x")], outputs: [at("mean")], attributes: { axes: [-1] } },
      { op: "Sub", ...by("Sub"), inputs: [at("x"), at("mean")], outputs: [at("centred")] },
      { op: "Pow", ...by("Pow"), inputs: [at("centred"), "two"], outputs: [at("squares")] },
      {
        op: "ReduceMean",
        ...by("ReduceMean_1"),
        inputs: [at("squares")],
        outputs: [at("variance")],
        attributes: { axes: [-1] },
      },
      { op: "Add", ...by("Add"), inputs: [at("variance"), "epsilon"], outputs: [at("steady")] },
      { op: "Sqrt", ...by("Sqrt"), inputs: [at("steady")], outputs: [at("deviation")] },
      { op: "Div", ...by("Div"), inputs: [at("centred"), at("deviation")], outputs: [at("normed")] },
      { op: "Mul", ...by("Mul"), inputs: [at("normed"), `${side}.norm.weight`], outputs: [at("scaled")] },
      { op: "Add", ...by("Add_1"), inputs: [at("scaled"), `${side}.norm.bias`], outputs: [at("shifted")] },
      {
        op: "Gemm",
        ...by("Gemm"),
        inputs: [at("shifted"), `${side}.linear.weight`, `${side}.linear.bias`],
        outputs: [at("h")],
        attributes: { transB: 1 },
      },
      { op: "Div", ...by("Div_1"), inputs: [at("h"), "root of two"], outputs: [at("z")] },
      { op: "Erf", ...by("Erf"), inputs: [at("z")], outputs: [at("erf")] },
      { op: "Add", ...by("Add_2"), inputs: [at("erf"), "one"], outputs: [at("twice Phi")] },
      { op: "Mul", ...by("Mul_1"), inputs: [at("h"), at("twice Phi")], outputs: [at("twice gelu")] },
      { op: "Mul", ...by("Mul_2"), inputs: [at("twice gelu"), "half"], outputs: [at("gelu")] },
      { op: "Add", ...by("Add_3"), inputs: [at("x"), at("gelu")], outputs: [at("sum")] },
      // sum.view(sum.shape[0], dim): a shape out of Shape, Gather, Unsqueeze and Concat
      { op: "Shape", ...by("Shape"), inputs: [at("sum")], outputs: [at("lengths")] },
      { op: "Gather", ...by("Gather_1"), inputs: [at("lengths"), "first"], outputs: [at("length")] },
      { op: "Unsqueeze", ...by("Unsqueeze"), inputs: [at("length"), "axis 0"], outputs: [at("batch")] },
      {
        op: "Concat",
        ...by("Concat"),
        inputs: [at("batch"), "width"],
        outputs: [at("shape")],
        attributes: { axis: 0 },
      },
      { op: "Reshape", ...by("Reshape"), inputs: [at("sum"), at("shape")], outputs: [out] },
    ];
  };
  const weights = (side: string, rows: number) => ({
    [`${side}.weight`]: drawn(side, rows, dim),
    [`${side}.norm.weight`]: floats([dim], ...Array.from({ length: dim }, () => 1)),
    [`${side}.norm.bias`]: floats([dim], ...Array.from({ length: dim }, () => 0)),
    [`${side}.linear.weight`]: drawn(`${side} w`, dim, dim),
    [`${side}.linear.bias`]: drawn(`${side} b`, dim),
  });
  return onnxFile({
    opset: 14,
    inputs: BATCH,
    outputs: { ...SCORES, query: ["float32", "batch", dim], item: ["float32", "batch", dim] },
    initializers: { ...weights("u", users), ...weights("i", items) },
    nodes: [
      ...Object.entries({ two: 2, epsilon: 1e-5, "root of two": Math.SQRT2, one: 1, half: 0.5 }).map(([name, x]) => ({
        op: "Constant",
        outputs: [name],
        attributes: { value: floats([], x) },
      })),
      { op: "Constant", outputs: ["first"], attributes: { value: { shape: [], data: BigInt64Array.of(0n) } } },
      { op: "Constant", outputs: ["axis 0"], attributes: { value: longs(0) } },
      { op: "Constant", outputs: ["width"], attributes: { value: longs(dim) } },
      { op: "Constant", outputs: ["last"], attributes: { value: longs(-1) } },
      ...tower("u", "users", "query"),
      ...tower("i", "items", "item"),
      { op: "Mul", inputs: ["query", "item"], outputs: ["products"] },
      { op: "ReduceSum", inputs: ["products", "last"], outputs: ["scores"], attributes: { keepdims: 0 } },
    ],
    ...more,
  });
}

/** Biased matrix factorisation through a sigmoid: one vector and one bias a side, scored by neither product alone. */
export const biased = ({ users, items, dim = 4 }: Size, more: Partial<WrittenModel> = {}): Uint8Array =>
  onnxFile({
    opset: 18,
    inputs: { user_id: ["int32", "n", 1], item_id: ["int32", "n", 1] },
    outputs: { probability: ["float32", "n", 1] },
    initializers: {
      p: drawn("p", users, dim),
      q: drawn("q", items, dim),
      b: drawn("b", items, 1),
      mean: floats([], 0.1),
    },
    nodes: [
      { op: "Gather", inputs: ["p", "user_id"], outputs: ["user"] }, // [n, 1, D]
      { op: "Gather", inputs: ["q", "item_id"], outputs: ["item"] },
      { op: "Einsum", inputs: ["user", "item"], outputs: ["product"], attributes: { equation: "bnd,bnd->bn" } },
      { op: "Gather", inputs: ["b", "item_id"], outputs: ["bias 3"] }, // [n, 1, 1]
      { op: "Flatten", inputs: ["bias 3"], outputs: ["bias"] },
      { op: "Sum", inputs: ["product", "bias", "mean"], outputs: ["logit"] },
      { op: "Sigmoid", inputs: ["logit"], outputs: ["probability"] },
    ],
    ...more,
  });
