import { idsBelow } from "../datasets/ids_below.ts";
import type { Attributes, ItemVectors } from "../datasets/metadata.ts";
import type { GraphBuilder, Initializer, Value } from "../graphs/builder.ts";
import { add, mul } from "../graphs/ops/arithmetic.ts";
import { gather } from "../graphs/ops/index.ts";
import { sum } from "../graphs/ops/reduce.ts";
import { unsqueeze } from "../graphs/ops/shape.ts";
import { sizeOf } from "../graphs/tensor.ts";
import { linear } from "./linear.ts";
import { named } from "./named.ts";

/** Vectors of ids, learnt of what is known of them. */
export type Lookup = (ids: Value) => Value; // [..] -> [.., D]

/** The row of ids without attributes. No attribute is called so: names are words of a file. */
const NONE = "\n";

/**
 * The mean of the learnt vectors of an id's attributes, in a table `name` [attributes + 1, D]. Its last row is the learnt
 * vector of ids that have none. Ids are listed side by side up to the longest list of attributes there is.
 */
export function attributeMeans(
  graph: GraphBuilder,
  name: string,
  { offsets, targets, names }: Attributes,
  width: number,
  init: Initializer,
): Lookup {
  const count = offsets.length - 1,
    none = names.length,
    table = graph.variable(name, [none + 1, width], init, { rowsOf: [...names, NONE] });
  const most = offsets.reduce((longest, end, at) => Math.max(longest, end - (offsets[at - 1] ?? 0)), 1);
  const slots = new Int32Array(count * most).fill(none), shares = new Float32Array(count * most);
  for (let id = 0; id < count; id++) {
    const own = targets.subarray(offsets[id], offsets[id + 1]);
    slots.set(own, id * most);
    shares.fill(1 / Math.max(1, own.length), id * most, id * most + Math.max(1, own.length));
  }
  const listed = graph.constant(slots, [count, most]), share = graph.constant(shares, [count, most]);
  return (ids) => {
    const vectors = gather(table, gather(listed, ids)); // [.., S, D]
    return sum(mul(vectors, unsqueeze(gather(share, ids), -1)), [-2]);
  };
}

/**
 * An item's vector of a modality, f, as a learnt projection f E with E `vectors/<name>` [W, D]; of items that have none
 * the learnt vector `vectors/<name>/none` [1, D]. Each f is scaled to length 1: sources differ by orders of magnitude.
 */
export function projections(
  graph: GraphBuilder,
  { name, width: size, data, rows }: ItemVectors,
  width: number,
  init: Initializer,
): Lookup {
  const count = data.length / size, units = new Float32Array((count + 1) * size); // the last is zero
  for (let row = 0; row < count; row++) {
    const f = data.subarray(row * size, (row + 1) * size), length = Math.hypot(...f);
    if (length > 0) units.set(f.map((x) => x / length), row * size);
  }
  const row = graph.constant(rows.map((at) => at < 0 ? count : at)), known = graph.constant(units, [count + 1, size]);
  const variable = `vectors/${named(name)}`, projection = graph.variable(variable, [size, width], init);
  const found: Lookup = (ids) => linear(gather(known, gather(row, ids)), projection);
  if (!rows.includes(-1)) return found;
  const missing = graph.constant(Float32Array.from(rows, (at) => at < 0 ? 1 : 0), [rows.length, 1]);
  const none = graph.variable(`${variable}/none`, [1, width], init);
  return (ids) => add(found(ids), mul(gather(missing, ids), none));
}

/**
 * `of`, computed for all ids at once, 0 to `count` - 1, and looked up, where a graph asks for no fewer: the vectors are
 * the same, and a step never computes more of them than there are.
 */
export function lookedUp(graph: GraphBuilder, count: number, of: Lookup): Lookup {
  let all: Value | undefined;
  const whole = () => all ??= of(graph.constant(idsBelow(count)));
  return (ids) => sizeOf(ids.shape) < count ? of(ids) : gather(whole(), ids);
}
