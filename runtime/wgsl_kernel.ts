import type { Node, Value } from "../graphs/builder.ts";
import { prune } from "../graphs/prune.ts";
import { type Formula, NO_FORM } from "./kernel.ts";
import { GRADIENT } from "./rule_formula.ts";

/** Invocations of a workgroup. */
export const WORKGROUP = 64;

/** What a dispatch covers: 32-bit words, in the order of the shader's `Place`. */
export interface Place {
  /** Rows of the gradient, and elements of a row. */
  readonly count: number;
  readonly width: number;
  /** The rows of the table that the buffers hold. */
  readonly first: number;
  readonly rows: number;
  /** Where the formula's scalars start among all. */
  readonly scalars: number;
}

/**
 * An elementwise formula as a compute shader, what `compileKernel` is on the CPU. Bindings: 0 the place, 1 scalars, then
 * the formula's arrays; array 1 is the gradient, [count, width]. If `touched`, two int32 arrays [count] follow: the
 * table's row for each row of the gradient, and the position of the one row among equal ones that holds their sum.
 *
 * @throws TypeError where the formula uses an op that a kernel on the CPU has not, either.
 */
export function wgslKernel({ arrays, scalars, writes }: Formula, touched: boolean): string {
  const { nodes, leaves } = prune(writes[0]!.value.graph, writes.map(({ value }) => value));
  const names = new Map<Value, string>(nodes.map(({ outputs }, at) => [outputs[0]!, `n${at}`]));
  for (const leaf of leaves) if (leaf.data) names.set(leaf, `f32(${Number(leaf.data[0])})`);
  arrays.forEach((array, at) => names.set(array, `x${at}`));
  scalars.forEach((scalar, at) => names.set(scalar, `scalars[place.scalars + ${at}u]`));
  const nameOf = (value: Value) => names.get(value)!, written = new Set(writes.map(({ array }) => array));
  const storage = (at: number, name: string, mode: string, type: string) =>
    `@group(0) @binding(${at}) var<storage, ${mode}> ${name}: array<${type}>;`;
  const indexOf = (at: number) => at === GRADIENT ? "position" : "element";
  return [
    "struct Place { count: u32, width: u32, first: u32, rows: u32, scalars: u32 }",
    "@group(0) @binding(0) var<uniform> place: Place;",
    storage(1, "scalars", "read", "f32"),
    ...arrays.map((_, at) => storage(2 + at, `a${at}`, written.has(at) ? "read_write" : "read", "f32")),
    ...touched ? ["ids", "elected"].map((name, at) => storage(2 + arrays.length + at, name, "read", "i32")) : [],
    `@compute @workgroup_size(${WORKGROUP})`,
    "fn run(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {",
    `let position = id.x + id.y * groups.x * ${WORKGROUP}u;`,
    "if (position >= place.count * place.width) { return; }",
    ...touched ? TOUCHED : ["let element = position;"],
    ...arrays.map((_, at) => `let x${at} = a${at}[${indexOf(at)}];`),
    ...nodes.map((node, at) => `let n${at} = ${expression(node, nameOf)};`),
    ...writes.map(({ array, value }) => `a${array}[${indexOf(array)}] = ${nameOf(value)};`),
    "}",
  ].join("\n");
}

const TOUCHED = [
  "let gathered = position / place.width;",
  "if (elected[gathered] != i32(gathered)) { return; }",
  "let row = u32(ids[gathered]) - place.first;",
  "if (row >= place.rows) { return; }", // before the first row wraps to a large number
  "let element = row * place.width + position % place.width;",
];

function expression({ op, name, inputs }: Node, nameOf: (value: Value) => string): string {
  const form = forms[op.type];
  if (!form) {
    throw new TypeError(`Cannot compile a kernel: op "${op.type}" (node "${name}") has no shader form; ${NO_FORM}`);
  }
  return form(...inputs.map(nameOf));
}
const forms: Readonly<Record<string, (...operands: readonly string[]) => string>> = {
  Add: (a, b) => `${a} + ${b}`,
  Sub: (a, b) => `${a} - ${b}`,
  Mul: (a, b) => `${a} * ${b}`,
  Div: (a, b) => `${a} / ${b}`,
  Min: (a, b) => `min(${a}, ${b})`,
  Max: (a, b) => `max(${a}, ${b})`,
  Sqrt: (a) => `sqrt(${a})`,
  Neg: (a) => `-${a}`,
  Abs: (a) => `abs(${a})`,
  Reciprocal: (a) => `1.0 / ${a}`,
};
