import assert from "node:assert/strict";
import { leftOut, methods } from "../../docs/tuned.ts";
import { samplers } from "../../samplers/mod.ts";

Deno.test("every sampler is among those that are tuned for docs/results.md, or left out for a reason", () => {
  const tuned = Object.values(methods).map(({ sampler }) => sampler.split(":")[0]!);
  assert.deepEqual([...new Set([...tuned, ...Object.keys(leftOut)])].sort(), Object.keys(samplers).sort());
  assert.deepEqual(tuned.filter((sampler) => sampler in leftOut), []);
});
