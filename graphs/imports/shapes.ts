import type { Value } from "../builder.ts";
import { RESHAPING } from "../layout_ops.ts";
import { gather } from "../ops/index.ts";
import { ints, readInts } from "../ops/operand.ts";
import { concat, evenly, expand, padOp, reshape, reshapeOp, sliceOp, sliceRanges, split } from "../ops/shape.ts";
import { normalizeAxis, type Shape, sizeOf } from "../tensor.ts";
import { type ImportCall, type Importer, numberOf, oneOf } from "./importer.ts";

/** Reshape. A batch length in its target, which shapes gave, stays open. */
function importReshape(
  [x, target]: readonly Value[],
  { graph, attributes: { allowzero }, fromShapes }: ImportCall,
): Value {
  const asked = readInts(target, "Reshape", "shape");
  if (allowzero && asked.includes(0)) throw new TypeError("allowzero=1 and a length of 0 are not known");
  const y = graph.apply(reshapeOp, [x!, target!], { allowzero: 0 })[0]!;
  return fromShapes(1) ? openReshape(x!, y.shape) : y;
}

/**
 * `x` in `shape`, whose first axes follow those of `x`: they are kept as far as they are the same, the next is what is
 * left. So it holds for a batch of any length, first or after heads, say, and an exported file leaves that open.
 */
export function openReshape(x: Value, shape: Shape): Value {
  const { graph } = x, differs = shape.findIndex((length, axis) => length !== x.shape[axis]);
  if (shape.length === 0 || x.shape.length === 0 || sizeOf(x.shape) !== sizeOf(shape)) return reshape(x, shape);
  const at = differs < 0 ? shape.length : differs;
  const open = shape.map((length, axis) => axis < at ? 0 : axis === at ? -1 : length);
  return graph.apply(reshapeOp, [x, ints(graph, open)], { allowzero: 0 })[0]!;
}

/** Up to opset 17 a Split without sizes cuts into as many equal parts as it has outputs. */
function importSplit([x, sizes]: readonly (Value | undefined)[], call: ImportCall): readonly Value[] {
  const axis = normalizeAxis(numberOf(call, "axis", 0), x!.shape.length, "Split"), length = x!.shape[axis]!;
  if (sizes) return split(x!, axis, readInts(sizes, "Split", "sizes"));
  return split(x!, axis, evenly(length, call.outputs));
}

/** A step other than 1 looks positions up, which has a gradient. */
function importSlice(
  [x, starts, ends, axes, steps]: readonly (Value | undefined)[],
  { graph }: ImportCall,
): readonly Value[] {
  const all = readInts(starts, "Slice", "starts").map((_, axis) => axis); // of the element type that the file's ranges have
  const along = axes ?? (starts!.dtype === "int32" ? graph.constant(Int32Array.from(all)) : ints(graph, all));
  const inputs = [x!, starts!, ends!, along, ...steps ? [steps] : []], ranges = sliceRanges(inputs);
  if (ranges.every(({ step }) => step === 1)) return graph.apply(sliceOp, inputs);
  return [ranges.reduce((y, { from, step, count }, axis) => {
    if (from === 0 && step === 1 && count === y.shape[axis]) return y;
    return gather(y, graph.constant(Int32Array.from({ length: count }, (_, n) => from + n * step)), axis);
  }, x!)];
}

/** Since opset 18 the axes that are padded may be named. */
function importPad(
  [x, pads, value, axes]: readonly (Value | undefined)[],
  { graph, attributes }: ImportCall,
): readonly Value[] {
  const mode = { mode: String(attributes.mode ?? "constant") },
    by = readInts(pads, "Pad", "pads"),
    rank = x!.shape.length;
  const all: number[] = Array.from({ length: 2 * rank }, () => 0), count = by.length / 2;
  const along = axes ? readInts(axes, "Pad", "axes") : x!.shape.map((_, axis) => axis);
  along.forEach((axis, at) => {
    const to = normalizeAxis(axis, rank, "Pad");
    all[to] = by[at]!;
    all[rank + to] = by[count + at]!;
  });
  return graph.apply(padOp, [x!, ints(graph, all), ...value ? [value] : []], mode);
}

/** Everything before `axis` by everything from it on. */
function flatten(x: Value, axis: number): Value {
  const at = axis === x.shape.length ? axis : normalizeAxis(axis, x.shape.length, "Flatten");
  return openReshape(x, [sizeOf(x.shape.slice(0, at)), sizeOf(x.shape.slice(at))]);
}

/**
 * Ids go in as they came, before casts and other shapes, so that runtimes see which rows of a table are asked for; ids
 * counted from the back are constants.
 */
function importGather([table, ids]: readonly Value[], call: ImportCall): Value {
  const axis = normalizeAxis(numberOf(call, "axis", 0), table!.shape.length, "Gather");
  const source = sourceOf(ids!), rows = source.data ? counted(source, table!.shape[axis]!) : source;
  const shape = [...table!.shape.slice(0, axis), ...ids!.shape, ...table!.shape.slice(axis + 1)];
  const found = gather(table!, rows, axis);
  return `${found.shape}` === `${shape}` ? found : openReshape(found, shape);
}

/** Whole numbers before they were made int64 or given other axes. */
function sourceOf(ids: Value): Value {
  const { node } = ids, [from] = node?.inputs ?? [];
  const same = node && (RESHAPING.has(node.op.type) || (node.op.type === "Cast" && from!.dtype === "int32"));
  return same ? sourceOf(from!) : ids;
}

function counted(ids: Value, length: number): Value {
  const at = Int32Array.from(ids.data as Int32Array, Number).map((id) => id < 0 ? id + length : id);
  return ids.graph.constant(at, ids.shape);
}

/** What is repeated for each row of a batch has length 1 there: it is stretched, not joined to itself as often. */
const tile = (x: Value, repeats: Shape): Value =>
  repeats.reduce(
    (y, times, axis) =>
      y.shape[axis] === 1 && times > 1
        ? expand(y, y.shape.with(axis, times))
        : concat(Array.from({ length: times }, () => y), axis),
    x,
  );

/** Ops of axes that take inputs in more ways than Foil's own. */
export const shapes: Readonly<Record<string, Importer>> = {
  Reshape: oneOf(importReshape),
  Flatten: oneOf(([x], call) => flatten(x!, numberOf(call, "axis", 1))),
  Split: importSplit,
  Slice: importSlice,
  Pad: importPad,
  Gather: oneOf(importGather),
  Tile: oneOf(([x, repeats]) => tile(x!, readInts(repeats, "Tile", "repeats"))),
};
