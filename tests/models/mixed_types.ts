import { type FileElements, floats, longs, onnxFile, type WrittenModel } from "../graphs/onnx_file.ts";

/** Users and items of the models here, and what they are asked for below. */
export const USERS = 5, ITEMS = 6;
const sines = (seed: number, ...shape: number[]): FileElements => ({
  shape,
  data: Float32Array.from({ length: shape.reduce((a, b) => a * b) }, (_, at) => Math.sin(seed + at)),
});
const table = (shape: readonly number[], ...data: number[]): FileElements => ({ ...longs(...data), shape });
const model = (initializers: WrittenModel["initializers"], nodes: WrittenModel["nodes"]) =>
  onnxFile({
    inputs: { users: ["int64", "batch"], items: ["int64", "batch"] },
    outputs: { scores: ["float32", "batch"] },
    initializers: { ...initializers, axis1: longs(1), axis2: longs(2) },
    nodes,
  });

/** What stands for the weight of an empty place in a history: put there by the joint part, or added as a float32 mask. */
export const masks = {
  truth: [{ op: "Where", inputs: ["met", "w", "least"], outputs: ["masked"] }],
  large: [
    { op: "Where", inputs: ["met", "zero", "least"], outputs: ["out"] },
    { op: "Add", inputs: ["w", "out"], outputs: ["masked"] },
  ],
  infinite: [
    { op: "Where", inputs: ["met", "zero", "nothing"], outputs: ["out"] },
    { op: "Add", inputs: ["w", "out"], outputs: ["masked"] },
  ],
} as const;

/** DIN (Zhou et al., KDD 2018) by inner products: a user's history h, by items e, as an item of t attends to it. */
export const din = (mask: keyof typeof masks): Uint8Array =>
  model({
    h: table([USERS, 3], 1, 2, 0, 3, 0, 0, 4, 5, 6, 6, 1, 0, 2, 3, 5), // 0 is an empty place
    e: sines(1, ITEMS + 1, 2),
    t: sines(2, ITEMS, 2),
    none: table([], 0),
    zero: floats([], 0),
    least: floats([], -(2 ** 31)),
    nothing: floats([], -Infinity),
  }, [
    { op: "Gather", inputs: ["h", "users"], outputs: ["hu"] },
    { op: "Gather", inputs: ["e", "hu"], outputs: ["x"] },
    { op: "Greater", inputs: ["hu", "none"], outputs: ["met"] },
    { op: "Gather", inputs: ["t", "items"], outputs: ["i"] },
    { op: "Unsqueeze", inputs: ["i", "axis1"], outputs: ["i1"] },
    { op: "Mul", inputs: ["x", "i1"], outputs: ["xi"] },
    { op: "ReduceSum", inputs: ["xi", "axis2"], outputs: ["w"], attributes: { keepdims: 0 } },
    ...masks[mask],
    { op: "Softmax", inputs: ["masked"], outputs: ["a"], attributes: { axis: 1 } },
    { op: "Unsqueeze", inputs: ["a", "axis2"], outputs: ["a1"] },
    { op: "Mul", inputs: ["a1", "x"], outputs: ["ax"] },
    { op: "ReduceSum", inputs: ["ax", "axis1"], outputs: ["p"], attributes: { keepdims: 0 } },
    { op: "Mul", inputs: ["p", "i"], outputs: ["pi"] },
    { op: "ReduceSum", inputs: ["pi", "axis1"], outputs: ["scores"], attributes: { keepdims: 0 } },
  ]);

/** A score of which the joint part reads the item's id, one on: that and a number of the user's, times another. */
export const countedOn = (): Uint8Array =>
  model({ n: longs(4, 1, 0, 3, 2), p: sines(1, USERS), one: table([], 1) }, [
    { op: "Gather", inputs: ["n", "users"], outputs: ["m"] },
    { op: "Gather", inputs: ["p", "users"], outputs: ["v"] },
    { op: "Add", inputs: ["items", "one"], outputs: ["next"] },
    { op: "Sub", inputs: ["next", "m"], outputs: ["difference"] },
    { op: "Cast", inputs: ["difference"], outputs: ["c"], attributes: { to: 1 } },
    { op: "Mul", inputs: ["c", "v"], outputs: ["scores"] },
  ]);

/** The second-order part of DeepFM (Guo et al., IJCAI 2017): features of both sides, of one table, with a field's offset. */
export const deepfm = (highest = 3): Uint8Array =>
  model({
    uf: table([USERS, 2], 0, 3, 1, 2, highest, 3, 2, 0, 1, 1),
    if: table([ITEMS, 1], 0, 1, 2, 3, 1, 2),
    offsets: longs(0, 4, 8),
    e: sines(3, 12, 2),
  }, [
    { op: "Gather", inputs: ["uf", "users"], outputs: ["fu"] },
    { op: "Gather", inputs: ["if", "items"], outputs: ["fi"] },
    { op: "Concat", inputs: ["fu", "fi"], outputs: ["f"], attributes: { axis: 1 } },
    { op: "Add", inputs: ["f", "offsets"], outputs: ["ids"] },
    { op: "Gather", inputs: ["e", "ids"], outputs: ["x"] },
    { op: "ReduceSum", inputs: ["x", "axis1"], outputs: ["s"], attributes: { keepdims: 0 } },
    { op: "Mul", inputs: ["s", "s"], outputs: ["s2"] },
    { op: "Mul", inputs: ["x", "x"], outputs: ["x2"] },
    { op: "ReduceSum", inputs: ["x2", "axis1"], outputs: ["q"], attributes: { keepdims: 0 } },
    { op: "Sub", inputs: ["s2", "q"], outputs: ["d"] },
    { op: "ReduceSum", inputs: ["d", "axis1"], outputs: ["scores"], attributes: { keepdims: 0 } },
  ]);
