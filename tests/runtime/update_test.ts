import assert from "node:assert/strict";
import { gradients } from "../../graphs/autodiff.ts";
import { GraphBuilder, type RowGradient, type Value } from "../../graphs/builder.ts";
import { normal } from "../../graphs/initializers.ts";
import { add, div, mul, sqrt, sub } from "../../graphs/ops/arithmetic.ts";
import { gather } from "../../graphs/ops/index.ts";
import { sum } from "../../graphs/ops/reduce.ts";
import { openRuntime } from "../../runtime/providers.ts";
import type { Provider, Update } from "../../runtime/runtime.ts";
import type { UpdateRule } from "../../runtime/update.ts";
import { optimizers } from "../../training/optimizers.ts";
import { assignUpdate, scalarName, statesRenamed } from "./assign_update.ts";
import { webgpuTest } from "./webgpu_test_case.ts";

/** A rule with one state that remembers, and one with none; both in both row modes. */
const momentum = (rows: UpdateRule["rows"]): UpdateRule => ({
  states: ["velocity"],
  rows,
  scalars: (step) => ({ rate: 0.1 / step, growth: Math.sqrt(step) }),
  next({ parameter, gradient, states: { velocity }, scalars: { rate, growth } }) {
    const faster = add(mul(0.9, velocity!), mul(growth!, gradient));
    const change = div(mul(rate!, faster), add(1, sqrt(mul(faster, faster))));
    return { parameter: sub(parameter, change), states: { velocity: faster } };
  },
});
const plain = (rows: UpdateRule["rows"]): UpdateRule => ({
  states: [],
  rows,
  scalars: () => ({ rate: 0.5 }),
  next: ({ parameter, gradient, scalars: { rate } }) => ({
    parameter: sub(parameter, mul(rate!, gradient)),
    states: {},
  }),
});
const rules: Readonly<Record<string, UpdateRule>> = {
  "momentum over all rows": momentum("all"),
  "momentum over touched rows": momentum("touched"),
  "plain over all rows": plain("all"),
  "plain over touched rows": plain("touched"),
  ...Object.fromEntries(Object.entries(optimizers).map(([name, make]) => [name, make({ lr: 0.1 })])),
};

/** Losses whose gradients come as rows with duplicates, as several parts, as a whole table, and as both. */
const losses: Readonly<Record<string, (table: Value, ids: Value, more: Value) => Value>> = {
  "one part with duplicates": (table, ids) => sum(square(gather(table, ids))),
  "several parts": (table, ids, more) =>
    add(sum(square(gather(table, ids))), sum(mul(gather(table, more), gather(table, ids)))),
  "a whole table": (table, ids) => sum(square(add(gather(mul(table, 2), ids), 1))),
  "rows and a whole table": (table, ids) => add(sum(gather(table, ids)), sum(square(table))),
};
const square = (x: Value) => mul(x, x);

const ROWS = 6, WIDTH = 3, STEPS = 3;
const batches = [[[1, 1, 4], [0, 1, 4]], [[2, 4, 4], [4, 4, 4]], [[5, 5, 5], [1, 0, 5]]].map(([ids, more]) => ({
  ids: Int32Array.from(ids!),
  more: Int32Array.from(more!),
}));

/** One table for each rule and loss, all in one graph. */
function problem() {
  const graph = new GraphBuilder(), ids = graph.input("ids", "int32", [3]), more = graph.input("more", "int32", [3]);
  const cases = Object.entries(rules).flatMap(([ruleName, rule]) =>
    Object.entries(losses).map(([lossName, loss]) => {
      const table = graph.variable(`${ruleName}: ${lossName}`, [ROWS, WIDTH], normal(1));
      return { table, rule, loss: loss(table, ids, more) };
    })
  );
  const found = gradients(cases.map(({ loss }) => loss).reduce(add), cases.map(({ table }) => table));
  const updates = cases.map(({ table, rule }): Update => ({
    variable: table,
    rule,
    gradient: found.get(table) as Value | RowGradient,
  }));
  return { graph, updates };
}

