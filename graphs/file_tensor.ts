import { typeOfCode } from "./ops/compare.ts";
import { onnx } from "./proto.ts";
import { allocate, type DType, elementBytes, type Shape, sizeOf, type TensorData } from "./tensor.ts";

/** A tensor of a file, elements and all. */
export interface FileTensor {
  readonly dtype: DType;
  readonly shape: Shape;
  readonly data: TensorData;
}
/** A tensor whose elements Foil cannot hold, as quantised models have them: only what needs it fails, with these words. */
export interface UnreadTensor {
  readonly unread: string;
}
/** Says what is wrong with a file, and throws. */
export type Fail = (why: string) => never;
type TensorProto = NonNullable<Parameters<typeof onnx.TensorProto.create>[0]>;

/** The element type that ONNX gives `code`. */
export function elementType(code: number | null | undefined, name: string, fail: Fail): DType {
  return typeOfCode(code) ?? fail(lacking(code, name));
}
function lacking(code: number | null | undefined, name: string): string {
  const called = Object.entries(onnx.TensorProto.DataType).find(([, of]) => of === code)?.[0];
  return `"${name}" has ${
    called ? `elements of ${called}` : "no element type"
  }; Foil knows FLOAT, INT32, INT64 and BOOL`;
}

/** Reads a tensor, its elements given as bytes or as numbers. */
export function fileTensor(tensor: TensorProto, name: string, fail: Fail): FileTensor | UnreadTensor {
  const dtype = typeOfCode(tensor.dataType), shape = (tensor.dims ?? []).map(Number);
  if (!dtype) return { unread: lacking(tensor.dataType, name) };
  if (tensor.dataLocation === onnx.TensorProto.DataLocation.EXTERNAL) {
    fail(`"${name}" is kept in another file; write the model as one file (torch: external_data=False)`);
  }
  const data = tensor.rawData?.length
    ? fromBytes(tensor.rawData, dtype, sizeOf(shape), name, fail)
    : listed(tensor, dtype);
  if (data.length === sizeOf(shape)) return { dtype, shape, data };
  return fail(`"${name}" holds ${data.length} elements, its shape [${shape}] takes ${sizeOf(shape)}`);
}

function listed(tensor: TensorProto, dtype: DType): TensorData {
  if (dtype === "float32") return Float32Array.from(tensor.floatData ?? []);
  if (dtype === "int64") return BigInt64Array.from(tensor.int64Data ?? [], (x) => BigInt(x.toString()));
  const data = tensor.int32Data ?? [];
  return dtype === "int32" ? Int32Array.from(data) : Uint8Array.from(data);
}

function fromBytes(bytes: Uint8Array, dtype: DType, size: number, name: string, fail: Fail): TensorData {
  const taken = size * elementBytes[dtype];
  if (bytes.length !== taken) fail(`"${name}" holds ${bytes.length} bytes, its shape takes ${taken}`);
  const data = allocate(dtype, size); // a copy: the offset in the file need not be aligned
  new Uint8Array(data.buffer).set(bytes);
  return data;
}
