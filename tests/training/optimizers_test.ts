import assert from "node:assert/strict";
import { gradients } from "../../graphs/autodiff.ts";
import { GraphBuilder, RowGradient, type Value } from "../../graphs/builder.ts";
import { mul } from "../../graphs/ops/arithmetic.ts";
import { gather } from "../../graphs/ops/index.ts";
import { add, sign, sub } from "../../graphs/ops/arithmetic.ts";
import { sum } from "../../graphs/ops/reduce.ts";
import { Rng } from "../../random/rng.ts";
import { openRuntime } from "../../runtime/providers.ts";
import type { Provider } from "../../runtime/runtime.ts";
import type { UpdateRule } from "../../runtime/update.ts";
import { assignUpdate, scalarName } from "../runtime/assign_update.ts";
import { optimizers } from "../../training/optimizers.ts";
import { webgpuTest } from "../runtime/webgpu_test_case.ts";
import { type Element, oracles } from "./torch_oracles.ts";

const STEPS = 10, ROWS = 6, WIDTH = 3, SIZE = ROWS * WIDTH;
const rng = new Rng(8, "optimizers test"),
  normals = (count: number) => Float32Array.from({ length: count }, () => rng.normal());
const START = normals(SIZE);
/** Ids repeat within a step; row 5 never has a gradient, and rows 0 and 3 only in some steps. */
const IDS = [[1, 1, 4, 2], [4, 4, 4, 4], [0, 1, 2, 1], [2, 0, 0, 1], [3, 4, 1, 1]].map((ids) => Int32Array.from(ids));
const FACTORS = Array.from({ length: STEPS }, () => normals(4 * WIDTH));

type Form = "host" | "graph" | "device";
/** The table after ten steps along `scale` times FACTORS: its gradient is what is fed, as rows or as a whole table. */
async function trained(rule: UpdateRule, form: Form, { dense = false, scale = 1 } = {}): Promise<Float32Array> {
  const provider: Provider = form === "device" ? "webgpu" : "wasm", runtime = await openRuntime({ provider });
  const graph = new GraphBuilder(), table = graph.variable("w", [ROWS, WIDTH], () => START.slice());
  const ids = graph.input("ids", "int32", [4]), factors = graph.input("factors", "float32", [4, WIDTH]);
  const picked = sum(mul(gather(table, ids), factors));
  const loss = dense ? add(picked, sum(mul(table, 0))) : picked;
  const gradient = gradients(loss, [table]).get(table)!;
  assert.equal(gradient instanceof RowGradient, !dense);
  if (form === "graph") assignUpdate(graph, table, gradient, rule);
  const updates = form === "graph" ? [] : [{ variable: table, gradient, rule }];
  const program = await runtime.compile(graph, { outputs: { loss }, updates });
  for (let step = 1; step <= STEPS; step++) {
    const scalars = form === "graph"
      ? Object.entries(rule.scalars(step)).map(([name, x]) => [scalarName(table, name), Float32Array.of(x)])
      : [];
    await program.run({
      ids: IDS[step % IDS.length]!,
      factors: FACTORS[step - 1]!.map((x) => x * scale),
      ...Object.fromEntries(scalars),
    });
  }
  const saved = (await runtime.save()).get("w")!.data;
  await runtime.dispose();
  return saved;
}

/** The same by the documentation, in float64. */
function expected(name: string, lr: number, scale = 1): number[] {
  const move = oracles[name]!(lr), table = Array.from(START, (w): Element => ({ w, a: 0, b: 0 }));
  for (let step = 1; step <= STEPS; step++) {
    const ids = [...IDS[step % IDS.length]!], factors = FACTORS[step - 1]!.map((x) => x * scale);
    table.forEach((element, at) => {
      const row = Math.floor(at / WIDTH), column = at % WIDTH;
      const gradient = ids.reduce((total, id, k) => id === row ? total + factors[k * WIDTH + column]! : total, 0);
      move(element, gradient, step, ids.includes(row));
    });
  }
  return table.map(({ w }) => w);
}
function same(found: ArrayLike<number>, wanted: ArrayLike<number>, tolerance: number): void {
  for (let at = 0; at < wanted.length; at++) {
    const apart = Math.abs(found[at]! - wanted[at]!);
    assert(apart <= tolerance * Math.max(1, Math.abs(wanted[at]!)), `element ${at}: ${found[at]}, not ${wanted[at]}`);
  }
}

const LR = 0.1;
Deno.test("every optimiser has an oracle", () => {
  assert.deepEqual(Object.keys(optimizers).sort(), Object.keys(oracles).sort());
});

