import type { Node, Value } from "../graphs/builder.ts";
import { RESHAPING } from "../graphs/layout_ops.ts";
import { prune } from "../graphs/prune.ts";
import { sizeOf } from "../graphs/tensor.ts";
import { emitNode } from "./kernel.ts";
import { operations, scalarLane, vectorLane, WasmCode, wasmFunction } from "./wasm_code.ts";

/**
 * Writes to `out`, for each pool, the slot of its best value: int32. At byte addresses, as what the values are computed
 * from, which follows in the order of {@link Choosing.from}.
 */
export type ChoiceKernel = (out: number, ...from: readonly number[]) => void;

/** What a kernel chooses by. */
export interface Choosing {
  readonly values: Value; // [R, P, M]
  /** Float32 that the values are computed from: for each candidate, or for each row. */
  readonly from: readonly Value[];
  readonly largest: boolean;
}

const LANES = 4, WORD = 4;
const MASKS: Readonly<Record<string, keyof typeof operations>> = {
  Less: "f32x4.lt",
  LessOrEqual: "f32x4.le",
  Greater: "f32x4.gt",
  GreaterOrEqual: "f32x4.ge",
};
/** Powers that are no logarithm's business. */
const POWERS: ReadonlySet<unknown> = new Set([-1, 0, 1]);

/** Whether there is a kernel for [R, P, M] values: they are elementwise in what `has`, row by row, and no pool is tiny. */
export function choosesBy(values: Value, has: (value: Value) => boolean): boolean {
  const [rows, pools, length] = values.shape as [number, number, number], each = pools * length;
  if (length < LANES || rows === 0) return false;
  /** Whether a value broadcasts to candidates as its row does, among operands of one rank. */
  const isAligned = ({ shape }: Value, rank: number) =>
    sizeOf(shape) === 1 || shape.length === rank && rank > 1 && shape[0] === rows &&
      [rows, rows * each].includes(sizeOf(shape));
  const known = new Map<Value, boolean>();
  const isKnown = (value: Value): boolean => {
    if (!known.has(value)) known.set(value, isComputable(value));
    return known.get(value)!;
  };
  const isComputable = (value: Value): boolean => {
    const size = sizeOf(value.shape), { node, data } = value;
    if (data) return size === 1 && value.dtype === "float32";
    if (size !== rows && size !== rows * each) return false;
    if (has(value)) return true;
    if (!node) return false;
    const { op: { type }, inputs } = node;
    if (RESHAPING.has(type)) return isKnown(inputs[0]!);
    const isLane = type in vectorLane.ops || type in MASKS || type === "Reciprocal" || type === "Where" ||
      type === "Pow" && POWERS.has(inputs[1]!.data?.[0]);
    return isLane && inputs.every((input) => isKnown(input) && isAligned(input, value.shape.length));
  };
  return isKnown(values);
}

/** Compiles a choice, for which {@link choosesBy} holds. No NaN is ever best; where all are, the first slot is. */
export const choiceKernel = (choosing: Choosing, memory: WebAssembly.Memory): ChoiceKernel =>
  wasmFunction(choiceCode(choosing), memory);

