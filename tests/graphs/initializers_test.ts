import assert from "node:assert/strict";
import { filled, normal, uniform, xavierUniform, zeros } from "../../graphs/initializers.ts";
import { Rng } from "../../random/rng.ts";

function moments(data: Float32Array) {
  const mean = data.reduce((a, b) => a + b, 0) / data.length;
  return { mean, variance: data.reduce((a, b) => a + (b - mean) ** 2, 0) / data.length };
}
const near = (found: number, wanted: number, slack: number) =>
  assert(Math.abs(found - wanted) <= slack, `${found} is not within ${slack} of ${wanted}`);

Deno.test("zeros and filled are what they say, in any shape", () => {
  assert.deepEqual(zeros([2, 2], new Rng(0, "")), new Float32Array(4));
  assert.deepEqual(filled(0.5)([], new Rng(0, "")), Float32Array.of(0.5));
  assert.equal(zeros([0, 8], new Rng(0, "")).length, 0);
});

Deno.test("xavier stays within sqrt(6 / (in + out)), reaches for it, and has variance 2 / (in + out)", () => {
  const data = xavierUniform([400, 200], new Rng(3, "w")), bound = Math.sqrt(6 / 600);
  assert(data.every((x) => Math.abs(x) <= bound));
  assert(data.reduce((a, b) => Math.max(a, b)) > 0.999 * bound);
  const { mean, variance } = moments(data);
  near(mean, 0, 0.001);
  near(variance, 2 / 600, 2 / 600 * 0.02);
});

Deno.test("uniform is centred and has variance bound^2 / 3", () => {
  const { mean, variance } = moments(uniform(3)([50_000], new Rng(5, "u")));
  near(mean, 0, 0.03);
  near(variance, 3, 0.06);
});

Deno.test("normal has mean 0, the deviation asked for, and the fourth moment of a normal", () => {
  const data = normal(0.1)([50_000], new Rng(4, "n")), { mean, variance } = moments(data);
  near(mean, 0, 0.002);
  near(variance, 0.01, 0.0003);
  near(data.reduce((a, b) => a + b ** 4, 0) / data.length / variance ** 2, 3, 0.15);
});

Deno.test("a stream of the same seed and name starts a variable the same", () => {
  const draw = (seed: number, name: string) => normal(1)([8], new Rng(seed, name));
  assert.deepEqual(draw(1, "items"), draw(1, "items"));
  assert.notDeepEqual(draw(1, "items"), draw(1, "users"));
  assert.notDeepEqual(draw(1, "items"), draw(2, "items"));
});
