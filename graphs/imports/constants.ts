import type { Value } from "../builder.ts";
import type { FileTensor, UnreadTensor } from "../file_tensor.ts";
import type { FileAttribute } from "../model_file.ts";
import { expand } from "../ops/shape.ts";
import { readInts } from "../ops/operand.ts";
import { allocate, long, sizeOf } from "../tensor.ts";
import { type ImportCall, type Importer, oneOf } from "./importer.ts";

/** Elements written in the node itself. */
function constant({ graph, attributes }: ImportCall): Value {
  const { value, value_float, value_floats, value_int, value_ints } = attributes;
  if (isTensor(value)) return graph.constant(value.data, value.shape);
  if (typeof value_float === "number") return graph.constant(Float32Array.of(value_float), []);
  if (typeof value_int === "number") return graph.constant(BigInt64Array.of(long(value_int)), []);
  if (Array.isArray(value_floats)) return graph.constant(Float32Array.from(value_floats));
  if (Array.isArray(value_ints)) return graph.constant(BigInt64Array.from(value_ints, long));
  throw new TypeError(`it has ${Object.keys(attributes).join(", ") || "no value"}; Foil reads tensors and numbers`);
}
function isTensor(value: FileAttribute | undefined): value is FileTensor {
  if (isUnread(value)) throw new TypeError(value.unread);
  return typeof value === "object" && "data" in value;
}
const isUnread = (value: FileAttribute | undefined): value is UnreadTensor =>
  typeof value === "object" && "unread" in value;

/** One element everywhere. */
function constantOfShape([shape]: readonly Value[], { graph, attributes: { value } }: ImportCall): Value {
  const wanted = readInts(shape, "ConstantOfShape", "shape");
  const one = isTensor(value) ? value : { dtype: "float32" as const, data: Float32Array.of(0) };
  if (one.dtype === "float32") return expand(graph.constant(one.data, []), wanted);
  const data = allocate(one.dtype, sizeOf(wanted));
  return graph.constant((data as BigInt64Array).fill(one.data[0] as bigint), wanted);
}

function range(inputs: readonly Value[], { graph }: ImportCall): Value {
  const [start, limit, delta] = inputs.map(({ data, name }) => {
    if (data) return Number(data[0]);
    throw new TypeError(`its length must be a constant, "${name}" is computed`);
  }) as [number, number, number];
  const data = allocate(inputs[0]!.dtype, Math.max(0, Math.ceil((limit - start) / delta)));
  data.forEach((_, at) =>
    data[at] = (data instanceof BigInt64Array ? BigInt(start + at * delta) : start + at * delta) as never
  );
  return graph.constant(data);
}

const lengths = ({ shape }: Value, { graph, attributes: { start, end } }: ImportCall): Value =>
  graph.constant(
    BigInt64Array.from(shape.slice(Number(start ?? 0), end === undefined ? undefined : Number(end)), BigInt),
  );

/** What is known while the graph is built: shapes are. */
export const constants: Readonly<Record<string, Importer>> = {
  Constant: (_, call) => [constant(call)],
  ConstantOfShape: oneOf(constantOfShape),
  Range: oneOf(range),
  Shape: oneOf(([x], call) => lengths(x!, call)),
  Size: oneOf(([x], { graph }) => graph.constant(BigInt64Array.of(BigInt(sizeOf(x!.shape))), [])),
};
