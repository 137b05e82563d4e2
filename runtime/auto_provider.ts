/** What `auto` is on this machine, and why. */
export interface AutoProvider {
  readonly provider: "wasm" | "webgpu";
  readonly reason: string;
}

/** WebGPU on the CPU: slower than WASM, so never chosen by itself. */
const SOFTWARE_ADAPTER = /llvmpipe|swiftshader|softpipe|software|basic render/i;

let settled: AutoProvider | undefined;

/** WebGPU on a real adapter; WASM where there is none, or a software one. Asks the machine unless that is settled. */
export async function autoProvider(): Promise<AutoProvider> {
  if (settled) return settled;
  const adapter = await gpuAdapter();
  if (!adapter) return { provider: "wasm", reason: "no WebGPU adapter was found" };
  const name = adapterName(adapter);
  return adapter.info.isFallbackAdapter || SOFTWARE_ADAPTER.test(name)
    ? { provider: "wasm", reason: `the only WebGPU adapter is software ("${name}"), which is slower than WASM` }
    : { provider: "webgpu", reason: `adapter "${name}"` };
}

/**
 * Says what `auto` is, so that this thread does not ask. Deno keeps a driver in the thread that asked for an adapter, and a
 * process that ends while that thread ends crashes: Mesa's did in a third of the runs of two such threads.
 */
export function settleAuto(found: AutoProvider): void {
  settled = found;
}

/** The GPU that is used; null where there is none. */
export const gpuAdapter = async (): Promise<GPUAdapter | null> =>
  await navigator.gpu?.requestAdapter({ powerPreference: "high-performance" }) ?? null;

export const adapterName = ({ info }: GPUAdapter): string => `${info.description || info.device || info.vendor}`;
