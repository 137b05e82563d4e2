import assert from "node:assert/strict";
import { catalogue } from "../../datasets/catalogue.ts";
import { encode } from "../../graphs/encode.ts";
import { GraphBuilder, type Value } from "../../graphs/builder.ts";
import { mul, neg, sub } from "../../graphs/ops/arithmetic.ts";
import { squeeze } from "../../graphs/ops/shape.ts";
import { sizeOf } from "../../graphs/tensor.ts";
import { asking } from "../../models/asking.ts";
import { ddim, ddimSteps, leftAt } from "../../models/ddim.ts";
import { preferdiff } from "../../models/preferdiff.ts";
import { Rng } from "../../random/rng.ts";
import { openRuntime } from "../../runtime/providers.ts";
import { smallLog } from "../training/small_run.ts";

const ROWS = 3, USERS = Int32Array.of(3, 0, 7), DIM = 4, of = catalogue(smallLog().train);
const options = { dim: DIM, length: 5, dropout: 0 };
type Given = Parameters<typeof preferdiff>[0];

/** Models in one graph, with the same variables, all asked with the same histories. */
async function together(
  given: Readonly<Record<string, { readonly options: Given; readonly training?: true }>>,
  outputs: (
    models: Readonly<Record<string, ReturnType<ReturnType<typeof preferdiff>["build"]>>>,
    graph: GraphBuilder,
  ) => Record<string, Value>,
): Promise<Readonly<Record<string, Float32Array>>> {
  const graph = new GraphBuilder(), asked = asking(preferdiff(options), of, ROWS), batch = asked.declare(graph);
  const models = Object.fromEntries(
    Object.entries(given).map(([name, { options: more, training = false }]) => [
      name,
      graph.scope(name, () => preferdiff({ ...options, ...more }).build(graph, of, { ...batch, training })),
    ]),
  );
  const runtime = await openRuntime({ provider: "wasm" });
  const program = await runtime.compile(graph, { outputs: outputs(models, graph) });
  await runtime.load(
    new Map([...graph.variables.values()].map(({ name, shape }) => {
      const rng = new Rng(5, name.slice(name.indexOf("/")));
      return [name, { shape, data: Float32Array.from({ length: sizeOf(shape) }, () => 0.4 * rng.normal()) }];
    })),
  );
  const noise = [...graph.noises.values()].map(({ name, shape }) => [name, new Float32Array(sizeOf(shape))] as const);
  const taken = new Set(program.inputs.map(({ name }) => name)), [piece] = asked.pieces(USERS);
  const feeds = Object.entries({ ...piece!.feeds, ...Object.fromEntries(noise) }).filter(([name]) => taken.has(name));
  const found = await program.run(Object.fromEntries(feeds)) as Readonly<Record<string, Float32Array>>;
  await runtime.dispose();
  return found;
}
const near = (found: Float32Array, wanted: Float32Array) =>
  found.forEach((x, at) =>
    assert(Math.abs(x - wanted[at]!) < 1e-4 * Math.max(1, Math.abs(x)), `${found}, not ${wanted}`)
  );

for (const compat of [false, true]) {
  Deno.test(`the query is where guesses lead that are guided away from the unconditional ones${compat ? ", told the level after" : ""}`, async () => {
    const w = 1.5, steps = ddimSteps(leftAt(2000), 21);
    const { query, byHand } = await together({
      whole: { options: { guidance: w, compat } },
      conditional: { options: {} },
      unconditional: { options: { unconditional: 1 }, training: true },
    }, ({ whole, conditional, unconditional }, graph) => {
      const start: Value = graph.constant(new Float32Array(ROWS * DIM), [ROWS, DIM]);
      const guided = (x: Value, step: number) => {
        const { level } = steps[step]!, told = compat && level > 0 ? level + 1 : level;
        const levels = graph.constant(new Int32Array(ROWS).fill(told), [ROWS, 1]);
        return sub(
          mul(1 + w, conditional!.denoiser!.guess(x, levels)),
          mul(w, unconditional!.denoiser!.guess(x, levels)),
        );
      };
      return { query: squeeze(whole!.query, [1]), byHand: ddim(start, steps, guided) };
    });
    near(query!, byHand!);
    assert(new Set(query).size > ROWS, "the queries differ");
  });
}

