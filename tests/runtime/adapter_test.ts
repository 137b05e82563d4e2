import assert from "node:assert/strict";
import { webgpuTest } from "./webgpu_test_case.ts";

const PROGRAM = `
import { GraphBuilder } from "./graphs/builder.ts";
import { add } from "./graphs/ops/arithmetic.ts";
import { webgpuRuntime } from "./runtime/webgpu.ts";

const open = async () => await webgpuRuntime(await navigator.gpu.requestAdapter(), 0, "asked for");
const runtime = await open();
for (let round = 0; round < 5; round++) {
  globalThis.gc();
  await new Promise((resolve) => setTimeout(resolve, 20));
}
await navigator.gpu.requestAdapter(); // takes the place of the one that was collected
const graph = new GraphBuilder(), x = graph.input("x", "float32", [2]);
const program = await runtime.compile(graph, { outputs: { sum: add(x, 1) } });
const { sum } = await program.run({ x: Float32Array.of(1, 2) });
console.log(sum.join());
Deno.exit();
`;

webgpuTest("an adapter may be collected before onnxruntime asks for it (WebGPU)", async () => {
  const script = PROGRAM.replaceAll('"./', `"${new URL("../../", import.meta.url).href}`);
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [
      ...["run", "-A", "--no-check", "--no-lock", "--v8-flags=--expose-gc"],
      `data:application/typescript,${encodeURIComponent(script)}`,
    ],
  }).output();
  const said = new TextDecoder().decode(stderr);
  assert.equal(code, 0, said);
  assert.equal(new TextDecoder().decode(stdout).trim(), "2,3");
});
