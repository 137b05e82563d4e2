import assert from "node:assert/strict";
import { decode } from "../../graphs/decode.ts";
import type { Value } from "../../graphs/builder.ts";
import { inline } from "../../graphs/inline.ts";
import { readModel } from "../../graphs/model_file.ts";
import { concat, reshape } from "../../graphs/ops/shape.ts";
import { prune } from "../../graphs/prune.ts";
import { sizeOf } from "../../graphs/tensor.ts";
import { Rng } from "../../random/rng.ts";
import { openModel } from "../../runtime/model.ts";
import { openRuntime } from "../../runtime/providers.ts";
import type { OpRow } from "../conformance/op_rows.ts";
import { disagreements, measure } from "../conformance/ops_measure.ts";
import { type ImportRow, importRows, isVaried } from "./import_rows.ts";
import { floats, longs, onnxFile } from "./onnx_file.ts";

/** A file of one node: what varies are inputs x0, x1, ..., what is constant initialisers of such names. */
function fileOf({ op, opset, inputs, attributes, outputs }: ImportRow): Uint8Array {
  const names = inputs.map((input, at) => input === null ? "" : `x${at}`);
  const of = <T>(keep: (input: ImportRow["inputs"][number]) => T | null) =>
    Object.fromEntries(inputs.flatMap((input, at) => {
      const kept = keep(input);
      return kept === null ? [] : [[names[at]!, kept] as const];
    }));
  const results = Array.from({ length: outputs }, (_, at) => `y${at}`);
  return onnxFile({
    opset,
    inputs: of((input) => isVaried(input) ? ["float32", ...input.shape] as const : null),
    initializers: of((input) => input !== null && !isVaried(input) ? input : null),
    outputs: Object.fromEntries(results.map((name) => [name, null])),
    nodes: [{ op, inputs: names, outputs: results, attributes }],
  });
}

Deno.test("operators of files compute what onnxruntime computes", async (t) => {
  const runtime = await openRuntime({ provider: "wasm" });
  for (const row of importRows) {
    await t.step(row.name, async () => {
      const bytes = fileOf(row), rng = new Rng(3, row.name), { graph, outputs } = decode(bytes);
      const fed = row.inputs.flatMap((input, at) =>
        isVaried(input) ? [{ name: `x${at}`, shape: input.shape, data: Float32Array.from(input.values(rng)) }] : []
      );
      const program = await runtime.compile(graph, { outputs: Object.fromEntries(outputs) });
      const found = await program.run(Object.fromEntries(fed.map(({ name, data }) => [name, data])));
      const model = await openModel(bytes);
      const wanted = await model.run(
        Object.fromEntries(fed.map(({ name, shape, data }) => [name, { dtype: "float32", shape, data }])),
      );
      for (const [name, value] of outputs) {
        assert.deepEqual(value.shape, wanted[name]!.shape, name);
        const expected = wanted[name]!.data as Float32Array, got = found[name] as Float32Array;
        for (const [at, x] of got.entries()) {
          assert(
            Math.abs(x - expected[at]!) <= 1e-5 * Math.max(1, Math.abs(x)),
            `${name}[${at}]: ${x}, ${expected[at]}`,
          );
        }
      }
      await model.dispose();
      await program.dispose();
    });
  }
  await runtime.dispose();
});

Deno.test("what is repeated for a large batch is no node of as many inputs", () => {
  const inputs = [{ shape: [1, 2], values: () => [1, 2] }, longs(5000, 3)];
  const bytes = fileOf({ name: "Tile", op: "Tile", opset: 17, inputs, attributes: {}, outputs: 1 });
  const { graph, outputs } = decode(bytes), { nodes } = prune(graph, [...outputs.values()]);
  assert.deepEqual(outputs.get("y0")!.shape, [5000, 6]);
  assert(nodes.every(({ inputs }) => inputs.length <= 3), nodes.map(({ op }) => op.type).join());
});

Deno.test("what a node asks that Foil does not know is told, not taken for something else", () => {
  const real = { shape: [2, 3], values: () => new Array<number>(6).fill(1) }, each = floats([3], 1, 1, 1);
  const refused: readonly (readonly [Pick<ImportRow, "op" | "inputs" | "attributes">, RegExp])[] = [
    [{ op: "Reshape", inputs: [real, longs(0, 3)], attributes: { allowzero: 1 } }, /allowzero=1 and a length of 0/],
    [
      { op: "BatchNormalization", inputs: [real, each, each, each, each], attributes: { training_mode: 1 } },
      /training_mode=1 is not known/,
    ],
    [{ op: "Pad", inputs: [real, longs(0, 1, 0, 1)], attributes: { mode: "reflect" } }, /mode "reflect": only/],
    [{ op: "GatherND", inputs: [real, longs(0)], attributes: { batch_dims: 1 } }, /batch_dims=1: only 0 is known/],
    ...["ii->i", "...j->j", "ij->ii", "ij->k", "ij,jk,kl->il"].map((equation) =>
      [{ op: "Einsum", inputs: [real], attributes: { equation } }, /Einsum.*for \[2,3\] is not known/] as const
    ),
  ];
  for (const [row, message] of refused) {
    assert.throws(() => decode(fileOf({ name: row.op, opset: 17, outputs: 1, ...row })), message, row.op);
  }
});

Deno.test("gradients through operators of files are their finite differences", async () => {
  const rows = importRows.map((row): OpRow => {
    const file = readModel(fileOf(row), row.name), wanted = file.outputs.map(({ name }) => name);
    const varied = row.inputs.flatMap((input, at) => isVaried(input) ? [{ input, name: `x${at}` }] : []);
    return {
      name: row.name,
      inputs: varied.map(({ input }) => input),
      build(...xs) {
        const given = new Map(varied.map(({ name }, at) => [name, xs[at]!]));
        const values = inline(file, xs[0]!.graph, (name) => given.get(name), wanted);
        return concat(wanted.map((name) => flat(values.get(name)!)), 0);
      },
    };
  });
  const runtime = await openRuntime({ provider: "wasm" });
  assert.deepEqual(disagreements(await measure(runtime, rows)), []);
  await runtime.dispose();
});

const flat = (x: Value) => reshape(x, [sizeOf(x.shape)]);