function choiceCode({ values, from, largest }: Choosing): WasmCode {
  const [rows, pools, length] = values.shape as [number, number, number], OUT = 0;
  const code = new WasmCode(["i32", ...from.map(() => "i32" as const)]);
  const { nodes, leaves } = prune(values.graph, [values], new Set(from));
  const computing = nodes.filter(({ op: { type } }) => !RESHAPING.has(type));
  const locals = new Map(
    [...leaves, ...computing.flatMap(({ outputs }) => outputs)].map((value) => [value, code.local("v128")]),
  );
  /** Of a value, or of what it has other axes of. */
  const local = (value: Value): number => locals.get(value) ?? local(value.node!.inputs[0]!);
  const pointer = (leaf: Value) => 1 + from.indexOf(leaf);
  const isWide = ({ shape }: Value) => sizeOf(shape) === rows * pools * length;
  const wide = from.filter(isWide), narrow = from.filter((leaf) => !isWide(leaf));
  const compute = (some: readonly Node[]) =>
    some.forEach((node) => {
      emit(code, node, local);
      code.set(locals.get(node.outputs[0]!)!);
    });

  const [end, poolsEnd, offset] = [code.local("i32"), code.local("i32"), code.local("i32")];
  const [best, bestAt, at, better] = [0, 1, 2, 3].map(() => code.local("v128")) as [number, number, number, number];
  /** Looks at four candidates, the addresses of whose values `load` puts on the stack. */
  const look = (load: (leaf: Value) => void) => {
    for (const leaf of wide) {
      load(leaf);
      code.set(locals.get(leaf)!);
    }
    compute(computing.filter(({ outputs: [value] }) => isWide(value!)));
    code.get(local(values)).get(best).op(largest ? "f32x4.gt" : "f32x4.lt").set(better);
    for (const [kept, now] of [[best, local(values)], [bestAt, at]] as const) {
      code.get(now).get(kept).get(better).op("v128.bitselect").set(kept);
    }
  };
  /** Brings together what each of four lanes has, by an operation in any order. */
  const acrossLanes = (value: number, together: readonly number[]) => {
    for (const lanes of [[2, 3, 0, 1], [1, 0, 3, 2]]) {
      code.get(value).get(value).get(value).shuffle(lanes).emit(together).set(value);
    }
  };

  for (const leaf of leaves) {
    if (leaf.data) code.f32(Number(leaf.data[0])).emit(vectorLane.splat).set(locals.get(leaf)!);
  }
  code.get(OUT).i32(rows * pools * WORD).op("i32.add").set(end);
  code.loopUpTo(OUT, end, () => {
    for (const leaf of narrow) {
      code.get(pointer(leaf)).load(scalarLane).emit(vectorLane.splat).set(locals.get(leaf)!);
      code.advance(pointer(leaf), WORD);
    }
    compute(computing.filter(({ outputs: [value] }) => !isWide(value!)));
    code.get(OUT).i32(pools * WORD).op("i32.add").set(poolsEnd);
    code.loopUpTo(OUT, poolsEnd, () => {
      const last = length - LANES;
      code.f32(largest ? -Infinity : Infinity).emit(vectorLane.splat).set(best);
      code.ints([0, 1, 2, 3]).set(at).get(at).set(bestAt).i32(0).set(offset);
      code.loopWhile(() => code.get(offset).i32(last * WORD).op("i32.lt_u"), () => {
        look((leaf) => code.get(pointer(leaf)).get(offset).op("i32.add").load(vectorLane));
        code.advance(offset, vectorLane.bytes);
        code.get(at).ints([LANES, LANES, LANES, LANES]).op("i32x4.add").set(at);
      });
      code.ints([last, last + 1, last + 2, last + 3]).set(at); // some may be looked at twice
      look((leaf) => code.get(pointer(leaf)).load(vectorLane, last * WORD));

      code.get(best).set(better);
      acrossLanes(better, vectorLane.ops[largest ? "Max" : "Min"]!);
      code.get(bestAt).ints([length, length, length, length]);
      code.get(best).get(better).op("f32x4.eq").op("v128.bitselect").set(bestAt);
      acrossLanes(bestAt, operations["i32x4.min_s"]);
      code.get(OUT).get(bestAt).extract(0).store(scalarLane); // the bits of an integer
      code.advance(OUT, WORD);
      for (const leaf of wide) code.advance(pointer(leaf), length * WORD);
    });
  });
  return code;
}

/** Computes a node's four lanes. */
function emit(code: WasmCode, node: Node, local: (value: Value) => number): void {
  const { op: { type }, inputs: [a, b, c] } = node;
  if (type in MASKS) code.get(local(a!)).get(local(b!)).op(MASKS[type]!);
  else if (type === "Where") code.get(local(b!)).get(local(c!)).get(local(a!)).op("v128.bitselect");
  else if (type !== "Pow") emitNode(code, vectorLane, node, local);
  else {
    const power = b!.data![0];
    if (power === 1) code.get(local(a!));
    else code.f32(1).emit(vectorLane.splat);
    if (power === -1) code.get(local(a!)).emit(vectorLane.ops.Div!);
  }
}
