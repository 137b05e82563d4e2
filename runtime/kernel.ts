import type { Node, Value } from "../graphs/builder.ts";
import { prune } from "../graphs/prune.ts";
import { type Lane, scalarLane, vectorLane, WasmCode, wasmModule } from "./wasm_code.ts";

/** Runs a compiled formula over `length` elements: one address (in bytes) for each array, one number for each scalar. */
export type Kernel = (length: number, addresses: readonly number[], scalars: readonly number[]) => void;

/** An elementwise formula: arrays and scalars it reads, and what it writes back over some of the arrays. */
export interface Formula {
  /** Inputs that are arrays, each of shape [1] in the formula's graph. */
  readonly arrays: readonly Value[];
  /** Inputs that are one number for the whole array, each of shape []. */
  readonly scalars: readonly Value[];
  /** New contents of arrays, by position in `arrays`. */
  readonly writes: readonly { readonly array: number; readonly value: Value }[];
}

/**
 * Compiles an elementwise formula to a WASM SIMD loop over shared memory: four elements at a time, then the rest one by
 * one. Arithmetic is IEEE float32 and in the order of the graph, so the result is the same on every machine.
 *
 * @throws TypeError where the formula uses an op that has no lane instruction (Add, Sub, Mul, Div, Sqrt, Neg, Abs, Min,
 * Max, Reciprocal).
 */
export function compileKernel({ arrays, scalars, writes }: Formula, memory: WebAssembly.Memory): Kernel {
  const graph = writes[0]!.value.graph;
  const { nodes, leaves } = prune(graph, writes.map(({ value }) => value));
  const code = new WasmCode(["i32", ...arrays.map(() => "i32" as const), ...scalars.map(() => "f32" as const)]);
  const pointer = (array: number) => 1 + array;
  const vectorEnd = code.local("i32"), end = code.local("i32");

  // end = arrays[0] + 4 length; vectorEnd stops at whole vectors
  code.get(pointer(0)).get(0).i32(2).op("i32.shl").op("i32.add").set(end);
  code.get(pointer(0)).get(0).i32(-4).op("i32.and").i32(2).op("i32.shl").op("i32.add").set(vectorEnd);
  for (const [lane, until] of [[vectorLane, vectorEnd], [scalarLane, end]] as const) {
    const local = new Map<Value, number>();
    for (const leaf of leaves) {
      const array = arrays.indexOf(leaf), scalar = scalars.indexOf(leaf);
      const at = code.local(lane.type);
      local.set(leaf, at);
      if (array >= 0) continue; // loaded inside the loop
      if (scalar >= 0) code.get(1 + arrays.length + scalar);
      else code.f32(Number(leaf.data![0]));
      code.emit(lane.splat).set(at);
    }
    code.loopWhile(() => code.get(pointer(0)).get(until).op("i32.lt_u"), () => {
      arrays.forEach((array, at) => {
        if (local.has(array)) code.get(pointer(at)).load(lane).set(local.get(array)!);
      });
      for (const node of nodes) {
        const at = code.local(lane.type);
        emitNode(code, lane, node, (value) => local.get(value)!);
        code.set(at);
        local.set(node.outputs[0]!, at);
      }
      for (const { array, value } of writes) code.get(pointer(array)).get(local.get(value)!).store(lane);
      arrays.forEach((_, at) => code.get(pointer(at)).i32(lane.bytes).op("i32.add").set(pointer(at)));
    });
  }
  const instance = new WebAssembly.Instance(new WebAssembly.Module(wasmModule(code)), { foil: { memory } });
  const run = instance.exports.run as (...numbers: number[]) => void;
  return (length, addresses, numbers) => run(length, ...addresses, ...numbers);
}

function emitNode(code: WasmCode, lane: Lane, { op, name, inputs }: Node, local: (value: Value) => number): void {
  if (op.type === "Reciprocal") code.f32(1).emit(lane.splat).get(local(inputs[0]!)).emit(lane.ops.Div!);
  else {
    const instruction = lane.ops[op.type];
    if (!instruction) throw new TypeError(`Cannot compile a kernel: op "${op.type}" (node "${name}") has no SIMD form`);
    inputs.forEach((input) => code.get(local(input)));
    code.emit(instruction);
  }
}
