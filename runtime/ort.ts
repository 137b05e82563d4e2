// The only file that imports onnxruntime-web. See specs: `/jspi` holds both the WASM and the WebGPU provider and calls
// them cheaply, but needs WebAssembly.Suspending; `/webgpu` does the same through asyncify.
import type * as Ort from "npm:onnxruntime-web@1.30.0/jspi";

import type { DType, Shape, TensorData } from "../graphs/tensor.ts";
import { type Queue, queue } from "./queue.ts";
import { turn } from "./turn.ts";

export type { Ort };

/** What runs graphs on the CPU. */
export interface Engine {
  readonly provider: "wasm" | "native";
  tensor(dtype: DType, data: TensorData, shape: Shape): Ort.Tensor;
  /** `reduces`: whether the graph has a ScatterND with a reduction, which adds several rows to one, say. */
  session(bytes: Uint8Array, { reduces }: { readonly reduces: boolean }): Promise<Ort.InferenceSession>;
  /** What its calls wait in. */
  readonly queue: Queue;
}

/** onnxruntime-web's WASM provider, of one thread. */
export async function wasmEngine(): Promise<Engine> {
  const ort = await loadOrt();
  return {
    provider: "wasm",
    tensor: (dtype, data, shape) => new ort.Tensor(dtype, data as never, shape),
    session: (bytes) => ort.InferenceSession.create(bytes, { executionProviders: ["wasm"], logSeverityLevel: 3 }),
    queue: sessionQueue,
  };
}

/** The queue of every session call in this process: onnxruntime-web is one instance, whatever runtimes there are. */
export const sessionQueue: Queue = (job) =>
  inOrder(async () => {
    if (performance.now() - breathed > BREATH_MS) {
      await turn();
      breathed = performance.now();
    }
    return await job();
  });
const inOrder = queue();
/** WASM runs end without a turn of the event loop; without one, Ctrl-C, timers and a browser's page would wait. */
const BREATH_MS = 50;
let breathed = performance.now();

let loading: Promise<typeof Ort> | undefined;

/** onnxruntime-web, loaded at the first call. */
export function loadOrt(): Promise<typeof Ort> {
  return loading ??= load();
}

async function load(): Promise<typeof Ort> {
  if (inWorkerOfDeno()) Object.defineProperty(globalThis, "location", { value: undefined, configurable: true });
  const ort = "Suspending" in WebAssembly
    ? await import("npm:onnxruntime-web@1.30.0/jspi")
    : await import("npm:onnxruntime-web@1.30.0/webgpu");
  ort.env.logLevel = "error";
  ort.env.wasm.numThreads = 1;
  return ort;
}

/** There it takes the location for that of a page, and fails to load its own files from beside it. */
const inWorkerOfDeno = (): boolean => "WorkerGlobalScope" in globalThis && navigator.userAgent.startsWith("Deno/");
