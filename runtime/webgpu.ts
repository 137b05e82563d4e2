import { type GraphBuilder, type Value, Variable } from "../graphs/builder.ts";
import { encode } from "../graphs/encode.ts";
import { prune } from "../graphs/prune.ts";
import { rewrite } from "../graphs/rewrite.ts";
import { simplify } from "../graphs/simplify.ts";
import { elementBytes, sizeOf, type TensorData } from "../graphs/tensor.ts";
import { boundsOf, checkBounds } from "./bounds.ts";
import { readTensors } from "./device_read.ts";
import { deviceBuffer, DeviceStore } from "./device_store.ts";
import { deviceUpdater, deviceUpdates } from "./device_update.ts";
import { openPrograms } from "./open_programs.ts";
import { loadOrt, type Ort, sessionQueue } from "./ort.ts";
import type { Queue } from "./queue.ts";
import { gatherFromParts } from "./row_parts.ts";
import { checkFeed, type Feeds, type Plan, type Program, type Result, type Runtime } from "./runtime.ts";
import { rewritten } from "./rewritten.ts";
import { forWebgpu } from "./webgpu_ops.ts";

/**
 * Runs graphs on a GPU through onnxruntime-web's WebGPU provider. Variables are buffers that never leave the device
 * between steps, and are updated there; only ids, noise, rates and what is read cross.
 *
 * @param most bytes of a tensor, where they are to be fewer than what the device binds: a table that takes more is kept
 * in parts.
 */
export async function webgpuRuntime(
  adapter: GPUAdapter,
  seed: number,
  reason: string,
  most = Infinity,
): Promise<Runtime> {
  const { maxBufferSize, maxStorageBufferBindingSize, maxStorageBuffersPerShaderStage } = adapter.limits;
  const device = await adapter.requestDevice({
    requiredLimits: { maxBufferSize, maxStorageBufferBindingSize, maxStorageBuffersPerShaderStage },
  });
  // Deno asks the adapter when this is first read, and crashes if it was collected by then: onnxruntime reads it late
  void device.adapterInfo;
  const bytes = Math.min(most, maxBufferSize, maxStorageBufferBindingSize),
    store = new DeviceStore(device, seed, bytes);
  const context: Context = { ort: await loadOrt(), device, store, queued: sessionQueue };
  const programs = openPrograms();
  return {
    provider: "webgpu",
    reason,
    compile: (graph, plan) => context.queued(async () => programs.opened(await webgpuProgram(context, graph, plan))),
    read: (results) => context.queued(() => readTensors(device, results)),
    save: (wanted) => context.queued(() => store.save(wanted)),
    load: (tensors) => context.queued(() => Promise.resolve(store.load(tensors))),
    dispose: async () => {
      await programs.dispose();
      await context.queued(() => Promise.resolve(device.destroy()));
    },
  };
}

interface Context {
  readonly ort: typeof Ort;
  readonly device: GPUDevice;
  readonly store: DeviceStore;
  readonly queued: Queue;
}

const NEXT = "foil/next", TAKEN = "foil/taken";

