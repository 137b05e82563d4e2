import type { Node, Value } from "../graphs/builder.ts";
import { prune } from "../graphs/prune.ts";
import { type Lane, scalarLane, vectorLane, WasmCode, wasmFunction } from "./wasm_code.ts";

/** Rows of arrays of equal shape: `count` int32 row numbers at address `ids`, each row `length` elements. */
export interface Rows {
  readonly ids: number;
  readonly count: number;
  readonly length: number;
}

/** Runs a compiled formula over rows: one address (in bytes) for each array, one number for each scalar. */
export type Kernel = (rows: Rows, addresses: readonly number[], scalars: readonly number[]) => void;

/** An elementwise formula: arrays and scalars it reads, and what it writes back over some of the arrays. */
export interface Formula {
  /** Inputs that are arrays, each of shape [1] in the formula's graph. */
  readonly arrays: readonly Value[];
  /** Inputs that are one number for the whole array, each of shape []. */
  readonly scalars: readonly Value[];
  /** New contents of arrays, by position in `arrays`. */
  readonly writes: readonly { readonly array: number; readonly value: Value }[];
  /** The array, by position, whose rows lie one after the other in the order of the ids, whatever those are. */
  readonly consecutive?: number;
}

/**
 * Compiles an elementwise formula to a WASM SIMD loop over shared memory: four elements at a time, then the rest one by
 * one. Arithmetic is IEEE float32 and in the order of the graph, so the result is the same on every machine.
 *
 * @throws TypeError where the formula uses an op that has no lane instruction (Add, Sub, Mul, Div, Sqrt, Neg, Abs, Min,
 * Max, Reciprocal).
 */
export function compileKernel({ arrays, scalars, writes, consecutive }: Formula, memory: WebAssembly.Memory): Kernel {
  const graph = writes[0]!.value.graph;
  const { nodes, leaves } = prune(graph, writes.map(({ value }) => value));
  const IDS = 0, COUNT = 1, WIDTH = 2, bases = 3; // WIDTH in bytes
  const code = new WasmCode([
    ...["i32", "i32", "i32", ...arrays.map(() => "i32" as const)] as const,
    ...scalars.map(() => "f32" as const),
  ]);
  const idsEnd = code.local("i32"), vectorEnd = code.local("i32"), end = code.local("i32");
  const pointers = arrays.map(() => code.local("i32"));
  const forms = [{ lane: vectorLane, until: vectorEnd }, { lane: scalarLane, until: end }].map(({ lane, until }) => {
    const local = new Map<Value, number>();
    for (const leaf of leaves) {
      const scalar = scalars.indexOf(leaf), at = code.local(lane.type);
      local.set(leaf, at);
      if (arrays.includes(leaf)) continue; // loaded inside the loop
      if (scalar >= 0) code.get(bases + arrays.length + scalar);
      else code.f32(Number(leaf.data![0]));
      code.emit(lane.splat).set(at);
    }
    for (const node of nodes) local.set(node.outputs[0]!, code.local(lane.type));
    return { lane, until, local };
  });

  if (consecutive !== undefined) code.get(bases + consecutive).set(pointers[consecutive]!);
  code.get(IDS).get(COUNT).i32(2).op("i32.shl").op("i32.add").set(idsEnd);
  code.loopUpTo(IDS, idsEnd, () => {
    pointers.forEach((pointer, at) => {
      if (at === consecutive) return; // where the row before it ends
      code.get(bases + at).get(IDS).op("i32.load").get(WIDTH).op("i32.mul").op("i32.add").set(pointer);
    });
    code.get(pointers[0]!).get(WIDTH).op("i32.add").set(end);
    code.get(pointers[0]!).get(WIDTH).i32(-vectorLane.bytes).op("i32.and").op("i32.add").set(vectorEnd);
    for (const { lane, until, local } of forms) {
      code.loopUpTo(pointers[0]!, until, () => {
        arrays.forEach((array, at) => {
          if (local.has(array)) code.get(pointers[at]!).load(lane).set(local.get(array)!);
        });
        for (const node of nodes) {
          emitNode(code, lane, node, (value) => local.get(value)!);
          code.set(local.get(node.outputs[0]!)!);
        }
        for (const { array, value } of writes) code.get(pointers[array]!).get(local.get(value)!).store(lane);
        for (const pointer of pointers) code.advance(pointer, lane.bytes);
      });
    }
    code.advance(IDS, 4);
  });
  const run = wasmFunction(code, memory);
  return ({ ids, count, length }, addresses, numbers) =>
    run(ids, count, length * Float32Array.BYTES_PER_ELEMENT, ...addresses, ...numbers);
}

/** What may be done instead. */
export const NO_FORM = "a rule is made of add, sub, mul, div, min, max, sqrt, neg, abs and reciprocal";

/** Puts a node's result on the stack. @throws TypeError where it has no lane instruction. */
export function emitNode(
  code: WasmCode,
  lane: Lane,
  { op, name, inputs }: Node,
  local: (value: Value) => number,
): void {
  if (op.type === "Reciprocal") code.f32(1).emit(lane.splat).get(local(inputs[0]!)).emit(lane.ops.Div!);
  else {
    const instruction = lane.ops[op.type];
    if (!instruction) {
      throw new TypeError(`Cannot compile a kernel: op "${op.type}" (node "${name}") has no SIMD form; ${NO_FORM}`);
    }
    inputs.forEach((input) => code.get(local(input)));
    code.emit(instruction);
  }
}
