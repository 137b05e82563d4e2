import { type GraphBuilder, type Value, Variable } from "../graphs/builder.ts";
import { encode } from "../graphs/encode.ts";
import { prune } from "../graphs/prune.ts";
import { allocate, sizeOf, type TensorData } from "../graphs/tensor.ts";
import { Rng } from "../random/rng.ts";
import { boundsOf, checkBounds } from "./bounds.ts";
import { loadOrt, type Ort, sessionQueue } from "./ort.ts";
import type { Queue } from "./queue.ts";
import {
  checkFeed,
  checkShared,
  type Feeds,
  type Plan,
  type Program,
  type Result,
  type Runtime,
  type SavedTensor,
} from "./runtime.ts";
import { assignUpdate, scalarName, stateName } from "./update.ts";

/**
 * Runs graphs on a GPU through onnxruntime-web's WebGPU provider. Variables are buffers that never leave the device
 * between steps; updates are part of the graph; only ids, noise and what is read cross.
 */
export async function webgpuRuntime(adapter: GPUAdapter, seed: number, reason: string): Promise<Runtime> {
  const { maxBufferSize, maxStorageBufferBindingSize } = adapter.limits;
  const device = await adapter.requestDevice({ requiredLimits: { maxBufferSize, maxStorageBufferBindingSize } });
  const context: Context = { ort: await loadOrt(), device, store: new DeviceStore(device, seed), queued: sessionQueue };
  return {
    provider: "webgpu",
    reason,
    compile: (graph, plan) => context.queued(() => webgpuProgram(context, graph, plan)),
    read: (results) => context.queued(() => readTensors(device, results)),
    save: () => context.queued(() => context.store.save()),
    load: (tensors) => context.queued(() => Promise.resolve(context.store.load(tensors))),
    dispose: () => context.queued(() => Promise.resolve(device.destroy())),
  };
}

interface Context {
  readonly ort: typeof Ort;
  readonly device: GPUDevice;
  readonly store: DeviceStore;
  readonly queued: Queue;
}

const NEXT = "foil/next";

async function webgpuProgram<K extends string>(
  { ort, device, store, queued }: Context,
  graph: GraphBuilder,
  { outputs, updates = [] }: Plan<K>,
): Promise<Program<K>> {
  const own = [...graph.assignments];
  for (const { variable, gradient, rule } of updates) assignUpdate(graph, variable, gradient, rule);
  const assignments = [...graph.assignments];
  graph.assignments.clear(); // the updates are this program's, not the graph's
  for (const [variable, next] of own) graph.assign(variable, next);
  const all: Record<string, Value> = {
    ...outputs,
    ...Object.fromEntries(assignments.map(([variable, next]) => [`${NEXT}/${variable.name}`, next])),
  };
  const { nodes, leaves } = prune(graph, Object.values(all));
  const variables = leaves.filter((leaf): leaf is Variable => leaf instanceof Variable);
  for (const variable of [...variables, ...assignments.map(([variable]) => variable)]) store.declare(variable);
  const inPlace = new Set(
    assignments.filter(([variable, next]) => updatesInPlace(nodes, variable, next)).map(([v]) => v),
  );
  const scalars = updates.map((update) => ({ update, steps: store.steps(update.variable) }));
  const session = await ort.InferenceSession.create(encode(graph, all), {
    executionProviders: [{ name: "webgpu", device } as Ort.InferenceSession.ExecutionProviderConfig],
    preferredOutputLocation: "gpu-buffer",
    logSeverityLevel: 3,
  });
  const fedScalars = new Set(
    updates.flatMap(({ variable, rule }) => Object.keys(rule.scalars(1)).map((name) => scalarName(variable, name))),
  );
  const leafInputs = leaves.filter((leaf) => graph.inputs.has(leaf.name));
  const inputs = leafInputs.filter((input) => !fedScalars.has(input.name));
  const bounds = boundsOf(nodes);
  const tensor = (value: Value, data: TensorData) => new ort.Tensor(value.dtype, data as never, value.shape);
  const onDevice = (buffer: GPUBuffer, { shape }: Value) =>
    ort.Tensor.fromGpuBuffer(buffer, { dataType: "float32", dims: [...shape] });

  const start = (feeds: Feeds) =>
    queued(async (): Promise<Result<K>> => {
      const fed: Record<string, Ort.Tensor> = {}, fetched: Record<string, Ort.Tensor | null> = {};
      for (const input of inputs) {
        fed[input.name] = tensor(input, checkFeed(input, feeds[input.name], sizeOf(input.shape)));
      }
      checkBounds(bounds, feeds);
      for (const { update: { variable, rule }, steps } of scalars) {
        for (const [name, value] of Object.entries(rule.scalars(++steps.count))) {
          fed[scalarName(variable, name)] = new ort.Tensor("float32", Float32Array.of(value), []);
        }
      }
      for (const variable of variables) fed[variable.name] = onDevice(store.current(variable), variable);
      for (const name of Object.keys(outputs)) fetched[name] = null;
      for (const [variable] of assignments) {
        const buffer = inPlace.has(variable) ? store.current(variable) : store.spare(variable);
        fetched[`${NEXT}/${variable.name}`] = onDevice(buffer, variable);
      }
      const results = await session.run(
        Object.fromEntries(session.inputNames.map((name) => [name, fed[name]!])),
        fetched,
      );
      for (const [variable] of assignments) if (!inPlace.has(variable)) store.swap(variable);
      return {
        outputs: Object.fromEntries(Object.keys(outputs).map((name) => [name, results[name]])) as Record<K, unknown>,
      };
    });
  return {
    inputs,
    start,
    run: async (feeds) => {
      const result = await start(feeds);
      return (await queued(() => readTensors(device, [result])))[0]!;
    },
    dispose: () => queued(() => session.release()),
  };
}

