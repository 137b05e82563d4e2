import { GraphBuilder, type Variable } from "../graphs/builder.ts";
import { sizeOf } from "../graphs/tensor.ts";
import type { Arena, Block } from "./arena.ts";
import { compileKernel, type Kernel } from "./kernel.ts";
import type { UpdateRule } from "./update.ts";

/** Gradient rows of a table: `rows` holds ids.length rows; ids may repeat. Or, without ids, the whole table. */
export interface HostGradient {
  readonly ids?: Int32Array;
  readonly rows: Float32Array;
}
/** Updates one variable in place from this step's gradients. `step` counts from 1. */
export type HostUpdate = (gradients: readonly HostGradient[], step: number) => void;

/**
 * The CPU form of an update: row gradients are summed into `gradient`, then the rule's kernel runs over the whole table
 * or over the touched rows, and `gradient` is cleared for the next step.
 */
export function hostUpdate(
  variable: Variable,
  rule: UpdateRule,
  arena: Arena,
  parameter: Block,
  states: readonly Block[],
): HostUpdate {
  const kernel = ruleKernel(rule, arena);
  const rows = variable.shape[0] ?? 1, width = sizeOf(variable.shape) / Math.max(1, rows);
  const gradient = arena.allocate(sizeOf(variable.shape));
  const addresses = [parameter, gradient, ...states].map(({ byteOffset }) => byteOffset);
  const touched = new TouchedRows(rows);
  return (gradients, step) => {
    const sum = gradient.view();
    let whole = false;
    for (const { ids, rows } of gradients) {
      if (ids) addRows(sum, ids, rows, width, touched);
      else {
        whole = true;
        for (let at = 0; at < rows.length; at++) sum[at]! += rows[at]!;
      }
    }
    const scalars = Object.values(rule.scalars(step));
    if (whole || rule.rows === "all") kernel(sum.length, addresses, scalars);
    else {
      for (let at = 0; at < touched.count; at++) {
        const shift = touched.rows[at]! * width * Float32Array.BYTES_PER_ELEMENT;
        kernel(width, addresses.map((address) => address + shift), scalars);
      }
    }
    if (whole) sum.fill(0);
    else {for (let at = 0; at < touched.count; at++) {
        sum.fill(0, touched.rows[at]! * width, (touched.rows[at]! + 1) * width);
      }}
    touched.clear();
  };
}

/** The distinct rows seen since the last `clear`, in the order they came. */
class TouchedRows {
  readonly rows: Int32Array;
  readonly #seen: Uint8Array;
  count = 0;
  constructor(rows: number) {
    this.rows = new Int32Array(rows);
    this.#seen = new Uint8Array(rows);
  }
  add(row: number): void {
    if (this.#seen[row]) return;
    this.#seen[row] = 1;
    this.rows[this.count++] = row;
  }
  clear(): void {
    for (let at = 0; at < this.count; at++) this.#seen[this.rows[at]!] = 0;
    this.count = 0;
  }
}

function addRows(sum: Float32Array, ids: Int32Array, rows: Float32Array, width: number, touched: TouchedRows): void {
  for (let at = 0, from = 0; at < ids.length; at++) {
    const row = ids[at]!;
    touched.add(row);
    for (let to = row * width, end = to + width; to < end; to++) sum[to]! += rows[from++]!;
  }
}

function ruleKernel(rule: UpdateRule, arena: Arena): Kernel {
  const graph = new GraphBuilder();
  const array = (name: string) => graph.input(name, "float32", [1]);
  const parameter = array("parameter"), gradient = array("gradient");
  const states = Object.fromEntries(rule.states.map((name) => [name, array(`state/${name}`)]));
  const scalars = Object.fromEntries(
    Object.keys(rule.scalars(1)).map((name) => [name, graph.input(`scalar/${name}`, "float32", [])]),
  );
  const next = rule.next({ parameter, gradient, states, scalars });
  return compileKernel({
    arrays: [parameter, gradient, ...Object.values(states)],
    scalars: Object.values(scalars),
    writes: [
      { array: 0, value: next.parameter },
      ...rule.states.map((name, at) => ({ array: 2 + at, value: next.states[name]! })),
    ],
  }, arena.memory);
}
