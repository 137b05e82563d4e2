import { allocate, type DType, elementBytes, type TensorData } from "../graphs/tensor.ts";
import type { Ort } from "./ort.ts";
import type { Result } from "./runtime.ts";

/** Copies every output into one staging buffer, so that a single wait brings them all. */
export async function readTensors<K extends string>(
  device: GPUDevice,
  results: readonly Result<K>[],
): Promise<readonly Readonly<Record<K, TensorData>>[]> {
  const tensors = results.flatMap(({ outputs }) => Object.values(outputs) as Ort.Tensor[]);
  const remote = tensors.filter(({ location, size }) => location === "gpu-buffer" && size > 0);
  const ALIGNMENT = 16, offsets = new Map<Ort.Tensor, number>();
  let total = 0;
  for (const tensor of remote) {
    offsets.set(tensor, total);
    total += Math.ceil(bytesOf(tensor) / ALIGNMENT) * ALIGNMENT;
  }
  const staging = device.createBuffer({
    size: Math.max(total, ALIGNMENT),
    usage: GPUBufferUsage.COPY_DST | GPUBufferUsage.MAP_READ,
  });
  const encoder = device.createCommandEncoder();
  for (const [tensor, offset] of offsets) {
    encoder.copyBufferToBuffer(
      tensor.gpuBuffer as unknown as GPUBuffer,
      0,
      staging,
      offset,
      Math.ceil(bytesOf(tensor) / 4) * 4,
    );
  }
  device.queue.submit([encoder.finish()]);
  await staging.mapAsync(GPUMapMode.READ);
  const bytes = staging.getMappedRange().slice(0);
  staging.destroy();
  const host = (tensor: Ort.Tensor): TensorData => {
    const offset = offsets.get(tensor);
    if (offset === undefined) return tensor.size > 0 ? tensor.data as TensorData : new Float32Array();
    const data = allocate(tensor.type as DType, tensor.size);
    new Uint8Array(data.buffer).set(new Uint8Array(bytes, offset, data.byteLength));
    return data;
  };
  const read = results.map(({ outputs }) =>
    Object.fromEntries(Object.entries(outputs).map(([name, value]) => [name, host(value as Ort.Tensor)])) as Record<
      K,
      TensorData
    >
  );
  for (const tensor of tensors) tensor.dispose();
  return read;
}

const bytesOf = ({ type, size }: Ort.Tensor) => elementBytes[type as DType] * size;
