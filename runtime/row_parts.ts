import { type RowGradient, type Value, Variable } from "../graphs/builder.ts";
import { max, min, sub } from "../graphs/ops/arithmetic.ts";
import { and, greaterOrEqual, less, where } from "../graphs/ops/compare.ts";
import { countedRows, gather, joinedRows, scatterNdAdd } from "../graphs/ops/index.ts";
import { reshape, zerosOf } from "../graphs/ops/shape.ts";
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

/** Of a row gradient, what belongs to a part of its table, as a tensor of the part's shape; duplicates summed. */
export function denseRowsOf(gradient: RowGradient, all: number, { first, shape }: RowPart): Value {
  const [count = 1, ...width] = shape,
    { ids, rows } = joinedRows(countedRows(gradient, all), width),
    gathered = ids.shape[0]!;
  const own = and(greaterOrEqual(ids, first), less(ids, first + count));
  const kept = where(reshape(own, [gathered, ...width.map(() => 1)]), rows, 0);
  return scatterNdAdd(zerosOf(rows, shape), reshape(within(ids, first, count), [gathered, 1]), kept);
}

/** Ids counted from `first`; those before and after are the first and the last of `count`. */
const within = (ids: Value, first: number, count: number): Value => max(min(sub(ids, first), count - 1), 0);
