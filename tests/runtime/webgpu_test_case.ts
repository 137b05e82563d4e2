/** The adapter WebGPU tests run on, a software one included; null where there is none. */
export const anyAdapter = async (): Promise<GPUAdapter | null> => await navigator.gpu?.requestAdapter() ?? null;

const present = await anyAdapter() !== null;

/** A test that needs WebGPU: skipped, and called so, where there is no adapter; run, hence failing, where CI=true. */
export function webgpuTest(name: string, run: (t: Deno.TestContext) => Promise<void>): void {
  const wanted = present || Deno.env.get("CI") === "true";
  Deno.test({
    name: wanted ? name : `${name} (skipped: there is no WebGPU adapter here)`,
    ignore: !wanted,
    fn: run,
  });
}
