import type { Variable } from "../graphs/builder.ts";
import { sizeOf } from "../graphs/tensor.ts";
import { type RowPart, rowParts } from "./row_parts.ts";
import { checkSaved, checkShared, savedData, type SavedTensor, startOf } from "./runtime.ts";
import { stateName } from "./update.ts";

/** Rows of a variable in a buffer; a second one where updates alternate between two. */
export interface DevicePart extends RowPart {
  current: GPUBuffer;
  spare: GPUBuffer | null;
}
interface Entry {
  readonly shape: readonly number[];
  readonly parts: readonly DevicePart[];
}

/** The variables of a runtime on its device, and what optimisers keep beside them. */
export class DeviceStore {
  readonly #entries = new Map<string, Entry>();
  readonly #parts = new Map<string, DevicePart>();
  readonly #steps = new Map<string, { count: number }>();
  readonly #pending = new Map<string, SavedTensor>();
  /** @param most bytes of a buffer: a variable that takes more is kept in parts. */
  constructor(readonly device: GPUDevice, readonly seed: number, readonly most: number) {}

  declare(variable: Variable): Entry {
    const { name, shape } = variable, found = this.#entries.get(name);
    if (found) checkShared(variable, found.shape);
    return found ?? this.#create(name, shape, () => startOf(variable, this.seed));
  }
  /** What an optimiser keeps of a variable, all zero at the start. */
  state({ name, shape }: Variable, state: string): Entry {
    return this.#entries.get(stateName({ name }, state)) ?? this.#create(stateName({ name }, state), shape, () => null);
  }
  /** A variable by its name, or a part of one by the part's. */
  part({ name }: { readonly name: string }): DevicePart {
    return this.#parts.get(name)!;
  }
  spare(variable: { readonly name: string }): GPUBuffer {
    const part = this.part(variable);
    return part.spare ??= deviceBuffer(this.device, part.shape);
  }
  swap(variable: { readonly name: string }): void {
    const part = this.part(variable), { current, spare } = part;
    [part.current, part.spare] = [spare!, current];
  }
  /** How many updates a variable has had. */
  steps(variable: Variable): { count: number } {
    const name = stateName(variable, "step"), found = this.#steps.get(name);
    if (found) return found;
    const steps = { count: this.#pending.get(name)?.data[0] ?? 0 };
    this.#pending.delete(name);
    this.#steps.set(name, steps);
    return steps;
  }
  async save(wanted = (_: string) => true): Promise<ReadonlyMap<string, SavedTensor>> {
    const saved = new Map<string, SavedTensor>();
    for (const [name, { shape, parts }] of this.#entries) {
      if (!wanted(name)) continue;
      const data = new Float32Array(sizeOf(shape));
      for (const part of parts) data.set(await this.#read(part), part.first * (sizeOf(shape) / (shape[0] ?? 1)));
      saved.set(name, { shape, data });
    }
    for (const [name, { count }] of this.#steps) {
      if (wanted(name)) saved.set(name, { shape: [1], data: Float32Array.of(count) });
    }
    return saved;
  }
  load(tensors: ReadonlyMap<string, SavedTensor>): void {
    checkSaved(tensors, (name) => this.#steps.has(name) ? [1] : this.#entries.get(name)?.shape);
    for (const [name, tensor] of tensors) {
      const entry = this.#entries.get(name), steps = this.#steps.get(name);
      if (steps) steps.count = tensor.data[0]!;
      else if (entry) this.#write(entry, tensor.data);
      else this.#pending.set(name, tensor);
    }
  }

  #create(name: string, shape: readonly number[], init: () => Float32Array | null): Entry {
    const saved = this.#pending.get(name), data = saved ? savedData(name, shape, saved) : init();
    this.#pending.delete(name);
    const parts = rowParts(name, shape, this.most).map((part): DevicePart => ({
      ...part,
      current: deviceBuffer(this.device, part.shape),
      spare: null,
    }));
    for (const part of parts) this.#parts.set(part.name, part);
    const entry = { shape, parts };
    this.#entries.set(name, entry);
    if (data) this.#write(entry, data);
    return entry;
  }
  #write({ shape, parts }: Entry, data: Float32Array): void {
    const width = sizeOf(shape) / (shape[0] ?? 1);
    for (const { current, first, shape } of parts) {
      const part = data.subarray(first * width, first * width + sizeOf(shape));
      if (part.length > 0) this.device.queue.writeBuffer(current, 0, part as Float32Array<ArrayBuffer>);
    }
  }
  async #read({ current, shape }: DevicePart): Promise<Float32Array> {
    const staging = this.device.createBuffer({
      size: current.size,
      usage: GPUBufferUsage.COPY_DST | GPUBufferUsage.MAP_READ,
    });
    const encoder = this.device.createCommandEncoder();
    encoder.copyBufferToBuffer(current, 0, staging, 0, current.size);
    this.device.queue.submit([encoder.finish()]);
    await staging.mapAsync(GPUMapMode.READ);
    const data = new Float32Array(staging.getMappedRange().slice(0), 0, sizeOf(shape));
    staging.destroy();
    return data;
  }
}

/** A buffer for 32-bit elements of `shape`, all zero, that sessions and shaders take. */
export function deviceBuffer(device: GPUDevice, shape: readonly number[]): GPUBuffer {
  const { STORAGE, COPY_SRC, COPY_DST } = GPUBufferUsage, VECTOR = 16;
  return device.createBuffer({
    size: Math.max(VECTOR, Math.ceil(sizeOf(shape) * 4 / VECTOR) * VECTOR),
    usage: STORAGE | COPY_SRC | COPY_DST,
  });
}