async function webgpuProgram<K extends string>(
  { ort, device, store, queued }: Context,
  given: GraphBuilder,
  plan: Plan<K>,
): Promise<Program<K>> {
  const { graph: source, plan: { outputs, updates } } = rewritten(given, plan, simplify);
  const moves = updates.flatMap((update) => deviceUpdates(store, update)), assigned = [...source.assignments];
  const asked = { ...outputs, ...Object.fromEntries(assigned.map(([{ name }, next]) => [`${NEXT}/${name}`, next])) };
  const wanted = [...new Set([...Object.values<Value>(asked), ...moves.flatMap(({ takes }) => takes)])];
  const whole = prune(source, wanted), bounds = boundsOf(whole.nodes), inParts = gatherFromParts(store.most);
  for (const leaf of whole.leaves) if (leaf instanceof Variable) store.declare(leaf);
  for (const [variable] of assigned) store.declare(variable);
  const { graph, of } = rewrite(
    source,
    wanted,
    (node, inputs, graph) => inParts(node, inputs, graph) ?? forWebgpu(node, inputs, graph),
  );

  const needed = prune(graph, wanted.map(of)), inputs = needed.leaves.filter((leaf) => graph.inputs.has(leaf.name));
  checkSizes([...needed.leaves, ...needed.nodes.flatMap(({ outputs }) => outputs)], store.most);
  const variables = needed.leaves.filter((leaf): leaf is Variable => leaf instanceof Variable);
  const all: Record<string, Value> = Object.fromEntries(
    Object.entries(asked).map(([name, value]) => [name, of(value)]),
  );
  const own = new Map<Value, GPUBuffer>(); // what is fed, and what updates take
  for (const input of inputs) if (isUploaded(input)) own.set(input, deviceBuffer(device, input.shape));
  for (const value of new Set(moves.flatMap(({ takes }) => takes.map(of)))) {
    if (own.has(value)) continue;
    const buffer = deviceBuffer(device, value.shape);
    own.set(value, buffer);
    if (value.data) device.queue.writeBuffer(buffer, 0, value.data as Float32Array<ArrayBuffer>);
    else all[`${TAKEN}/${value.name}`] = value;
  }
  const inPlace = new Set(
    assigned.filter(([v, next]) => updatesInPlace(needed.nodes, of(v), of(next))).map(([v]) => v),
  );
  const onDevice = (buffer: GPUBuffer, { dtype, shape }: Value) =>
    ort.Tensor.fromGpuBuffer(buffer, { dataType: dtype, dims: [...shape] });
  const session = Object.keys(all).length === 0 ? null : await ort.InferenceSession.create(encode(graph, all), {
    executionProviders: [{ name: "webgpu", device } as Ort.InferenceSession.ExecutionProviderConfig],
    preferredOutputLocation: "gpu-buffer",
    logSeverityLevel: 3,
  });
  const updater = await deviceUpdater(device, store, moves, (value) => own.get(of(value))!);

  const feed = (input: Value, data: TensorData): Ort.Tensor => {
    const buffer = own.get(input);
    if (!buffer) return new ort.Tensor(input.dtype, data as never, input.shape);
    device.queue.writeBuffer(buffer, 0, inWords(data));
    return onDevice(buffer, input);
  };
  const start = (feeds: Feeds) =>
    queued(async (): Promise<Result<K>> => {
      for (const input of inputs) checkFeed(input, feeds[input.name]);
      checkBounds(bounds, feeds);
      const fed = Object.fromEntries(inputs.map((input) => [input.name, feed(input, feeds[input.name]!)]));
      for (const variable of variables) fed[variable.name] = onDevice(store.part(variable).current, variable);
      const fetched: Record<string, Ort.Tensor | null> = {};
      for (const name of Object.keys(outputs)) fetched[name] = null;
      for (const [variable] of assigned) {
        const buffer = inPlace.has(variable) ? store.part(variable).current : store.spare(variable);
        fetched[`${NEXT}/${variable.name}`] = onDevice(buffer, variable);
      }
      for (const [value, buffer] of own) {
        const name = `${TAKEN}/${value.name}`;
        if (all[name]) fetched[name] = onDevice(buffer, value);
      }
      const results = await session?.run(
        Object.fromEntries(session.inputNames.map((name) => [name, fed[name]!])),
        fetched,
      ) ?? {};
      for (const [variable] of assigned) if (!inPlace.has(variable)) store.swap(variable);
      updater.apply();
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
    dispose: () =>
      queued(async () => {
        updater.dispose();
        for (const buffer of own.values()) buffer.destroy();
        await session?.release();
      }),
  };
}

/** What is fed through a buffer that stays: onnxruntime would make one for each run, and submit its copy by itself. */
const isUploaded = ({ dtype, shape }: Value) => sizeOf(shape) > 0 && dtype !== "int64"; // which nodes on the CPU read
/** What is written must end with a word; booleans are bytes. */
function inWords(data: TensorData): Uint8Array<ArrayBuffer> | Float32Array<ArrayBuffer> {
  if (!(data instanceof Uint8Array)) return data as Float32Array<ArrayBuffer>;
  const padded = new Uint8Array(Math.ceil(data.length / 4) * 4);
  padded.set(data);
  return padded;
}

/** @throws RangeError naming a tensor that no buffer can hold. */
function checkSizes(values: readonly Value[], most: number): void {
  for (const { name, dtype, shape, node } of values) {
    const bytes = sizeOf(shape) * elementBytes[dtype];
    if (bytes <= most) continue;
    throw new RangeError(
      `Cannot compile for WebGPU: "${name}" (${dtype} [${shape}]) takes ${bytes} bytes, and a tensor may take ${most} here; ` +
        (node
          ? 'a smaller batch, or provider "wasm", would do'
          : "only a table whose rows are gathered is kept in parts"),
    );
  }
}

/**
 * ScatterND may write over its own input, provided nothing else still wants the old contents: every reader of the
 * variable must be upstream of the scatter. Elementwise updates may not; they alternate between two buffers.
 */
function updatesInPlace(nodes: ReturnType<typeof prune>["nodes"], variable: Value, next: Value): boolean {
  if (next.node?.op.type !== "ScatterND" || next.node.inputs[0] !== variable) return false;
  const upstream = new Set(prune(variable.graph, next.node.inputs).nodes);
  return nodes.every((node) => node === next.node || upstream.has(node) || !node.inputs.includes(variable));
}
