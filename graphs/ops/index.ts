import { type Attribute, blocksGradient, type Op, RowGradient, type Value } from "../builder.ts";
import { normalizeAxis, sameShape, type Shape, sizeOf } from "../tensor.ts";
import { add } from "./arithmetic.ts";
import { cast, less, where } from "./compare.ts";
import { ints, readInts } from "./operand.ts";
import { concat, reshape, transpose, zerosLike, zerosOf } from "./shape.ts";

const axisOf = (x: Value, axis: unknown, fallback: number, type: string) =>
  normalizeAxis((axis as number | undefined) ?? fallback, x.shape.length, type);

function checkIds({ name, dtype }: Value, type: string): void {
  if (dtype === "int32" || dtype === "int64") return;
  throw new TypeError(`Cannot apply "${type}" at "${name}": ids and slots are int32 or int64, this is ${dtype}`);
}
/** Slots lie beside the elements they are of: as many axes, and none but `axis` longer. */
function checkSlots(x: Value, slots: Value, axis: unknown, type: string): void {
  checkIds(slots, type);
  const at = axisOf(x, axis, 0, type);
  if (slots.shape.length === x.shape.length && slots.shape.every((d, other) => other === at || d <= x.shape[other]!)) {
    return;
  }
  throw new TypeError(
    `Cannot apply "${type}" to [${x.shape}] at slots [${slots.shape}] along axis ${at}: they have as many axes, the others no longer`,
  );
}

/** Coordinates [.., n] name the first n axes. */
function checkCoordinates(x: Value, at: Value, type: string): void {
  checkIds(at, type);
  if (at.shape.length > 0 && at.shape.at(-1)! <= x.shape.length) return;
  throw new TypeError(
    `Cannot apply "${type}" to [${x.shape}] at coordinates [${at.shape}]: it has ${x.shape.length} axes`,
  );
}

/** Along the first axis the gradient is a row gradient, whose cost follows the rows gathered. */
export const gatherOp: Op = {
  type: "Gather",
  attributes: { axis: "int" },
  infer: ([x, ids], { axis }) => {
    checkIds(ids!, "Gather");
    const at = axisOf(x!, axis, 0, "Gather");
    return [{ dtype: x!.dtype, shape: [...x!.shape.slice(0, at), ...ids!.shape, ...x!.shape.slice(at + 1)] }];
  },
  vjp: ([g], { inputs: [x, ids], attributes: { axis } }) => {
    const at = axisOf(x!, axis, 0, "Gather"), rank = ids!.shape.length;
    if (at === 0) return [new RowGradient([{ ids: ids!, rows: g! }]), null];
    const front = [...g!.shape.keys()].sort((a, b) => side(a, at, rank) - side(b, at, rank) || a - b);
    const rows = transpose(g!, front); // [...ids, ...rest]
    const rest = x!.shape.filter((_, other) => other !== at);
    const dense = denseRows(new RowGradient([{ ids: ids!, rows }]), [x!.shape[at]!, ...rest]);
    const back = x!.shape.map((_, other) => other === at ? 0 : other < at ? other + 1 : other);
    return [transpose(dense, back), null];
  },
};
/** The axes of the ids come first. */
const side = (axis: number, at: number, rank: number) => axis >= at && axis < at + rank ? 0 : 1;

