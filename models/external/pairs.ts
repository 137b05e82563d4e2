import type { Value } from "../../graphs/builder.ts";
import { openReshape } from "../../graphs/imports/shapes.ts";
import { neededNodes } from "../../graphs/inline.ts";
import { MEASURING } from "../../graphs/layout_ops.ts";
import type { FileNode, ModelFile } from "../../graphs/model_file.ts";
import { add, max, min, mul, sub } from "../../graphs/ops/arithmetic.ts";
import { cast } from "../../graphs/ops/compare.ts";
import { slice } from "../../graphs/ops/shape.ts";
import { sameShape, sizeOf } from "../../graphs/tensor.ts";
import type { Cut } from "./cut.ts";
import type { Instance } from "./instance.ts";
import { type JoinedProduct, joinedProducts, piecewise } from "./joined_product.ts";
import { failing } from "./names.ts";
import { spreadOf } from "./spread.ts";
import type { Part, Widths } from "./widths.ts";

/**
 * Scores of representations where they are no inner product: the model's joint part, for each pair of a row with one of
 * its candidates. What takes one side alone is computed once for each row, or candidate; so are the first products with
 * weights, and elementwise ops stretch a row over its candidates by themselves.
 */
export function pairScore(
  file: ModelFile,
  cut: Cut,
  { part }: Instance,
  widths: Widths,
  query: Value, // [R, 1, D]
  items: Value, // [R|1, N, 1, D]
): Value {
  const [rows] = query.shape as [number], [pools, count] = items.shape as [number, number], pairs = rows * count;
  const fail = failing(file.source), read = readOf(file, cut), spread = spreadOf(query, items);
  const side = (
    x: Value,
    parts: readonly Part[],
    names: readonly string[],
    size: number,
    wanted: readonly string[],
  ) => {
    const given = new Map(parted(x, parts, size).map((value, at) => [names[at]!, value]));
    const found = part(size, given, wanted);
    return new Map(wanted.map((name) => {
      const value = found.get(name)!;
      if (value.shape[0] !== size) {
        fail(`"${name}" is [${value.shape}] for a batch of ${size}: its first axis is not the batch`);
      }
      return [name, value];
    }));
  };
  const user = side(query, widths.queries, cut.queries, rows, read.user); // [R, ..] each
  const item = side(items, widths.items, cut.itemsOf, pools * count, read.item); // [R N | N, ..] each

  const met = new Map([ // [R N, ..] each
    ...[...user].map(([name, x]) => [name, spread.ofRows(x)] as const),
    ...[...item].map(([name, x]) => [name, spread.ofCandidates(x)] as const),
  ]);
  const tensor = (name: string) => part(pairs, met, [name]).get(name)!;
  const elementwise = ({ type, inputs: [left = "", right = "", ...more] }: FileNode): Value | null => {
    const op = more.length === 0 ? binary[type] : undefined; // Min and Max take any number of inputs
    const [a, b] = [user.get(left), item.get(right)], [c, d] = [item.get(left), user.get(right)];
    if (op && a && b && sameTail(a, b)) return spread.meet(op, a, b);
    if (op && c && d && sameTail(c, d)) return spread.meet((x, y) => op(y, x), d, c);
    return null;
  };
  const product = ({ parts, weights, bias, transB }: JoinedProduct): Value | null => {
    const values = parts.map((name) => user.get(name) ?? item.get(name) ?? tensor(name)), factor = tensor(weights);
    const added = bias === undefined ? [] : [tensor(bias)];
    if ([factor, ...values].some(({ shape }) => shape.length !== 2) || added.some(({ shape }) => shape.length > 1)) {
      return null;
    }
    const pieces = piecewise(values, factor, transB);
    const sumOf = (keep: (name: string) => boolean, more: readonly Value[] = []) => {
      const kept = pieces.filter((_, at) => keep(parts[at]!));
      return kept.length > 0 ? [...kept, ...more].reduce(add) : undefined;
    };
    const row = sumOf((name) => user.has(name), added), candidate = sumOf((name) => item.has(name));
    const others = sumOf((name) => !user.has(name) && !item.has(name), row ? [] : added);
    if (!row || !candidate) return others && !row && !candidate ? others : null;
    const both = spread.meet(add, row, candidate);
    return others ? add(both, others) : both;
  };
  for (const node of read.joint) {
    const value = elementwise(node);
    if (value) met.set(node.outputs[0]!, value);
  }
  for (const each of joinedProducts(file, read.joint)) {
    const value = product(each);
    if (value) met.set(each.output, value);
  }
  const scores = tensor(cut.scores);
  return sizeOf(scores.shape) === pairs
    ? spread.toRows(scores)
    : fail(`"${cut.scores}" is [${scores.shape}] for ${pairs} pairs`);
}

const binary: Readonly<Record<string, (a: Value, b: Value) => Value>> = {
  Add: add,
  Sub: sub,
  Mul: mul,
  Min: min,
  Max: max,
};
const sameTail = (a: Value, b: Value) => sameShape(a.shape.slice(1), b.shape.slice(1));

/** [n, .., D] -> the tensors that it joins, [size, ..] each. */
function parted(x: Value, parts: readonly Part[], size: number): readonly Value[] {
  let start = 0;
  return parts.map(({ shape, dtype }) => {
    const part = openReshape(slice(x, -1, start, start += sizeOf(shape)), [size, ...shape]);
    return dtype === "float32" ? part : cast(part, dtype);
  });
}

/** What the joint part reads of each side, and its nodes that take both, in order. */
function readOf(file: ModelFile, { scores, joint, queries, itemsOf }: Cut) {
  const user = reached(file, joint, queries), item = reached(file, joint, itemsOf);
  const needed = neededNodes(file, (name) => !user.has(name) || !item.has(name), [scores]);
  const ordered = file.nodes.filter((node) => needed.has(node)),
    names = new Set(ordered.flatMap(({ inputs }) => inputs));
  return {
    joint: ordered,
    user: [...names].filter((name) => user.has(name) && !item.has(name)),
    item: [...names].filter((name) => item.has(name) && !user.has(name)),
  };
}

/** The tensors that depend on the elements of some. */
function reached({ nodes }: ModelFile, joint: ReadonlySet<FileNode>, from: readonly string[]): ReadonlySet<string> {
  const found = new Set(from);
  for (const { type, inputs, outputs } of nodes.filter((node) => joint.has(node))) {
    if (MEASURING.has(type)) continue;
    if (inputs.some((name) => found.has(name))) { for (const name of outputs) found.add(name); }
  }
  return found;
}
