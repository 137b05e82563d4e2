import assert from "node:assert/strict";
import fc from "npm:fast-check@4.10.2";
import { gradients } from "../../graphs/autodiff.ts";
import { GraphBuilder, RowGradient, type Value, type Variable } from "../../graphs/builder.ts";
import { encode } from "../../graphs/encode.ts";
import { normal } from "../../graphs/initializers.ts";
import { softplus, tanh } from "../../graphs/ops/activation.ts";
import { add, mul, neg, sub } from "../../graphs/ops/arithmetic.ts";
import { argMax, denseRows, gather, gatherElements } from "../../graphs/ops/index.ts";
import { matmul, swapAxes } from "../../graphs/ops/linear.ts";
import { sum } from "../../graphs/ops/reduce.ts";
import { expand, reshape, slice, unsqueeze } from "../../graphs/ops/shape.ts";
import { dtypeOf, type Shape, sizeOf, type TensorData } from "../../graphs/tensor.ts";
import { Rng } from "../../random/rng.ts";
import { openModel } from "../../runtime/model.ts";
import { openRuntime } from "../../runtime/providers.ts";
import type { UpdateRule } from "../../runtime/update.ts";

/** As many columns as rows, so that nothing is told apart by its size alone. */
const R = 4, M = 4, D = 3, USERS = 5, ITEMS = 40, SEED = 8;
/** Rows of tables at ids of their own, and numbers. */
function model(users: Variable, items: Variable, feeds: Record<string, TensorData>, rng: Rng) {
  const { graph } = users;
  const fed = <T extends TensorData>(name: string, shape: Shape, data: T): Value => {
    const input = graph.input(name, dtypeOf(data), shape);
    feeds[input.name] = data;
    return input;
  };
  const drawn = (shape: Shape) => ({ length: sizeOf(shape) });
  const ids = (name: string, shape: Shape, count: number) =>
    fed(name, shape, Int32Array.from(drawn(shape), () => rng.below(count)));
  const numbers = (name: string, shape: Shape) =>
    fed(name, shape, Float32Array.from(drawn(shape), () => 2 * rng.uniform() - 1));
  const user = gather(users, ids("users", [R], USERS)), candidates = ids("candidates", [R, M], ITEMS);
  return {
    ...{ graph, items, user, candidates, query: unsqueeze(user, 1) }, // [R, 1, D]
    positive: gather(items, ids("positives", [R, 1], ITEMS)), // [R, 1, D]
    pool: gather(items, candidates), // [R, M, D]
    shared: gather(items, ids("shared", [M], ITEMS)), // [M, D]
    each: numbers("each", [R, 1]),
    every: numbers("every", [R, M]),
    row: numbers("row", [1, M]),
  };
}
type Model = ReturnType<typeof model>;

/** What makes rows [R, 1 or M, D] of others and of numbers [R, 1 or M]. */
const rowPieces: Readonly<Record<string, (x: Value, y: Value, n: Value, m: Model) => Value>> = {
  "n x": (x, _y, n) => mul(unsqueeze(n, 2), x),
  "x n": (x, _y, n) => mul(x, unsqueeze(n, 2)),
  "known numbers times x": (x, _y, _n, { graph }) => {
    const shape = [...x.shape.slice(0, 2), 1];
    return mul(graph.constant(Float32Array.from({ length: sizeOf(shape) }, (_, at) => 1 + at / 4), shape), x);
  },
  "x / 2": (x) => mul(x, 0.5),
  "x + y": (x, y) => add(x, y),
  "x - y": (x, y) => sub(x, y),
  "-x": (x) => neg(x),
  "x + y of all rows": (x, _y, _n, { shared }) => add(x, shared),
  "a mixture": (_x, _y, n, { positive, pool }) =>
    add(mul(unsqueeze(n, 2), positive), mul(unsqueeze(sub(1, n), 2), pool)),
  "a weighted sum of x": (x, _y, n) => matmul(unsqueeze(wide(n), 1), expand(x, [R, M, D])),
  "the item that n chooses": (_x, _y, n, { items, candidates }) =>
    gather(items, gatherElements(candidates, argMax(wide(n), 1), 1)),
  "the first of x": (x) => slice(x, 1, 0, 1),
};
const numberPieces: Readonly<Record<string, (x: Value, y: Value, n: Value, m: Model) => Value>> = {
  "x y": (x, y) => sum(mul(x, y), [2]),
  "query x": (x, _y, _n, { query }) => reshape(matmul(query, swapAxes(x)), [R, x.shape[1]!]),
  "query x of all rows": (_x, _y, _n, { user, shared, row }) => sub(mul(2, matmul(user, swapAxes(shared))), row),
  "softplus n": (_x, _y, n) => softplus(n),
  "n - each": (_x, _y, n, { each }) => sub(n, each),
  "n every": (_x, _y, n, { every }) => mul(n, every),
};
const wide = (n: Value) => expand(n, [R, M]);

