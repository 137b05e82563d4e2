// onnxruntime-node runs the same graphs with threads. Heavy and native, so it is fetched when it is first asked for: its
// name is put together at run time, or Deno would fetch it with the library.
import type { Engine, Ort } from "./ort.ts";
import { queue } from "./queue.ts";

const PACKAGE = ["npm:onnxruntime-node", "1.30.0"].join("@");

/**
 * onnxruntime-node with so many threads a session; 0 is one for each core. A session that sums rows by ids has one.
 *
 * @throws Error where the package cannot be had or has no binary for this machine.
 */
export async function nativeEngine(threads: number): Promise<Engine> {
  const ort = await load();
  return {
    provider: "native",
    tensor: (dtype, data, shape) => new ort.Tensor(dtype, data as never, shape),
    session: (bytes, { reduces }) =>
      ort.InferenceSession.create(bytes, {
        executionProviders: ["cpu"],
        // threads that ScatterND divides its rows among lose what two of them add to one row at a time
        ...(reduces || threads > 0) && { intraOpNumThreads: reduces ? 1 : threads },
        interOpNumThreads: 1,
        logSeverityLevel: 3,
        extra: { session: { force_spinning_stop: "1" } }, // else its threads keep cores busy for some 20 ms after a run
      }),
    queue: queue(),
  };
}

async function load(): Promise<typeof Ort> {
  try {
    const found = await import(PACKAGE) as { readonly default?: typeof Ort } & typeof Ort;
    return found.default ?? found;
  } catch (error) {
    const why = error instanceof Error ? error.message.split("\n")[0] : `${error}`;
    throw new Error(
      `Cannot open provider "native": "${PACKAGE}" cannot be loaded (${why}); it takes --allow-ffi and, the first time, a network; provider "wasm" takes neither`,
      { cause: error },
    );
  }
}
