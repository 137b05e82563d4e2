import assert from "node:assert/strict";
import { losses } from "../../losses/mod.ts";
import { backbones } from "../../models/mod.ts";
import { samplers } from "../../samplers/mod.ts";
import { smallRun } from "./small_run.ts";

const denoising = { backbone: backbones.preferdiff({ dim: 4, length: 5 }), loss: losses.preferdiff(), batchSize: 20 };
const refusal = async (options: Parameters<typeof smallRun>[0]) => {
  const { error } = await smallRun(options);
  assert(error instanceof TypeError, `${error}`);
  return error.message;
};

Deno.test("a loss of a denoiser's guesses is refused on a backbone that has none, by name", async () => {
  assert.match(
    await refusal({ loss: losses.preferdiff() }),
    /^Cannot combine this loss with this backbone: .* has no denoiser \(preferdiff has one\)$/,
  );
});

Deno.test("a denoiser is refused under a loss of scores, and with a sampler that brings its own loss", async () => {
  const only = /^Cannot combine this backbone with this (loss|sampler): .* only a loss of diffusion trains/;
  assert.match(await refusal({ ...denoising, loss: losses.bpr() }), only);
  assert.match(await refusal({ ...denoising, sampler: samplers.full() }), only);
});

Deno.test("a sampler that applies the loss to scores of its own is refused a denoiser's", async () => {
  assert.match(
    await refusal({ ...denoising, sampler: samplers.advir() }),
    /^Cannot combine this sampler .* a denoiser's guesses$/,
  );
});

Deno.test("two runs of a denoiser under one seed are the same, and their sampler may ask for scores", async () => {
  for (const sampler of [samplers["in-batch"](), samplers.dns()]) {
    const [one, two] = [await smallRun({ ...denoising, sampler }), await smallRun({ ...denoising, sampler })];
    assert.equal(one.error, undefined);
    assert.deepEqual(one, two);
    const found = one.reports.map(({ loss }) => loss);
    assert(found.at(-1)! < found[0]!, `${found}`);
  }
});