Deno.test("a row without a condition is told nothing of its history", async () => {
  const { none, all } = await together({
    none: { options: { unconditional: 1 }, training: true },
    all: { options: { unconditional: 0 }, training: true },
  }, ({ none, all }, graph) => {
    const x = graph.constant(new Float32Array(ROWS * DIM).fill(0.5), [ROWS, DIM]);
    const levels = graph.constant(new Int32Array(ROWS).fill(700), [ROWS, 1]);
    return { none: none!.denoiser!.guess(x, levels), all: all!.denoiser!.guess(x, levels) };
  });
  const rows = (x: Float32Array) => [0, 1, 2].map((row) => x.subarray(row * DIM, (row + 1) * DIM).join());
  assert.equal(new Set(rows(none!)).size, 1);
  assert.equal(new Set(rows(all!)).size, ROWS);
});

/** erf by its Maclaurin series. */
function erf(x: number): number {
  let term = x, sum = x;
  for (let n = 1; n < 60; n++) sum += (term *= -x * x / n) / (2 * n + 1);
  return 2 / Math.sqrt(Math.PI) * sum;
}

Deno.test("a guess is linear in what is seen, the condition and a network of the level's sines and cosines", async () => {
  const LEVEL = 3, names = ["denoise/W", "denoise/b", "time_1/W", "time_1/b", "time_2/W", "time_2/b", "null"] as const;
  const x = [0.5, -1, 0.25, 2];
  const found = await together({ none: { options: { unconditional: 1 }, training: true } }, ({ none }, graph) => ({
    guess: none!.denoiser!.guess(
      graph.constant(Float32Array.from([x, x, x].flat()), [ROWS, DIM]),
      graph.constant(new Int32Array(ROWS).fill(LEVEL), [ROWS, 1]),
    ),
    ...Object.fromEntries(names.map((name) => [name, neg(graph.variables.get(`none/${name}`)!)])),
  }));
  const weights = (name: typeof names[number]) => Array.from(found[name]!, (v) => -v);
  const times = (v: readonly number[], W: readonly number[]) =>
    Array.from(
      { length: W.length / v.length },
      (_, to) => v.reduce((s, a, from) => s + a * W[from * W.length / v.length + to]!, 0),
    );
  const plus = (a: readonly number[], b: readonly number[]) => a.map((v, at) => v + b[at]!);
  const waves = [Math.sin(LEVEL), Math.sin(LEVEL / 1e4), Math.cos(LEVEL), Math.cos(LEVEL / 1e4)]; // of DIM 4: 1 and 10,000
  const inner = plus(times(waves, weights("time_1/W")), weights("time_1/b")).map((v) =>
    v / 2 * (1 + erf(v / Math.SQRT2))
  );
  const time = plus(times(inner, weights("time_2/W")), weights("time_2/b"));
  const wanted = plus(times([...x, ...weights("null"), ...time], weights("denoise/W")), weights("denoise/b"));
  near(found.guess!, Float32Array.from([wanted, wanted, wanted].flat()));
});

Deno.test("what queries are made of, the mean of noise or a draw of it, shifts all of them alike", async () => {
  const { mean, noise } = await together({
    mean: { options: {} },
    noise: { options: { start: "noise" } },
  }, ({ mean, noise }) => ({ mean: mean!.query, noise: noise!.query }));
  const shift = (row: number) => noise!.slice(row * DIM, (row + 1) * DIM).map((x, d) => x - mean![row * DIM + d]!);
  assert(shift(0).some((x) => Math.abs(x) > 1e-3), `${shift(0)}`);
  for (const row of [1, 2]) near(shift(row), shift(0));
});

Deno.test("the sampler unrolled is a small graph", () => {
  const graph = new GraphBuilder(), asked = asking(preferdiff({ dim: 64 }), of, ROWS);
  const { query } = preferdiff({ dim: 64 }).build(graph, of, asked.declare(graph));
  assert(encode(graph, { query }).length < 40_000);
});

Deno.test("fewer levels than steps, and heads that do not divide the width, are refused by name", () => {
  assert.throws(() => preferdiff({ levels: 20 }), /Cannot make "preferdiff": option "steps" 21 is more than/);
  assert.throws(() => preferdiff({ dim: 5 }), /Cannot make "preferdiff": option "heads" 2 does not divide/);
});
