import { adapterName, autoProvider, gpuAdapter } from "./auto_provider.ts";
import { hostRuntime } from "./host_runtime.ts";
import { nativeEngine } from "./native.ts";
import { wasmEngine } from "./ort.ts";
import type { Runtime } from "./runtime.ts";
import { webgpuRuntime } from "./webgpu.ts";

/**
 * Asked of {@link openRuntime}. `auto` is WebGPU on a real adapter, WASM where there is none or a software one; `native` is
 * onnxruntime-node, which is fetched when it is first asked for.
 */
export type ProviderChoice = "auto" | "wasm" | "native" | "webgpu";

export interface RuntimeOptions {
  readonly provider?: ProviderChoice;
  /** Decides the variables' initial values. */
  readonly seed?: number;
  /** Threads of `native`; 0 is one for each core. Default 0. */
  readonly threads?: number;
}

/** What code without types may name another of. */
const PROVIDERS: readonly string[] = ["auto", "wasm", "native", "webgpu"];

/**
 * Opens a runtime and says in `reason` why it is the one.
 *
 * @throws Error where `webgpu` is asked for and no adapter is found, or `native` and its package cannot be loaded;
 * TypeError where there is no such provider.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { openRuntime } from "./providers.ts";
 *
 * const runtime = await openRuntime({ provider: "wasm", seed: 1 });
 * assert.equal(runtime.provider, "wasm");
 * await runtime.dispose();
 * ```
 */
export async function openRuntime({ provider = "auto", seed = 0, threads = 0 }: RuntimeOptions = {}): Promise<Runtime> {
  if (!PROVIDERS.includes(provider)) {
    throw new TypeError(`Cannot open provider "${provider}": expected one of ${PROVIDERS.join(", ")}`);
  }
  const wasm = async (reason: string) => hostRuntime(await wasmEngine(), seed, reason);
  if (provider === "wasm") return await wasm("asked for");
  if (provider === "native") {
    return hostRuntime(
      await nativeEngine(threads),
      seed,
      `asked for; ${threads === 0 ? "a thread a core" : `${threads} threads`}`,
    );
  }
  const auto = provider === "auto" ? await autoProvider() : undefined;
  if (auto?.provider === "wasm") return await wasm(auto.reason);
  const adapter = await gpuAdapter();
  if (adapter) {
    return await webgpuRuntime(adapter, seed, auto?.reason ?? `asked for; adapter "${adapterName(adapter)}"`);
  }
  throw new Error(`Cannot open provider "${provider}": no WebGPU adapter was found; provider "wasm" always works`);
}
