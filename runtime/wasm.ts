import { type GraphBuilder, RowGradient, type Value, type Variable } from "../graphs/builder.ts";
import { encode } from "../graphs/encode.ts";
import { prune } from "../graphs/prune.ts";
import { sizeOf, type TensorData } from "../graphs/tensor.ts";
import { Rng } from "../random/rng.ts";
import { Arena, type Block } from "./arena.ts";
import { boundsOf, checkBounds } from "./bounds.ts";
import { hostGathers } from "./host_gather.ts";
import { type HostGradient, hostUpdate } from "./host_update.ts";
import { loadOrt, type Ort, sessionQueue } from "./ort.ts";
import type { Queue } from "./queue.ts";
import {
  checkFeed,
  checkShared,
  type Plan,
  type Program,
  type Result,
  type Runtime,
  type SavedTensor,
  type Update,
} from "./runtime.ts";
import { stateName } from "./update.ts";

/** Names of the outputs that a program adds for its own use. */
const GRADIENT = "foil/gradient", IDS = "foil/ids", NEXT = "foil/next";

/**
 * Runs graphs on the CPU through onnxruntime-web's WASM provider. Variables are host memory: a session is fed the rows
 * it gathers or the whole table, whichever is smaller, and returns gradients; updates run in place over that memory.
 */
export async function wasmRuntime(seed: number, reason: string): Promise<Runtime> {
  const ort = await loadOrt();
  const store = new HostStore(seed), run = sessionQueue;
  return {
    provider: "wasm",
    reason,
    compile: (graph, plan) => run(() => wasmProgram(ort, store, run, graph, plan)), // not while a run has views
    read: (results) => Promise.resolve(results.map(({ outputs }) => outputs as never)),
    save: () => run(() => Promise.resolve(store.save())),
    load: (tensors) => run(() => Promise.resolve(store.load(tensors))),
    dispose: () => Promise.resolve(),
  };
}

async function wasmProgram<K extends string>(
  ort: typeof Ort,
  store: HostStore,
  queued: Queue,
  graph: GraphBuilder,
  { outputs, updates = [] }: Plan<K>,
): Promise<Program<K>> {
  const assignments = [...graph.assignments];
  const extra: Record<string, Value> = Object.fromEntries([
    ...assignments.map(([variable, next]) => [`${NEXT}/${variable.name}`, next]),
    ...updates.flatMap(({ variable, gradient }) => gradientOutputs(variable, gradient)),
  ]);
  const all: Record<string, Value> = { ...outputs, ...extra };
  const needed = prune(graph, Object.values(all));
  const gathers = hostGathers(needed.nodes, Object.values(all)),
    gathered = new Set(gathers.map(({ output }) => output));
  const kept = prune(graph, Object.values(all), gathered);
  const variables = kept.leaves.filter((leaf): leaf is Variable => graph.variables.has(leaf.name));
  for (const { variable } of [...gathers, ...updates]) store.block(variable);
  for (const variable of variables) store.block(variable);
  const bytes = encode(graph, all, { given: gathered });
  const session = await ort.InferenceSession.create(bytes, { executionProviders: ["wasm"], logSeverityLevel: 3 });
  const inputs = needed.leaves.filter((leaf) => graph.inputs.has(leaf.name));
  const bounds = boundsOf(needed.nodes), direct = inputs.filter((input) => session.inputNames.includes(input.name));
  const staged = gathers.map(({ ids, output }) => store.stage(sizeOf(ids.shape), sizeOf(output.shape)));
  const apply = updates.map((update) => ({ update, run: store.update(update) }));

  const start = (feeds: Readonly<Record<string, TensorData>>) =>
    queued(async (): Promise<Result<K>> => {
      for (const input of inputs) checkFeed(input, feeds[input.name], sizeOf(input.shape));
      checkBounds(bounds, feeds);
      const tensor = (value: Value, data: TensorData) => new ort.Tensor(value.dtype, data as never, value.shape);
      const fed: Record<string, Ort.Tensor> = {};
      for (const input of direct) fed[input.name] = tensor(input, feeds[input.name]!);
      for (const variable of variables) fed[variable.name] = tensor(variable, store.block(variable).view());
      gathers.forEach(({ variable, ids, output }, at) => {
        fed[output.name] = tensor(output, staged[at]!(variable, feeds[ids.name] as Int32Array));
      });
      const results = await session.run(fed);
      const data = (name: string) => results[name]!.data as TensorData;
      for (const { update, run } of apply) run(hostGradients(update, feeds, data));
      for (const [variable] of assignments) {
        store.block(variable).view().set(data(`${NEXT}/${variable.name}`) as Float32Array);
      }
      return {
        outputs: Object.fromEntries(Object.keys(outputs).map((name) => [name, data(name)])) as Record<K, TensorData>,
      };
    });
  return {
    inputs,
    start,
    run: async (feeds) => (await start(feeds)).outputs as Record<K, TensorData>,
    dispose: () => queued(() => session.release()),
  };
}

