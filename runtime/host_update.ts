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
 * The CPU form of an update: row gradients are summed into a table of gradients, then the rule's kernel runs over all of
 * it or over the touched rows, and the rows that were summed are cleared for the next step.
 */
export function hostUpdate(
  variable: Variable,
  rule: UpdateRule,
  arena: Arena,
  parameter: Block,
  states: readonly Block[],
): HostUpdate {
  const kernel = ruleKernel(rule, arena);
  const count = variable.shape[0] ?? 1, width = sizeOf(variable.shape) / Math.max(1, count);
  const rowBytes = width * Float32Array.BYTES_PER_ELEMENT;
  const gradient = arena.allocate(sizeOf(variable.shape));
  const addresses = [parameter, gradient, ...states].map(({ byteOffset }) => byteOffset);
  const seen = new Uint8Array(count), staged: { ids: Block; rows: Block }[] = [];

  return (gradients, step) => {
    const parts = gradients.map(({ ids, rows }, part) => {
      if (!ids) return null;
      let place = staged[part];
      if (!place || place.ids.length < ids.length) {
        place = staged[part] = { ids: arena.allocate(ids.length), rows: arena.allocate(rows.length) };
      }
      place.ids.ints().set(ids);
      place.rows.view().set(rows);
      return { ids, at: place.ids.byteOffset, rows: place.rows.byteOffset };
    });
    const sum = gradient.view(), dense = gradients.filter(({ ids }) => !ids);
    for (const { rows } of dense) for (let at = 0; at < rows.length; at++) sum[at]! += rows[at]!;
    for (const part of parts) {
      if (part) arena.rows.add(part.ids.length, part.at, part.rows, gradient.byteOffset, rowBytes);
    }

    const scalars = Object.values(rule.scalars(step));
    if (dense.length > 0 || rule.rows === "all") kernel(sum.length, addresses, scalars);
    else {
      for (const row of distinct(parts.flatMap((part) => part ? [part.ids] : []), seen)) {
        kernel(width, addresses.map((address) => address + row * rowBytes), scalars);
      }
    }
    if (dense.length > 0) sum.fill(0);
    else for (const part of parts) if (part) arena.rows.clear(part.ids.length, part.at, gradient.byteOffset, rowBytes);
  };
}

/** Each id once, in the order of coming. `seen` is all zero before and after. */
function distinct(parts: readonly Int32Array[], seen: Uint8Array): Int32Array {
  const found = new Int32Array(parts.reduce((total, { length }) => total + length, 0));
  let count = 0;
  for (const ids of parts) {
    for (const id of ids) {
      if (seen[id]) continue;
      seen[id] = 1;
      found[count++] = id;
    }
  }
  for (let at = 0; at < count; at++) seen[found[at]!] = 0;
  return found.subarray(0, count);
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
