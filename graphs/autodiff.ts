import { blocksGradient, type Cotangent, type Node, notDifferentiable, RowGradient, type Value } from "./builder.ts";
import { add } from "./ops/arithmetic.ts";
import { denseRows } from "./ops/index.ts";
import { sameShape } from "./tensor.ts";

/**
 * Appends the reverse pass of the scalar `loss` to its graph and returns the gradient of each of `targets` (variables,
 * or any values on the way) that the loss depends on. The gradient of a table that is only gathered from along its first axis is a
 * {@link RowGradient}: its cost follows the rows gathered, not the table.
 *
 * @throws TypeError where the loss is no scalar, or an op on the way to a variable has no rule (named with its node).
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { GraphBuilder, RowGradient } from "./builder.ts";
 * import { zeros } from "./initializers.ts";
 * import { gradients } from "./autodiff.ts";
 * import { gather } from "./ops/index.ts";
 * import { sum } from "./ops/reduce.ts";
 *
 * const g = new GraphBuilder();
 * const table = g.variable("table", [1000, 8], zeros);
 * const rows = gather(table, g.input("ids", "int32", [4])); // [4, 8]
 * assert(gradients(sum(rows), [table]).get(table) instanceof RowGradient);
 * ```
 */
export function gradients<T extends Value>(loss: Value, targets: readonly T[]): Map<T, Value | RowGradient> {
  if (loss.shape.length !== 0 || loss.dtype !== "float32") {
    throw new TypeError(
      `Cannot differentiate "${loss.name}": a loss is a float32 scalar, this is ${loss.dtype} [${loss.shape}]`,
    );
  }
  const graph = loss.graph, needed = pathsTo(targets);
  const cotangents = new Map<Value, Value | RowGradient>([[loss, graph.constant(new Float32Array([1]), [])]]);
  const dense = (value: Value): Value | null => {
    const found = cotangents.get(value);
    return found instanceof RowGradient ? denseRows(found, value.shape) : found ?? null;
  };
  for (const node of [...graph.nodes].reverse()) { // a snapshot: the reverse pass appends to the same list
    const { op, inputs, outputs } = node;
    if (op.vjp === blocksGradient || !inputs.some(needed)) continue;
    const incoming = outputs.map(dense);
    if (incoming.every((value) => value === null)) continue;
    if (op.vjp === notDifferentiable) {
      throw new TypeError(`Cannot differentiate "${loss.name}": no gradient for op "${op.type}" (node "${node.name}")`);
    }
    const outgoing = op.vjp(incoming, node);
    if (outgoing.length < inputs.length) throw tooFew(node, outgoing.length);
    inputs.forEach((input, at) => {
      const cotangent = outgoing[at] ?? null;
      if (cotangent === null || !needed(input)) return;
      check(node, at, cotangent);
      cotangents.set(input, accumulate(cotangents.get(input), cotangent, input));
    });
  }
  return new Map(targets.flatMap((target): [T, Value | RowGradient][] => {
    const gradient = cotangents.get(target);
    return gradient ? [[target, gradient]] : [];
  }));
}

/** Whether a gradient can reach one of `targets` through a value. Iterative: graphs may be deep. */
export function pathsTo(targets: readonly Value[]): (value: Value) => boolean {
  const known = new Map<Value, boolean>(targets.map((target) => [target, true]));
  return (value) => {
    const pending = [value];
    while (pending.length > 0) {
      const next = pending.at(-1)!, inputs = next.node?.inputs ?? [];
      if (known.has(next)) {
        pending.pop();
        continue;
      }
      if (next.node?.op.vjp === blocksGradient) {
        known.set(next, false);
        continue;
      }
      const open = inputs.filter((input) => !known.has(input));
      if (open.length > 0) pending.push(...open);
      else known.set(next, inputs.some((input) => known.get(input)));
    }
    return known.get(value)!;
  };
}

function accumulate(sofar: Value | RowGradient | undefined, more: Value | RowGradient, input: Value) {
  if (sofar === undefined) return more;
  if (sofar instanceof RowGradient && more instanceof RowGradient) {
    return new RowGradient([...sofar.parts, ...more.parts]);
  }
  const tensor = (x: Value | RowGradient) => x instanceof RowGradient ? denseRows(x, input.shape) : x;
  return add(tensor(sofar), tensor(more));
}

/** What is left out would be taken for a gradient of zero. */
const tooFew = ({ op, name, inputs }: Node, found: number) =>
  new TypeError(
    `Cannot use the gradient of op "${op.type}" (node "${name}"): it has ${inputs.length} inputs, ` +
      `its vjp gave ${found} cotangents; null is that of an input without one`,
  );

function check(node: Node, at: number, cotangent: Exclude<Cotangent, null>): void {
  const input = node.inputs[at]!;
  if (cotangent instanceof RowGradient || sameShape(cotangent.shape, input.shape)) return;
  throw new TypeError(
    `Cannot use the gradient of op "${node.op.type}" (node "${node.name}"): input ${at} has shape [${input.shape}], ` +
      `its cotangent has [${cotangent.shape}]`,
  );
}
