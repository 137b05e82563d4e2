import assert from "node:assert/strict";
import { hmf } from "../../models/hmf.ts";
import { openRuntime } from "../../runtime/providers.ts";
import { losses } from "../../losses/mod.ts";
import { triplh } from "../../samplers/triplh.ts";
import { smallRun } from "../training/small_run.ts";
import { assertLaw } from "./chi_square.ts";
import { batchOf, catalogueWhere, drawIn, opened, selector } from "./drawn.ts";

const ROWS = 20_000, ITEMS = 6, of = catalogueWhere([[0, 3]], ITEMS);
/** Users and items are points of one coordinate: the user's is 1. */
const coordinates = [0, 0.5, 1, 2, -0.3, -1];
const cosh = coordinates.map((x) => Math.SQRT2 * Math.sqrt(1 + x * x) - x);

/** What ROWS rows of user 0 draw. */
async function drawn(options: Parameters<typeof triplh>[0]): Promise<Int32Array> {
  const runtime = await openRuntime({ provider: "wasm" }), policy = triplh(options);
  const { open } = await opened(policy, of, ROWS).propose(batchOf(0, ROWS), drawIn(of));
  return (await (await selector(runtime, policy, of, ROWS))({ open }, coordinates)).ids;
}
const normalised = (mass: readonly number[]) => {
  const total = mass.reduce((a, b) => a + b);
  return mass.map((x) => x / total);
};
const unseen = (mass: readonly number[]) => mass.map((x, item) => item === 0 || item === 3 ? 0 : x);

Deno.test("triplh draws by e^(-c / temperature) from what the user has not met, or from everything", async () => {
  const mass = cosh.map((c) => Math.exp(-c / 0.5));
  assertLaw(await drawn({ temperature: 0.5 }), normalised(unseen(mass)));
  assertLaw(await drawn({ temperature: 0.5, positives: "included" }), normalised(mass));
  assertLaw(await drawn({ temperature: 0.5, negatives: 2 }), normalised(unseen(mass)));
});

/** The chance that each c + G is the least, G Gumbel: of every value that it may have, that all others are above. */
function leastWithNoise(c: readonly number[]): number[] {
  const below = (x: number) => Math.exp(-Math.exp(-x)), density = (x: number) => Math.exp(-x - Math.exp(-x));
  const chances = c.map(() => 0), step = 0.001;
  for (let t = -10; t < 40; t += step) {
    c.forEach((own, at) => {
      const others = c.reduce((all, other, k) => k === at ? all : all * (1 - below(t - other)), 1);
      chances[at]! += density(t - own) * others * step;
    });
  }
  return chances;
}

Deno.test("as released, triplh draws the least of c + Gumbel noise, which is no softmax", async () => {
  const law = leastWithNoise(cosh), softmax = normalised(cosh.map((c) => Math.exp(-c)));
  assert(Math.abs(law.reduce((a, b) => a + b) - 1) < 1e-3);
  const draws = await drawn({ law: "released", positives: "included" });
  assertLaw(draws, law);
  assert.throws(() => assertLaw(draws, softmax), /chi-square/);
  const open = [1, 2, 4, 5], chances = leastWithNoise(open.map((item) => cosh[item]!));
  assertLaw(await drawn({ law: "released" }), cosh.map((_, item) => chances[open.indexOf(item)] ?? 0));
});

Deno.test("with triplh, hmf learns by triplet-lorentz, as drawn and as released", async () => {
  const accuracyOf = async (law: "softmax" | "released") => {
    const released = law === "released", positives = released ? "included" : "excluded";
    const { accuracy } = await smallRun({
      backbone: hmf({ dim: 8, score: released ? "released" : "triple" }),
      loss: losses["triplet-lorentz"]({ form: released ? "triplh" : "distance" }),
      sampler: triplh({ law, positives }),
      epochs: 40,
      measured: true,
    });
    return accuracy!;
  };
  assert(await accuracyOf("softmax") > 0.8);
  assert(await accuracyOf("released") > 0.8);
});