/**
 * ScatterND may write over its own input, provided nothing else still wants the old contents: every reader of the
 * variable must be upstream of the scatter. Elementwise updates may not; they alternate between two buffers.
 */
function updatesInPlace(nodes: ReturnType<typeof prune>["nodes"], variable: Variable, next: Value): boolean {
  if (next.node?.op.type !== "ScatterND" || next.node.inputs[0] !== variable) return false;
  const upstream = new Set(prune(variable.graph, next.node.inputs).nodes);
  return nodes.every((node) => node === next.node || upstream.has(node) || !node.inputs.includes(variable));
}

/** Copies every output into one staging buffer, so that a single wait brings them all. */
async function readTensors<K extends string>(
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
    const data = allocate(tensor.type as Value["dtype"], tensor.size);
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

const BYTES: Readonly<Record<string, number>> = { float32: 4, int32: 4, int64: 8, bool: 1 };
const bytesOf = ({ type, size }: Ort.Tensor) => BYTES[type]! * size;

/** The variables of a runtime on its device: two buffers each where updates alternate. */
class DeviceStore {
  readonly #buffers = new Map<
    string,
    { readonly shape: readonly number[]; current: GPUBuffer; spare: GPUBuffer | null }
  >();
  readonly #steps = new Map<string, { count: number }>();
  readonly #pending = new Map<string, SavedTensor>();
  constructor(readonly device: GPUDevice, readonly seed: number) {}

  declare(variable: Variable): void {
    const { name, shape } = variable, found = this.#buffers.get(name);
    if (found) return checkShared(variable, found.shape);
    const saved = this.#pending.get(name);
    const data = saved ? checked(name, sizeOf(shape), saved) : variable.init(shape, new Rng(this.seed, name));
    this.#pending.delete(name);
    const current = this.#buffer(data.length);
    this.device.queue.writeBuffer(current, 0, data as Float32Array<ArrayBuffer>);
    this.#buffers.set(name, { shape, current, spare: null });
  }
  current({ name }: Variable): GPUBuffer {
    return this.#buffers.get(name)!.current;
  }
  spare({ name, shape }: Variable): GPUBuffer {
    return this.#buffers.get(name)!.spare ??= this.#buffer(sizeOf(shape));
  }
  swap({ name }: Variable): void {
    const entry = this.#buffers.get(name)!;
    [entry.current, entry.spare] = [entry.spare!, entry.current];
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
  async save(): Promise<ReadonlyMap<string, SavedTensor>> {
    const saved = new Map<string, SavedTensor>();
    for (const [name, { shape, current }] of this.#buffers) {
      const staging = this.device.createBuffer({
        size: current.size,
        usage: GPUBufferUsage.COPY_DST | GPUBufferUsage.MAP_READ,
      });
      const encoder = this.device.createCommandEncoder();
      encoder.copyBufferToBuffer(current, 0, staging, 0, current.size);
      this.device.queue.submit([encoder.finish()]);
      await staging.mapAsync(GPUMapMode.READ);
      saved.set(name, { shape, data: new Float32Array(staging.getMappedRange().slice(0), 0, sizeOf(shape)) });
      staging.destroy();
    }
    for (const [name, { count }] of this.#steps) saved.set(name, { shape: [1], data: Float32Array.of(count) });
    return saved;
  }
  load(tensors: ReadonlyMap<string, SavedTensor>): void {
    for (const [name, tensor] of tensors) {
      const entry = this.#buffers.get(name), steps = this.#steps.get(name);
      if (steps) steps.count = tensor.data[0]!;
      else if (entry) {
        const data = checked(name, sizeOf(entry.shape), tensor);
        this.device.queue.writeBuffer(entry.current, 0, data as Float32Array<ArrayBuffer>);
      } else this.#pending.set(name, tensor);
    }
  }
  #buffer(length: number): GPUBuffer {
    const { STORAGE, COPY_SRC, COPY_DST } = GPUBufferUsage, VECTOR = 16;
    return this.device.createBuffer({
      size: Math.max(VECTOR, Math.ceil(length * 4 / VECTOR) * VECTOR),
      usage: STORAGE | COPY_SRC | COPY_DST,
    });
  }
}

function checked(name: string, size: number, { shape, data }: SavedTensor): Float32Array {
  if (data.length === size) return data;
  throw new TypeError(`Cannot load "${name}": it has ${size} elements, the saved tensor [${shape}] has ${data.length}`);
}
