import assert from "node:assert/strict";
import type { Case, Measured } from "../benchmarks/case.ts";
import { evaluation, methods, training } from "../benchmarks/cases.ts";
import { backbones, losses, samplers } from "../mod.ts";

Deno.test("a case of the benchmark is measured in a process of its own", async () => {
  const one: Case = {
    ...{ data: "embedded", backbone: "mf", sampler: "dns", loss: "bpr", optimizer: "lazyAdam", provider: "wasm" },
    ...{ options: { backbone: { dim: 8 }, sampler: { pool: 4 } }, epochs: 2, threads: 1, evaluates: true },
  };
  const script = new URL("../benchmarks/foil.ts", import.meta.url).pathname;
  const args = ["run", "-A", script, JSON.stringify(one)];
  const { stdout, stderr, code } = await new Deno.Command(Deno.execPath(), { args }).output();
  assert.equal(code, 0, new TextDecoder().decode(stderr));
  const found: Measured = JSON.parse(new TextDecoder().decode(stdout).trim().split("\n").at(-1)!);
  assert.deepEqual([found.training.length, found.evaluating.length], [2, 2]);
  for (const number of [...found.training, ...found.evaluating, found.loading, found.lossSum, found.peakMiB]) {
    assert(number > 0, `${number}`);
  }
});

Deno.test("what the benchmark measures there is", () => {
  for (const { backbone, sampler, loss, options } of [...training, ...evaluation, ...methods.flat()]) {
    assert(backbone in backbones && sampler in samplers && loss in losses);
    const known = (samplers as Record<string, { options: object }>)[sampler]!.options;
    for (const name of Object.keys(options?.sampler ?? {})) assert(name in known, `${sampler} has no option ${name}`);
  }
});
