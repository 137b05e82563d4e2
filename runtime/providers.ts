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

/** WebGPU on the CPU: slower than WASM, so never chosen by itself. */
const SOFTWARE_ADAPTER = /llvmpipe|swiftshader|softpipe|software|basic render/i;

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
  const adapter = await navigator.gpu?.requestAdapter({ powerPreference: "high-performance" }) ?? null;
  const name = adapter ? `${adapter.info.description || adapter.info.device || adapter.info.vendor}` : "";
  if (provider === "webgpu") {
    if (!adapter) {
      throw new Error('Cannot open provider "webgpu": no WebGPU adapter was found; provider "wasm" always works');
    }
    return await webgpuRuntime(adapter, seed, `asked for; adapter "${name}"`);
  }
  if (!adapter) return await wasm("no WebGPU adapter was found");
  if (adapter.info.isFallbackAdapter || SOFTWARE_ADAPTER.test(name)) {
    return await wasm(`the only WebGPU adapter is software ("${name}"), which is slower than WASM`);
  }
  return await webgpuRuntime(adapter, seed, `adapter "${name}"`);
}