/** A fed id array need not come back from the session. */
const isFed = (ids: Value) => ids.node === null;

function gradientOutputs(variable: Variable, gradient: Value | RowGradient): [string, Value][] {
  if (!(gradient instanceof RowGradient)) return [[`${GRADIENT}/${variable.name}`, gradient]];
  return gradient.parts.flatMap(({ ids, rows }, part): [string, Value][] => [
    [`${GRADIENT}/${variable.name}/${part}`, rows],
    ...(isFed(ids) ? [] : [[`${IDS}/${variable.name}/${part}`, ids] as [string, Value]]),
  ]);
}

function hostGradients(
  { variable, gradient }: Update,
  feeds: Readonly<Record<string, TensorData>>,
  data: (name: string) => TensorData,
): readonly HostGradient[] {
  if (!(gradient instanceof RowGradient)) return [{ rows: data(`${GRADIENT}/${variable.name}`) as Float32Array }];
  return gradient.parts.map(({ ids }, part) => {
    const found = ids.data ?? (isFed(ids) ? feeds[ids.name]! : data(`${IDS}/${variable.name}/${part}`));
    return {
      ids: found instanceof Int32Array ? found : Int32Array.from(found as ArrayLike<number | bigint>, Number),
      rows: data(`${GRADIENT}/${variable.name}/${part}`) as Float32Array,
    };
  });
}

/** The variables of a runtime, and what optimisers keep beside them, in one arena. */
class HostStore {
  readonly #arena = new Arena();
  readonly #blocks = new Map<string, Block & { readonly shape: readonly number[] }>();
  readonly #pending = new Map<string, SavedTensor>();

  constructor(readonly seed: number) {}

  block(variable: Variable): Block {
    const found = this.#blocks.get(variable.name);
    if (found) checkShared(variable, found.shape);
    return found ??
      this.#create(
        variable.name,
        variable.shape,
        () => variable.init(variable.shape, new Rng(this.seed, variable.name)),
      );
  }

  /** Memory for rows gathered from variables: the function fills it and returns it. */
  stage(count: number, size: number): (variable: Variable, ids: Int32Array) => Float32Array {
    const at = this.#arena.allocate(count), rows = this.#arena.allocate(size);
    const bytes = size / count * Float32Array.BYTES_PER_ELEMENT;
    return (variable, ids) => {
      at.ints().set(ids);
      this.#arena.rows.gather(count, at.byteOffset, rows.byteOffset, this.block(variable).byteOffset, bytes);
      return rows.view();
    };
  }

  update({ variable, rule }: Update): (gradients: readonly HostGradient[]) => void {
    const states = rule.states.map((state) => {
      const name = stateName(variable, state);
      return this.#blocks.get(name) ?? this.#create(name, variable.shape, () => null);
    });
    const steps = stateName(variable, "step");
    const counter = this.#blocks.get(steps) ?? this.#create(steps, [1], () => null);
    const update = hostUpdate(variable, rule, this.#arena, this.block(variable), states);
    return (gradients) => {
      const step = counter.view()[0]! + 1;
      update(gradients, step);
      counter.view()[0] = step;
    };
  }

  save(): ReadonlyMap<string, SavedTensor> {
    return new Map([...this.#blocks].map(([name, { shape, view }]) => [name, { shape, data: view().slice() }]));
  }

  load(tensors: ReadonlyMap<string, SavedTensor>): void {
    for (const [name, tensor] of tensors) {
      const block = this.#blocks.get(name);
      if (!block) this.#pending.set(name, tensor);
      else fill(name, block, tensor);
    }
  }

  #create(name: string, shape: readonly number[], init: () => Float32Array | null) {
    const block = { ...this.#arena.allocate(sizeOf(shape)), shape };
    const saved = this.#pending.get(name);
    if (saved) fill(name, block, saved);
    else {
      const start = init();
      if (start) block.view().set(start);
    }
    this.#pending.delete(name);
    this.#blocks.set(name, block);
    return block;
  }
}

function fill(name: string, block: Block, { shape, data }: SavedTensor): void {
  if (data.length !== block.length) {
    throw new TypeError(
      `Cannot load "${name}": it has ${block.length} elements, the saved tensor [${shape}] has ${data.length}`,
    );
  }
  block.view().set(data);
}
