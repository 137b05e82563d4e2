import assert from "node:assert/strict";
import { blocksGradient, GraphBuilder, notDifferentiable, type Op, type Value } from "../../graphs/builder.ts";
import { zeros } from "../../graphs/initializers.ts";
import { mulOp } from "../../graphs/ops/arithmetic.ts";
import { sigmoidOp } from "../../graphs/ops/activation.ts";
import { gatherOp } from "../../graphs/ops/index.ts";
import { matmulOp, swapAxes } from "../../graphs/ops/linear.ts";
import { meanOp } from "../../graphs/ops/reduce.ts";
import { opTable } from "../../graphs/ops/table.ts";
import { prune } from "../../graphs/prune.ts";
import { openRuntime } from "../../runtime/providers.ts";
import type { Provider } from "../../runtime/runtime.ts";
import { webgpuTest } from "../runtime/webgpu_test_case.ts";
import { type OpRow, opRows, real } from "./op_rows.ts";
import { disagreements, measure, type Measured } from "./ops_measure.ts";

const named = Object.entries(opRows).flatMap(([type, rows]) =>
  rows.map((row) => ({ ...row, name: `${type} ${row.name}` }))
);

async function measureOn(provider: Provider, rows: readonly OpRow[]): Promise<readonly Measured[]> {
  const runtime = await openRuntime({ provider });
  try {
    return await measure(runtime, rows);
  } finally {
    await runtime.dispose();
  }
}
let wasmRun: Promise<readonly Measured[]> | undefined;
const onWasm = () => wasmRun ??= measureOn("wasm", named);

Deno.test("every op in the table has gradient rows that use it, or blocks the gradient, or has no rule", () => {
  for (const [type, op] of opTable) {
    const rows = opRows[type] ?? [];
    if (op.vjp === blocksGradient || op.vjp === notDifferentiable) {
      assert.equal(rows.length, 0, `"${type}" has gradient rows but no gradient`);
      continue;
    }
    assert(rows.length > 0, `op "${type}" has a gradient but no row in op_rows.ts`);
    for (const { name, inputs, build } of rows) {
      const graph = new GraphBuilder();
      const value = build(...inputs.map(({ shape }, at) => graph.variable(`x${at}`, shape, zeros)));
      const used = prune(graph, [value]).nodes.map(({ op }) => op);
      assert(used.some((other) => other.type === type), `row "${name}" of "${type}" uses ${used.map((o) => o.type)}`);
    }
  }
});

Deno.test("every row in the table is of an op that there is, and no name comes twice", () => {
  for (const type of Object.keys(opRows)) assert(opTable.has(type), `no op "${type}"`);
  assert.equal(new Set(named.map(({ name }) => name)).size, named.length);
});

Deno.test("on WASM every gradient rule agrees with finite differences", async () => {
  assert.deepEqual(disagreements(await onWasm()), []);
});

webgpuTest("on WebGPU every gradient rule agrees with finite differences, and every value with WASM", async () => {
  const measured = await measureOn("webgpu", named), expected = await onWasm();
  assert.deepEqual(disagreements(measured), []);
  measured.forEach(({ name, value }, row) => {
    value.forEach((x, at) => {
      const wanted = expected[row]!.value[at]!;
      assert(Math.abs(x - wanted) <= 1e-4 * Math.max(1, Math.abs(wanted)), `${name} [${at}]: ${x}, WASM has ${wanted}`);
    });
  });
});

/** Rules with one mistake each, such as one makes. */
const mistakes: Readonly<Record<string, OpRow>> = (() => {
  const wrong = (op: Op, vjp: Exclude<Op["vjp"], symbol>): Op => ({ ...op, vjp });
  const of = (name: string, op: Op, inputs: OpRow["inputs"], call: (op: Op, xs: Value[]) => Value): OpRow => ({
    name,
    inputs,
    build: (...xs) => call(op, xs),
  });
  const apply = (op: Op, xs: Value[]) => xs[0]!.graph.apply(op, xs)[0]!;
  const right = (op: Op, ...args: Parameters<Exclude<Op["vjp"], symbol>>) =>
    (op.vjp as Exclude<Op["vjp"], symbol>)(...args);
  const times = (g: Value, x: Value) => g.graph.apply(mulOp, [g, x])[0]!;
  return {
    "the operands' cotangents are swapped": of(
      "swapped",
      wrong(mulOp, ([g], { inputs: [a, b] }) => [times(g!, a!), times(g!, b!)]),
      [real(3), real(3)],
      apply,
    ),
    "a factor is forgotten": of(
      "forgotten",
      wrong(sigmoidOp, ([g], { outputs: [y] }) => [times(g!, y!)]),
      [real(4)],
      apply,
    ),
    "the cotangent is 3 % too large": of(
      "large",
      wrong(
        sigmoidOp,
        (gs, node) => [times(right(sigmoidOp, gs, node)[0] as Value, gs[0]!.graph.constant(Float32Array.of(1.03), []))],
      ),
      [real(4)],
      apply,
    ),
    "a mean is taken for a sum": of(
      "mean",
      wrong(
        meanOp,
        ([g], { inputs: [x] }) => [times(g!, x!.graph.constant(new Float32Array(6).fill(1), [2, 3])), null],
      ),
      [real(2, 3)],
      apply,
    ),
    "a transpose is missing": of(
      "transpose",
      wrong(matmulOp, (gs, node) => {
        const [da, db] = right(matmulOp, gs, node);
        return [swapAxes(da as Value), db!];
      }),
      [real(2, 2), real(2, 2)],
      apply,
    ),
    "rows go to the wrong ids": of(
      "ids",
      wrong(gatherOp, (gs, node) => {
        const x = node.inputs[0]!;
        return right(gatherOp, gs, { ...node, inputs: [x, x.graph.constant(Int32Array.of(1, 0))] });
      }),
      [real(2, 2)],
      (op, [x]) => x!.graph.apply(op, [x!, x!.graph.constant(Int32Array.of(0, 1))], { axis: 0 })[0]!,
    ),
  };
})();

Deno.test("a wrong rule is caught", async () => {
  const measured = await measureOn("wasm", Object.values(mistakes));
  for (const one of measured) assert.notDeepEqual(disagreements([one]), [], `the mistake "${one.name}" went unseen`);
});
