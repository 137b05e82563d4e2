import type { GraphBuilder, RowGradient, Value, Variable } from "../graphs/builder.ts";
import { dtypeOf, sameShape, sizeOf, type TensorData } from "../graphs/tensor.ts";
import { Rng } from "../random/rng.ts";
import type { UpdateRule } from "./update.ts";

/** Where graphs run. */
export type Provider = "wasm" | "native" | "webgpu";

/** How a variable is to be updated after a run. */
export interface Update {
  readonly variable: Variable;
  readonly gradient: Value | RowGradient;
  readonly rule: UpdateRule;
}

/** What a program computes, besides the graph's own assignments. */
export interface Plan<K extends string = string> {
  readonly outputs: Readonly<Record<K, Value>>;
  readonly updates?: readonly Update[];
}

/** Tensors fed to a run, by input name. Sizes are those of the graph's inputs. */
export type Feeds = Readonly<Record<string, TensorData>>;

/** A run's outputs, wherever they are; {@link Runtime.read} brings them to the host and lets them go. */
export interface Result<K extends string = string> {
  readonly outputs: Readonly<Record<K, unknown>>;
  /** Milliseconds of the run that went into updates; absent where the graph does them itself. */
  readonly updating?: number;
}

/** A compiled graph. */
export interface Program<K extends string = string> {
  /** The graph's inputs that must be fed, with element type and shape. */
  readonly inputs: readonly Value[];
  /** Starts one run: computes the outputs, then updates the variables. Runs of one runtime never overlap. */
  start(feeds: Feeds): Promise<Result<K>>;
  /** One run, its outputs on the host. */
  run(feeds: Feeds): Promise<Readonly<Record<K, TensorData>>>;
  /** Gives back its memory, after the runs that were started; more than once is no matter. It runs no more then. */
  dispose(): Promise<void>;
}

/**
 * Runs graphs and keeps their variables. Programs that declare a variable of the same name share it: a training step,
 * an evaluation and an export see one model.
 */
export interface Runtime {
  readonly provider: Provider;
  /** Why this provider, in words. */
  readonly reason: string;
  compile<K extends string>(graph: GraphBuilder, plan: Plan<K>): Promise<Program<K>>;
  /** Brings the outputs of several runs to the host at once: on WebGPU one wait serves them all. */
  read<K extends string>(results: readonly Result<K>[]): Promise<readonly Readonly<Record<K, TensorData>>[]>;
  /** A copy of each variable's elements (and optimiser states, as `name#state`), by name; of those that are wanted. */
  save(wanted?: (name: string) => boolean): Promise<ReadonlyMap<string, SavedTensor>>;
  /**
   * Overwrites variables (and states) by name; those not yet declared take effect when they are, and until then their
   * arrays are kept, not copied. Where one of them has another shape than what it would overwrite, none is loaded.
   */
  load(tensors: ReadonlyMap<string, SavedTensor>): Promise<void>;
  /** Disposes of all programs that were compiled on it, those of rankings included; on WebGPU of its device, too. */
  dispose(): Promise<void>;
}

export interface SavedTensor {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

/** Checks a feed at the door. @throws TypeError naming the input, what was expected and what was found. */
export function checkFeed(input: Value, data: TensorData | undefined): void {
  if (data === undefined) {
    throw new TypeError(`Cannot run: input "${input.name}" (${input.dtype} [${input.shape}]) is not fed`);
  }
  if (dtypeOf(data) !== input.dtype) {
    throw new TypeError(`Cannot run: input "${input.name}" takes ${input.dtype}, found ${dtypeOf(data)}`);
  }
  const size = sizeOf(input.shape);
  if (data.length === size) return;
  throw new TypeError(
    `Cannot run: input "${input.name}" has shape [${input.shape}], ${size} elements; ${data.length} were fed`,
  );
}

/** Checks that programs agree on a variable they share. */
export function checkShared({ name, shape }: Variable, known: readonly number[]): void {
  if (sameShape(shape, known)) return;
  throw new TypeError(`Cannot declare variable "${name}" as [${shape}]: another program has it as [${known}]`);
}

/** What a variable starts as. @throws TypeError where its initializer made another number of elements. */
export function startOf({ name, shape, init }: Variable, seed: number, into?: Float32Array): Float32Array {
  const made = init(shape, new Rng(seed, name), into);
  if (made.length === sizeOf(shape)) return made;
  throw new TypeError(
    `Cannot initialise variable "${name}": its shape is [${shape}], ${
      sizeOf(shape)
    } elements; its initializer made ${made.length}`,
  );
}

/** What a variable of this shape is loaded with. @throws TypeError where the saved tensor has another shape. */
export function savedData(name: string, shape: readonly number[], saved: SavedTensor): Float32Array {
  if (sameShape(shape, saved.shape) && saved.data.length === sizeOf(shape)) return saved.data;
  throw new TypeError(
    `Cannot load "${name}": it is [${shape}], the saved tensor [${saved.shape}] with ${saved.data.length} elements`,
  );
}

/** Checks all that is to be loaded against the shapes of what it overwrites, so that a load happens whole or not at all. */
export function checkSaved(
  tensors: ReadonlyMap<string, SavedTensor>,
  shapeOf: (name: string) => readonly number[] | undefined,
): void {
  for (const [name, tensor] of tensors) {
    const shape = shapeOf(name);
    if (shape) savedData(name, shape, tensor);
  }
}
