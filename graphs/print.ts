import type { Attribute, GraphBuilder, Value } from "./builder.ts";
import { prune } from "./prune.ts";

/** Constants up to this many elements are printed in full. */
const PRINTED_CONSTANT_SIZE = 8;

/**
 * The graph that computes `outputs` as text, a line a value: `name: type [shape] = Op(inputs) {attributes}`.
 * Unused parts are left out. Made to be read, and compared in golden tests.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { GraphBuilder } from "./builder.ts";
 * import { print } from "./print.ts";
 * import { mul } from "./ops/arithmetic.ts";
 *
 * const g = new GraphBuilder();
 * const y = mul(g.input("x", "float32", [2]), 3);
 * assert.equal(print(g, [y]), ["x: float32 [2] = input", "Mul_0: float32 [2] = Mul(x, 3)", "-> Mul_0"].join("\n"));
 * ```
 */
export function print(graph: GraphBuilder, outputs: readonly Value[]): string {
  const { nodes, leaves } = prune(graph, outputs);
  const declared = new Set(leaves);
  const lines = [
    ...[...graph.inputs.values()].filter((value) => declared.has(value)).map((value) => `${typed(value)} = input`),
    ...[...graph.variables.values()].filter((value) => declared.has(value)).map((value) =>
      `${typed(value)} = ${value.trainable ? "variable" : "state"}`
    ),
    ...nodes.map((node) => {
      const attributes = Object.entries(node.attributes).map(([name, value]) => ` ${name}=${attribute(value)}`).join(
        "",
      );
      return `${node.outputs.map(typed).join(", ")} = ${node.op.type}(${
        node.inputs.map(named).join(", ")
      })${attributes}`;
    }),
    `-> ${outputs.map((value) => value.name).join(", ")}`,
  ];
  return lines.join("\n");
}

const typed = (value: Value) => `${value.name}: ${value.dtype} [${value.shape}]`;
const attribute = (value: Attribute) => typeof value === "object" ? `[${value}]` : `${value}`;
function named(value: Value): string {
  if (!value.data) return value.name;
  if (value.data.length > PRINTED_CONSTANT_SIZE) return `${value.dtype} [${value.shape}] constant`;
  const elements = Array.from<number | bigint>(value.data).map((x) => typeof x === "number" ? +x.toPrecision(7) : x);
  return value.shape.length === 0 ? `${elements[0]}` : `[${elements.join(", ")}]`;
}
