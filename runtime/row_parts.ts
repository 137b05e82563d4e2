import { type RowGradient, type Value, Variable } from "../graphs/builder.ts";
import { max, min, sub } from "../graphs/ops/arithmetic.ts";
import { and, greaterOrEqual, less, where } from "../graphs/ops/compare.ts";
import { gather, scatterNdAdd } from "../graphs/ops/index.ts";
import { concat, reshape, zerosOf } from "../graphs/ops/shape.ts";
import type { Rule } from "../graphs/rewrite.ts";
import { type Shape, sizeOf } from "../graphs/tensor.ts";

/** Consecutive rows of a table that lie in a buffer of their own. */
export interface RowPart {
  /** The table's name, and its rows where they are not all. */
  readonly name: string;
  readonly first: number;
  readonly shape: Shape;
}

/** A table in as few parts as `most` bytes each allow: one, where it fits. A row is never cut. */
export function rowParts(name: string, shape: Shape, most: number): readonly RowPart[] {
  const [rows = 1, ...rest] = shape, fit = Math.floor(most / (sizeOf(rest) * Float32Array.BYTES_PER_ELEMENT));
  if (rows <= fit || fit < 1) return [{ name, first: 0, shape }];
  return Array.from({ length: Math.ceil(rows / fit) }, (_, part) => {
    const first = part * fit, end = Math.min(rows, first + fit);
    return { name: `${name}[${first}..${end})`, first, shape: [end - first, ...rest] };
  });
}

/** Rows gathered from a table that is in parts: those of each part where they are its own. */
export const gatherFromParts = (most: number): Rule => ({ op, attributes }, [table, ids], graph) => {
  if (op.type !== "Gather" || Number(attributes.axis ?? 0) !== 0 || !(table instanceof Variable)) return null;
  const parts = rowParts(table.name, table.shape, most);
  if (parts.length === 1) return null;
  const found = parts.map(({ name, shape, first }) => {
    const part = graph.variables.get(name) ?? graph.variable(name, shape, table.init, { trainable: table.trainable });
    return gather(part, within(ids!, first, shape[0]!));
  });
  const one = reshape(ids!, [...ids!.shape, ...table.shape.slice(1).map(() => 1)]);
  return [found.reduce((before, rows, at) => where(less(one, parts[at]!.first), before, rows))];
};

/**
 * Of a row gradient, what belongs to a part of its table (or to all of it), as a tensor of the part's shape; duplicates
 * summed. One scatter takes the rows of all gathers: each by itself would fill a table, to be added to the others.
 */
export function denseRowsOf({ parts }: RowGradient, { first, shape }: RowPart, all: boolean): Value {
  const [count = 1, ...width] = shape;
  const flat = (x: Value, rest: Shape) => reshape(x, [sizeOf(x.shape) / sizeOf(rest), ...rest]);
  const ids = concat(parts.map(({ ids }) => flat(ids, [])), 0), gathered = ids.shape[0]!;
  const rows = concat(parts.map(({ rows }) => flat(rows, width)), 0);
  const into = (ids: Value, rows: Value) => scatterNdAdd(zerosOf(rows, shape), reshape(ids, [gathered, 1]), rows);
  if (all) return into(ids, rows);
  const own = and(greaterOrEqual(ids, first), less(ids, first + count));
  return into(within(ids, first, count), where(reshape(own, [gathered, ...width.map(() => 1)]), rows, 0));
}

/** Ids counted from `first`; those before and after are the first and the last of `count`. */
const within = (ids: Value, first: number, count: number): Value => max(min(sub(ids, first), count - 1), 0);