for (const [name, make] of Object.entries(optimizers)) {
  Deno.test(`${name} moves as torch's documentation says, rows with repeated ids and rows without a gradient too`, async () => {
    const wanted = expected(name, LR);
    assert(wanted.some((w, at) => Math.abs(w - START[at]!) > LR), "the table moves");
    same(await trained(make({ lr: LR }), "host"), wanted, 3e-6);
  });

  Deno.test(`${name} moves as torch's documentation says where gradients are as small as epsilon`, async () => {
    const lr = name === "sgd" ? 1e6 : LR;
    same(await trained(make({ lr }), "host", { scale: 1e-7 }), expected(name, lr, 1e-7), 1e-5);
  });

  Deno.test(`${name} is one algorithm over host memory and in a graph, for rows and for whole tables`, async () => {
    const rule = make({ lr: LR }), rows = await trained(rule, "host");
    same(await trained(rule, "graph"), rows, 1e-6);
    same(await trained(rule, "graph", { dense: true }), await trained(rule, "host", { dense: true }), 1e-6);
  });

  webgpuTest(`${name} is one algorithm over host memory and on WebGPU`, async () => {
    const rule = make({ lr: LR });
    same(await trained(rule, "device"), await trained(rule, "host"), 1e-6);
    same(await trained(rule, "device", { dense: true }), await trained(rule, "host", { dense: true }), 1e-6);
  });
}

Deno.test("rows without a gradient stay under lazyAdam and move by their momentum under adam", async () => {
  const lazy = await trained(optimizers.lazyAdam({ lr: LR }), "host"), dense = expected("adam", LR);
  assert.deepEqual(lazy.slice(5 * WIDTH), START.slice(5 * WIDTH));
  assert(lazy.some((w, at) => Math.abs(w - dense[at]!) > 0.01), "they are two algorithms");
});

Deno.test("adamw without decay is adam", async () => {
  same(
    await trained(optimizers.adamw({ lr: LR, decay: 0 }), "host"),
    await trained(optimizers.adam({ lr: LR }), "host"),
    0,
  );
});

const gradientDescent = (rates: (step: number) => Readonly<Record<string, number>>): UpdateRule => ({
  states: [],
  rows: "touched",
  scalars: rates,
  next: ({ parameter, gradient, scalars: { lr } }) => ({ parameter: sub(parameter, mul(lr!, gradient)), states: {} }),
});

Deno.test("a rule's numbers go by their names, in whatever order a step gives them", async () => {
  const plain = gradientDescent(() => ({ lr: 0.1 })),
    later = gradientDescent((step) => step === 1 ? { lr: 0.1, mu: 0 } : { mu: 9, lr: 0.1 });
  for (const dense of [false, true]) {
    assert.deepEqual(await trained(later, "host", { dense }), await trained(plain, "host", { dense }));
  }
  await assert.rejects(() => trained(gradientDescent((step) => step === 1 ? { lr: 0.1 } : {}), "host"), {
    name: "TypeError",
    message: 'Cannot update: the rule has scalar "lr" at step 1, and not at step 2',
  });
});

Deno.test("a rule that writes other states than it names, or no single element, is refused by name", async () => {
  const rule = (states: readonly string[], next: UpdateRule["next"]): UpdateRule => ({
    ...{ states, rows: "touched", scalars: () => ({}), next },
  });
  const refused = (wrong: UpdateRule, message: string) =>
    assert.rejects(() => trained(wrong, "host"), { name: "TypeError", message });
  await refused(
    rule(["m"], ({ parameter }) => ({ parameter, states: {} })),
    'Cannot update: the rule does not write "m"; its states are [m]',
  );
  await refused(
    rule([], ({ parameter, gradient }) => ({ parameter, states: { m: gradient } })), // would be zero at every step
    'Cannot update: the rule writes "m"; its states are []',
  );
  await refused(
    rule(["step"], ({ parameter, states: { step } }) => ({ parameter, states: { step: step! } })),
    'Cannot update: the rule keeps a state "step", which is what the count of its steps is kept as',
  );
  const weights = ({ graph }: Value) => graph.constant(Float32Array.of(1, 2, 3));
  await refused(
    rule([], ({ parameter, gradient }) => ({ parameter: mul(weights(parameter), gradient), states: {} })),
    'Cannot update: the rule makes "parameter" float32 [3]; it is elementwise, float32 [1]',
  );
  await refused(
    rule([], ({ parameter, gradient }) => ({ parameter: sub(parameter, sign(gradient)), states: {} })),
    'Cannot compile a kernel: op "Sign" (node "Sign_0") has no SIMD form; ' +
      "a rule is made of add, sub, mul, div, min, max, sqrt, neg, abs and reciprocal",
  );
});