/** The tables and states after a few steps with updates where the provider has them. */
async function byRuntime(provider: Provider) {
  const { graph, updates } = problem(), runtime = await openRuntime({ provider, seed: 1 });
  const program = await runtime.compile(graph, { outputs: {}, updates });
  for (const feeds of batches) await program.start(feeds);
  const saved = await runtime.save();
  await runtime.dispose();
  return saved;
}
/** The same with updates as part of the graph, on WASM. */
async function byGraph() {
  const { graph, updates } = problem(), runtime = await openRuntime({ provider: "wasm", seed: 1 });
  for (const { variable, gradient, rule } of updates) assignUpdate(graph, variable, gradient, rule);
  const program = await runtime.compile(graph, { outputs: {} });
  for (const [at, batch] of batches.entries()) {
    const scalars = updates.flatMap(({ variable, rule }) =>
      Object.entries(rule.scalars(at + 1)).map(([name, x]) => [scalarName(variable, name), Float32Array.of(x)])
    );
    await program.start({ ...batch, ...Object.fromEntries(scalars) });
  }
  return statesRenamed(await runtime.save());
}
type Saved = Awaited<ReturnType<typeof byRuntime>>;

function assertSame(found: Saved, expected: Saved): void {
  const slack = 1e-6 * STEPS; // each step may round otherwise
  for (const [name, { data }] of expected) {
    const other = found.get(name);
    assert(other, `"${name}" is not there`);
    data.forEach((x, at) => {
      const y = other.data[at]!;
      assert(Math.abs(x - y) <= slack * Math.max(1, Math.abs(x)), `${name} [${at}]: ${y}, expected ${x}`);
    });
  }
}

Deno.test("updates over host memory equal updates in the graph, for every rule and kind of gradient", async () => {
  const host = await byRuntime("wasm"), graph = await byGraph();
  assertSame(host, graph);
  assert.equal(graph.size, Object.values(rules).reduce((n, { states }) => n + 4 * (1 + states.length), 0));
});

webgpuTest("updates on WebGPU equal updates over host memory, for every rule and kind of gradient", async () => {
  const device = await byRuntime("webgpu"), host = await byRuntime("wasm");
  assertSame(device, host);
  assert.deepEqual([...device.keys()].sort(), [...host.keys()].sort());
});

Deno.test("plain descent on x^2 / 2, a row gathered twice, is what one computes by hand", async () => {
  const graph = new GraphBuilder(), table = graph.variable("t", [3, 1], () => Float32Array.of(1, 2, 3));
  const loss = mul(0.5, sum(square(gather(table, graph.input("ids", "int32", [3])))));
  const gradient = gradients(loss, [table]).get(table)!;
  const runtime = await openRuntime({ provider: "wasm" });
  const program = await runtime.compile(graph, {
    outputs: { loss },
    updates: [{ variable: table, gradient, rule: plain("touched") }],
  });
  const { loss: before } = await program.run({ ids: Int32Array.of(0, 2, 0) });
  assert.deepEqual(before, Float32Array.of(5.5)); // (1 + 9 + 1) / 2
  assert.deepEqual((await runtime.save()).get("t")!.data, Float32Array.of(0, 2, 1.5)); // 1 - (1 + 1) / 2, 2, 3 - 3 / 2
});

Deno.test("rows that are not touched stay under touched, and move by their momentum under all", async () => {
  for (const rows of ["touched", "all"] as const) {
    const graph = new GraphBuilder(), table = graph.variable("t", [2, 1], () => Float32Array.of(1, 1));
    const loss = sum(gather(table, graph.input("ids", "int32", [1])));
    const gradient = gradients(loss, [table]).get(table)!;
    const runtime = await openRuntime({ provider: "wasm" });
    const program = await runtime.compile(graph, {
      outputs: {},
      updates: [{ variable: table, gradient, rule: momentum(rows) }],
    });
    await program.run({ ids: Int32Array.of(0) });
    const [after] = (await runtime.save()).get("t")!.data;
    await program.run({ ids: Int32Array.of(1) });
    const [later] = (await runtime.save()).get("t")!.data;
    assert.equal(after === later, rows === "touched");
  }
});

async function updatesOnce(provider: Provider) {
  const graph = new GraphBuilder(), table = graph.variable("t", [2, 1], () => Float32Array.of(1, 1));
  const loss = sum(table), gradient = gradients(loss, [table]).get(table)!;
  const runtime = await openRuntime({ provider });
  const step = await runtime.compile(graph, {
    outputs: { loss },
    updates: [{ variable: table, gradient, rule: plain("all") }],
  });
  const look = await runtime.compile(graph, { outputs: { loss } });
  await step.run({});
  const losses = [await look.run({}), await look.run({})].map(({ loss }) => loss[0]);
  await runtime.dispose();
  assert.deepEqual(losses, [1, 1]);
}
Deno.test("on WASM updates belong to the program that asks for them, not to its graph", () => updatesOnce("wasm"));
webgpuTest("on WebGPU updates belong to the program that asks for them, not to its graph", () => updatesOnce("webgpu"));