const step = fc.record({
  piece: fc.constantFrom(...Object.keys(rowPieces), ...Object.keys(numberPieces)),
  ...{ left: fc.nat(2), right: fc.nat(9), number: fc.nat(2) },
});
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

/** A loss that takes the last rows and numbers that the steps make. */
function lossOf(m: Model, steps: readonly Step[]): Value {
  const rows = [m.positive, m.pool, m.query], numbers = [m.each, m.every];
  const last = (of: readonly Value[], back: number) => of.at(-1 - back % of.length)!;
  for (const { piece, left, right, number } of steps) {
    const given = [last(rows, left), rows[right % rows.length]!, last(numbers, number), m] as const;
    if (piece in rowPieces) rows.push(rowPieces[piece]!(...given));
    else numbers.push(numberPieces[piece]!(...given));
  }
  const ofRows = rows.slice(-2).map((x) => sum(tanh(sum(mul(x, x.shape[1] === 1 ? m.positive : m.pool), [2]))));
  return [...ofRows, ...rows.slice(-2).map((x) => sum(x)), sum(softplus(numbers.at(-1)!))].reduce(add);
}

/** x - gradient. */
const descent = (rows: UpdateRule["rows"]): UpdateRule => ({
  states: [],
  rows,
  scalars: () => ({}),
  next: ({ parameter, gradient }) => ({ parameter: sub(parameter, gradient), states: {} }),
});

/** Graphs, and losses of so many random steps that each adds up: so a graph is compiled for many. */
const GRAPHS = 4, TERMS = 20;
Deno.test("random steps move tables by the gradients that onnxruntime alone computes of whole tables", async () => {
  const samples = fc.sample(fc.array(step, { minLength: 2, maxLength: 8 }), { numRuns: GRAPHS * TERMS, seed: 3 });
  for (let at = 0; at < GRAPHS; at++) {
    const g = new GraphBuilder(), feeds: Record<string, TensorData> = {}, rng = new Rng(SEED, `feeds ${at}`);
    const users = g.variable("user", [USERS, D], normal(0.5)), items = g.variable("item", [ITEMS, D], normal(0.5));
    const terms = samples.slice(at * TERMS, (at + 1) * TERMS).map((steps, term) =>
      g.scope(`term ${term}`, () => lossOf(model(users, items, feeds, rng), steps))
    );
    const loss = terms.reduce(add), found = gradients(loss, [users, items]);
    const started = new Map([users, items].map((v) => [v.name, v.init(v.shape, new Rng(SEED, v.name))]));
    const whole = (table: Variable) => {
      const gradient = found.get(table)!;
      return gradient instanceof RowGradient ? denseRows(gradient, table.shape) : gradient;
    };
    const plain = await openModel(
      encode(g, {
        loss,
        ...Object.fromEntries(Array.from(found.keys(), (table) => [`d ${table.name}`, whole(table)])),
      }),
    );
    const wanted = await plain.run(Object.fromEntries(plain.inputNames.map((name) => {
      const { shape } = g.variables.get(name) ?? g.inputs.get(name)!, data = started.get(name) ?? feeds[name]!;
      return [name, { dtype: dtypeOf(data), shape, data }];
    })));
    await plain.dispose();

    const runtime = await openRuntime({ provider: "wasm", seed: SEED });
    const rule = descent(at % 2 === 0 ? "touched" : "all");
    const updates = Array.from(found, ([variable, gradient]) => ({ variable, gradient, rule }));
    const program = await runtime.compile(g, { outputs: { loss }, updates });
    const result = await program.run(Object.fromEntries(program.inputs.map(({ name }) => [name, feeds[name]!])));
    const near = (x: number, y: number, scale: number, what: string) =>
      assert(Math.abs(x - y) <= 2e-4 * scale, `step ${at}: ${what} is ${x}, not ${y}`);
    near(Number(result.loss[0]), Number(wanted.loss!.data[0]), 10 + Math.abs(Number(wanted.loss!.data[0])), "the loss");
    const after = await runtime.save();
    for (const { name } of found.keys()) {
      const slope = Array.from(wanted[`d ${name}`]!.data, Number), scale = Math.max(1, ...slope.map(Math.abs));
      slope.forEach((by, n) => near(after.get(name)!.data[n]!, started.get(name)![n]! - by, scale, `${name} ${n}`));
    }
    await runtime.dispose();
  }
});
