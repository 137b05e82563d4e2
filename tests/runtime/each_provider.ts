import { openRuntime } from "../../runtime/providers.ts";
import type { Provider, Runtime } from "../../runtime/runtime.ts";
import { webgpuTest } from "./webgpu_test_case.ts";

/** Runs a test on a fresh runtime of each provider. */
export function eachProvider(name: string, run: (runtime: Runtime) => Promise<void>): void {
  const on = async (provider: Provider) => {
    const runtime = await openRuntime({ provider, seed: 42, threads: 1 });
    try {
      await run(runtime);
    } finally {
      await runtime.dispose();
    }
  };
  Deno.test(`${name} (WASM)`, () => on("wasm"));
  Deno.test(`${name} (native)`, () => on("native"));
  webgpuTest(`${name} (WebGPU)`, () => on("webgpu"));
}
