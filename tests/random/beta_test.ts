import assert from "node:assert/strict";
import { beta } from "../../random/beta.ts";
import { Rng } from "../../random/rng.ts";
import { assertLaw } from "../samplers/chi_square.ts";

Deno.test("by Beta's distribution function, where that is closed, draws are uniform", () => {
  const laws = [
    { a: 1, b: 1, below: (x: number) => x },
    { a: 0.5, b: 0.5, below: (x: number) => 2 / Math.PI * Math.asin(Math.sqrt(x)) },
    { a: 0.2, b: 1, below: (x: number) => x ** 0.2 },
    { a: 1, b: 6, below: (x: number) => 1 - (1 - x) ** 6 },
    { a: 2, b: 2, below: (x: number) => x * x * (3 - 2 * x) },
    { a: 7, b: 1, below: (x: number) => x ** 7 },
  ];
  for (const { a, b, below } of laws) {
    const rng = new Rng(3, "beta"), drawn = Array.from({ length: 20_000 }, () => beta(rng, a, b));
    assertLaw(drawn.map((x) => Math.min(9, Math.floor(10 * below(x)))), new Array<number>(10).fill(0.1));
  }
});

Deno.test("parameters near 0 give shares near 0 or 1, never neither", () => {
  const rng = new Rng(3, "beta"), drawn = Array.from({ length: 2000 }, () => beta(rng, 1e-4, 1e-4));
  assert(drawn.every((x) => x >= 0 && x <= 1));
  const high = drawn.filter((x) => x > 0.5).length / 2000;
  assert(high > 0.45 && high < 0.55, `${high}`);
});