export const gatherElementsOp: Op = {
  type: "GatherElements",
  attributes: { axis: "int" },
  infer: ([x, slots], { axis }) => {
    checkSlots(x!, slots!, axis, "GatherElements");
    return [{ dtype: x!.dtype, shape: slots!.shape }];
  },
  vjp: ([g], { inputs: [x, slots], attributes: { axis } }) => [
    scatterElementsAdd(zerosLike(x!), slots!, g!, axisOf(x!, axis, 0, "GatherElements")),
    null,
  ],
};
export const scatterElementsOp: Op = {
  type: "ScatterElements",
  attributes: { axis: "int", reduction: "string" },
  infer: ([x, slots, values], { axis }) => {
    checkSlots(x!, slots!, axis, "ScatterElements");
    if (!sameShape(slots!.shape, values!.shape)) {
      throw new TypeError(`Cannot scatter [${values!.shape}] at slots [${slots!.shape}]: each slot takes one element`);
    }
    return [x!.type];
  },
  vjp: ([g], { inputs: [x, slots, values], attributes: { axis, reduction = "none" } }) => {
    const along = axisOf(x!, axis, 0, "ScatterElements"), ofValues = gatherElements(g!, slots!, along);
    if (reduction === "add") return [g!, null, ofValues];
    const kept = replaced(
      "ScatterElements",
      reduction,
      () => g!.graph.apply(scatterElementsOp, [g!, slots!, zerosLike(values!)], { axis: along, reduction: "none" })[0]!,
    );
    return [kept, null, ofValues];
  },
};
export const gatherNdOp: Op = {
  type: "GatherND",
  attributes: { batch_dims: "int" },
  infer: ([x, at], { batch_dims }) => {
    if (batch_dims) throw new TypeError(`Cannot apply "GatherND" with batch_dims=${batch_dims}: only 0 is known`);
    checkCoordinates(x!, at!, "GatherND");
    return [{ dtype: x!.dtype, shape: [...at!.shape.slice(0, -1), ...x!.shape.slice(at!.shape.at(-1)!)] }];
  },
  vjp: ([g], { inputs: [x, at] }) => [scatterNdAdd(zerosLike(x!), at!, g!), null],
};
export const scatterNdOp: Op = {
  type: "ScatterND",
  attributes: { reduction: "string" },
  infer: ([x, at, rows]) => {
    checkCoordinates(x!, at!, "ScatterND");
    if (rows!.dtype !== x!.dtype) throw new TypeError(`Cannot scatter ${rows!.dtype} into ${x!.dtype}`);
    const wanted = [...at!.shape.slice(0, -1), ...x!.shape.slice(at!.shape.at(-1)!)];
    if (`${wanted}` !== `${rows!.shape}`) {
      throw new TypeError(
        `Cannot scatter [${rows!.shape}] into [${x!.shape}] at [${at!.shape}]: that takes [${wanted}]`,
      );
    }
    return [x!.type];
  },
  vjp: ([g], { inputs: [, at, rows], attributes: { reduction = "none" } }) => [
    reduction === "add" ? g! : replaced("ScatterND", reduction, () => scatterNd(g!, at!, zerosLike(rows!))),
    null,
    gatherNd(g!, at!),
  ],
};
/** What is left of a gradient where elements were written over, which places that repeat must not be. */
function replaced(type: string, reduction: Attribute, kept: () => Value): Value {
  if (reduction === "none") return kept();
  throw new TypeError(
    `Cannot differentiate "${type}" with reduction "${reduction}": only "add" and "none" have a gradient`,
  );
}

const argOp = (type: string): Op => ({
  type,
  attributes: { axis: "int", keepdims: "int", select_last_index: "int" },
  vjp: blocksGradient,
  infer: ([x], { axis, keepdims }) => {
    const at = axisOf(x!, axis, 0, type);
    return [{
      dtype: "int64",
      shape: keepdims === 0 ? x!.shape.filter((_, a) => a !== at) : x!.shape.map((d, a) => a === at ? 1 : d),
    }];
  },
});
export const argMaxOp = argOp("ArgMax");
export const argMinOp = argOp("ArgMin");
/** The values carry a gradient back to their slots; the slots carry none. */
export const topKOp: Op = {
  type: "TopK",
  attributes: { axis: "int", largest: "int", sorted: "int" },
  infer: ([x, k], { axis }) => {
    const at = axisOf(x!, axis, -1, "TopK"), [count] = readInts(k, "TopK", "k") as [number];
    if (count < 0 || count > x!.shape[at]!) {
      throw new TypeError(
        `Cannot take the top ${count} of axis ${at} of [${x!.shape}]: ${
          count < 0 ? "that is no count" : "it is shorter"
        }`,
      );
    }
    const shape = x!.shape.map((d, other) => other === at ? count : d);
    return [{ dtype: x!.dtype, shape }, { dtype: "int64", shape }];
  },
  vjp: ([g], { inputs: [x], outputs: [, slots], attributes: { axis } }) => [
    g ? scatterElementsAdd(zerosLike(x!), slots!, g, axisOf(x!, axis, -1, "TopK")) : null,
    null,
  ],
};

/**
 * Slices of `x` at `ids` [..] along `axis`: for a table and axis 0, rows [..ids, ...D]. The gradient of a table goes to
 * the rows alone; ids, int32 or int64, have none. One that is fed and out of range is refused at the run, by name.
 */
export const gather = (x: Value, ids: Value, axis = 0): Value => x.graph.apply(gatherOp, [x, ids], { axis })[0]!;
/**
 * y[.., k, ..] = x[.., slots[.., k, ..], ..] along `axis`: of the shape of `slots`, which has as many axes as `x`. So
 * `gatherElements(candidates, argMax(scores, 1), 1)` is each row's best candidate, [R, 1].
 */
