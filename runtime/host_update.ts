import type { Variable } from "../graphs/builder.ts";
import { sizeOf } from "../graphs/tensor.ts";
import type { Block, Space } from "./arena.ts";
import { compileKernel, type Kernel } from "./kernel.ts";
import { GRADIENT, ruleFormula, scalarsAt } from "./rule_formula.ts";
import type { UpdateRule } from "./update.ts";

/**
 * Rows of a table at `ids`, each times its number among `scales`, or all times the only one. Fewer than the rows of the
 * gradient: each counts for as many that follow each other. More: as many that follow each other make one.
 */
export interface GradientTerm {
  readonly table: Block;
  readonly ids: Int32Array;
  readonly scales: Float32Array;
}
/** Rows of a variable's gradient at `ids`, which may repeat: themselves, or what they are the sum of. */
export interface GradientRows {
  readonly ids: Int32Array;
  readonly rows: Float32Array | readonly GradientTerm[];
}
/** A step's gradient of one variable: the whole of it, or rows. */
export type HostGradient = Float32Array | readonly GradientRows[];

/** The CPU form of an update. */
export interface HostUpdate {
  /** Takes a step's gradient. Every variable's is taken before any is updated: gradients may refer to variables. */
  take(gradient: HostGradient): void;
  /** Updates the variable in place. `step` counts from 1. */
  apply(step: number): void;
}

/**
 * Row gradients are summed into a table of gradients, then the rule's kernel runs over all of it. It leaves zeros in the
 * gradients that it has read, for the next step.
 */
export function hostUpdate(
  variable: Variable,
  rule: UpdateRule,
  arena: Space,
  parameter: Block,
  states: readonly Block[],
): HostUpdate {
  const kernel = ruleKernel(rule, arena);
  const count = variable.shape[0] ?? 1, size = sizeOf(variable.shape), width = size / Math.max(1, count);
  const sum = arena.allocate(size), add = rowAdder(arena, sum, width);
  const addresses = [parameter, sum, ...states].map(({ byteOffset }) => byteOffset);
  const whole = { ids: arena.allocate(1).byteOffset, count: 1, length: size }; // row 0 of one row
  return {
    take(gradient) {
      if (gradient instanceof Float32Array) return sum.view().set(gradient);
      gradient.forEach(add);
    },
    apply: (step) => kernel(whole, addresses, scalarsAt(rule, step)),
  };
}

/** Adds gradient rows to the table `sum`; `at` tells the parts of one gradient apart. */
export function rowAdder(arena: Space, sum: Block, width: number): (gradient: GradientRows, at: number) => void {
  const kept = new Map<string, Block>();
  const place = (name: string, data: Int32Array | Float32Array) => {
    let block = kept.get(name);
    if (!block || block.length < data.length) kept.set(name, block = arena.allocate(data.length));
    (data instanceof Int32Array ? block.ints() : block.view()).set(data);
    return block;
  };
  /** Ids, each as often as makes them `count`. */
  const placeIds = (name: string, ids: Int32Array, count: number) =>
    place(name, ids.length === count ? ids : repeated(ids, count / ids.length)).byteOffset;
  return ({ ids, rows }, part) => {
    const terms = rows instanceof Float32Array
      ? [{ table: place(`rows ${part}`, rows), ids: ids.map((_, at) => at), scales: Float32Array.of(1) }]
      : rows;
    for (const [count, own] of byCount(terms, ids.length)) {
      const placed = own.map(({ table, ids: from, scales }, at) => ({
        scales: place(`scales ${part} ${count} ${at}`, scales).byteOffset,
        stride: scales.length > 1 ? scales.BYTES_PER_ELEMENT : 0,
        ids: placeIds(`source ${part} ${count} ${at}`, from, count),
        table,
      }));
      const kernel = arena.rows.add(width, own.length), into = placeIds(`ids ${part} ${count}`, ids, count);
      arena.fetch(count, placed, width, (first, some) => {
        const at = first * ids.BYTES_PER_ELEMENT;
        const sources = placed.flatMap(({ scales, stride, ids, table }) => [
          scales + first * stride,
          stride,
          ids + at,
          table.byteOffset,
        ]);
        kernel(some, into + at, sum.byteOffset, ...sources);
      });
    }
  };
}

/** Terms by how many rows they add: those of one number go in one pass. */
function byCount(terms: readonly GradientTerm[], rows: number): Map<number, GradientTerm[]> {
  return Map.groupBy(terms, ({ ids }) => Math.max(ids.length, rows));
}

function repeated(ids: Int32Array, times: number): Int32Array {
  const found = new Int32Array(ids.length * times);
  for (let at = 0, to = 0; at < ids.length; at++) found.fill(ids[at]!, to, to += times);
  return found;
}

/** The rule as a loop over rows, which leaves zeros in the gradient; rows of array `consecutive` lie one after the other. */
export function ruleKernel(rule: UpdateRule, arena: Space, consecutive?: number): Kernel {
  const formula = ruleFormula(rule), zero = formula.arrays[GRADIENT]!.graph.constant(Float32Array.of(0), []);
  const writes = [...formula.writes, { array: GRADIENT, value: zero }];
  return compileKernel({ ...formula, writes, ...consecutive !== undefined && { consecutive } }, arena.memory);
}