export const gatherElements = (x: Value, slots: Value, axis: number): Value =>
  x.graph.apply(gatherElementsOp, [x, slots], { axis: normalizeAxis(axis, x.shape.length, "GatherElements") })[0]!;
/** Slices of `x` at coordinates `at` [.., n], n at most its axes: [.., ...the axes after the first n]. */
export const gatherNd = (x: Value, at: Value): Value => x.graph.apply(gatherNdOp, [x, cast(at, "int64")])[0]!;
/** `x` with `rows` [.., ...the axes after the first n] added at coordinates `at` [.., n]; they may repeat. Ids out of range corrupt: check them on the host. */
export const scatterNdAdd = (x: Value, at: Value, rows: Value): Value =>
  x.graph.apply(scatterNdOp, [x, cast(at, "int64"), rows], { reduction: "add" })[0]!;
/**
 * `x` with `rows` written at coordinates `at` [.., n]; where they repeat, the rows must be equal. The gradient is that of
 * what is left of `x` and of `rows`, where no coordinates repeat.
 */
export const scatterNd = (x: Value, at: Value, rows: Value): Value =>
  x.graph.apply(scatterNdOp, [x, cast(at, "int64"), rows], { reduction: "none" })[0]!;
/** The element-wise larger of `x` and every row written at coordinates `at` [.., n]. It has no gradient. */
export const scatterNdMax = (x: Value, at: Value, rows: Value): Value =>
  x.graph.apply(scatterNdOp, [x, cast(at, "int64"), rows], { reduction: "max" })[0]!;
/** `x` with `values` added at `slots` along `axis`; slots, of the shape of the values, may repeat. */
export const scatterElementsAdd = (x: Value, slots: Value, values: Value, axis: number): Value =>
  x.graph.apply(scatterElementsOp, [x, slots, values], { axis, reduction: "add" })[0]!;
/** Slot of the largest element along `axis`, kept as length 1, [R, M] -> [R, 1]: int32, without gradient. Ties: the lowest slot. */
export const argMax = (x: Value, axis: number): Value => arg(argMaxOp, x, axis);
/** Slot of the smallest element along `axis`, kept as length 1: int32. Ties: the lowest slot. */
export const argMin = (x: Value, axis: number): Value => arg(argMinOp, x, axis);
const arg = (op: Op, x: Value, axis: number) =>
  cast(x.graph.apply(op, [x], { axis: normalizeAxis(axis, x.shape.length, op.type), keepdims: 1 })[0]!, "int32");
/** The `k` largest elements along the last axis, highest first, [R, M] -> [R, k], and their slots (int32, without gradient). */
export function topK(x: Value, k: number): { readonly values: Value; readonly slots: Value } {
  const [values, slots] = x.graph.apply(topKOp, [x, ints(x.graph, [k])], { axis: x.shape.length - 1 }) as [
    Value,
    Value,
  ];
  return { values, slots: cast(slots, "int32") };
}

/**
 * A row gradient as a table of `shape`, duplicates summed. One scatter takes the rows of all parts: each by itself would
 * fill a table, to be added to the others. (Ids that are int64 are scattered apart: WebGPU joins no int64.)
 */
export function denseRows({ parts }: RowGradient, shape: Shape): Value {
  const joined = parts.filter(({ ids }) => ids.dtype === "int32"),
    apart = parts.filter((part) => !joined.includes(part));
  const tables = [...joined.length > 0 ? [joined] : [], ...apart.map((part) => [part])].map((parts) => {
    const { ids, rows } = joinedRows(parts, shape.slice(1));
    return scatterNdAdd(zerosOf(rows, shape), reshape(ids, [ids.shape[0]!, 1]), rows);
  });
  return tables.reduce(add);
}

/**
 * The same parts with ids as int32, from 0: those of files may be computed, int64 and counted from the end of the `count`
 * rows of the table.
 */
export const countedRows = ({ parts }: RowGradient, count: number): RowGradient["parts"] =>
  parts.map(({ ids, rows }) => {
    if (ids.dtype === "int32") return { ids, rows };
    const narrow = cast(ids, "int32");
    return { ids: where(less(narrow, 0), add(narrow, count), narrow), rows };
  });

/** The ids [n] and rows [n, ...D] of all parts, one after another. */
export function joinedRows(parts: RowGradient["parts"], width: Shape): { readonly ids: Value; readonly rows: Value } {
  return {
    ids: concat(parts.map(({ ids }) => reshape(ids, [sizeOf(ids.shape)])), 0),
    rows: concat(parts.map(({ ids, rows }) => reshape(rows, [sizeOf(ids.shape), ...width])), 0),
  };
}
