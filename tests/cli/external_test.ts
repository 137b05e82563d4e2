import assert from "node:assert/strict";
import { openAnswers } from "../../cli/answers.ts";
import type { OpenedRun } from "../../cli/opened_run.ts";
import { loadServed } from "../../cli/serving/served_model.ts";
import { catalogue } from "../../datasets/catalogue.ts";
import { interactions } from "../../datasets/interactions.ts";
import { readModel } from "../../graphs/model_file.ts";
import { external } from "../../models/external.ts";
import { openModel } from "../../runtime/model.ts";
import { openRuntime } from "../../runtime/providers.ts";
import { floats, longs, onnxFile } from "../graphs/onnx_file.ts";
import { neumf, twoTower } from "../models/exported.ts";
import { foil, inFolder, jsonLines } from "./foil.ts";

const SIZE = { users: 12, items: 20 };
/** A log in rows of the model's tables, whose users and items do not come in order; user 3 and item 7 never come. */
const log = ["user,item"].concat(
  Array.from({ length: 12 }, (_, user) => 11 - user).filter((user) => user !== 3).flatMap((user) =>
    Array.from({ length: 20 }, (_, item) => 19 - item)
      .filter((item) => item !== 7 && (item + user) % 3 > 0).map((item) => `${user},${item}`)
  ),
).join("\n");

const withModel = (use: (folder: string, model: Uint8Array) => Promise<void>) =>
  inFolder(async (folder) => {
    const model = neumf(SIZE);
    await Deno.writeFile(`${folder}/model.onnx`, model);
    await Deno.writeTextFile(`${folder}/log.csv`, `${log}\n`);
    await use(folder, model);
  });
const DATA = ["--data", "log.csv", "--provider", "wasm"];
const TRAIN = ["train", ...DATA, "--backbone", "model.onnx", "--lr", "0.02", "--batch-size", "32", "--json"];

Deno.test("a file is trained, and what the run wrote scores as the run did: rows are those of the log", () =>
  withModel(async (folder, model) => {
    const end = ["--epochs", "6", "--evaluate-every", "2", "--at", "5", "--select-by", "ndcg@5"];
    const ran = await foil([...TRAIN, "--sampler", "mixgcf:pool=4", ...end, "--out", "run"], folder);
    assert.equal(ran.code, 0, ran.stderr);
    assert.match(ran.stderr, /query +gu and mu \(guessed\)/);
    const test = jsonLines(ran.stdout).find((line) => line.event === "test");

    const written = await Deno.readFile(`${folder}/run/model.onnx`),
      [before, after] = [model, written].map((file) => {
        const { initializers } = readModel(file), table = initializers.get("gu.weight")!.data as Float32Array;
        return (row: number) => [...table.subarray(4 * row, 4 * row + 4)];
      }) as [(row: number) => number[], (row: number) => number[]];
    assert.deepEqual(after(3), before(3), "user 3 met nothing");
    for (const user of [0, 4, 11]) assert.notDeepEqual(after(user), before(user));

    const evaluated = await foil(["evaluate", "--run", "run", "--json", "--at", "5", "--provider", "wasm"], folder);
    assert.equal(evaluated.code, 0, evaluated.stderr);
    const asRun = jsonLines(evaluated.stdout)[0].test["ndcg@5"];
    assert.equal(asRun, test.test["ndcg@5"]);
    const asFile = await foil(["evaluate", "--model", "run/model.onnx", ...DATA, "--json", "--at", "5"], folder);
    assert.equal(asFile.code, 0, asFile.stderr);
    assert.equal(jsonLines(asFile.stdout)[0].test["ndcg@5"], asRun);

    const asked = await foil(["recommend", "--run", "run", "--users", "4,3", "--top", "3", "--json"], folder);
    assert.equal(asked.code, 0, asked.stderr);
    assert.match(asked.stderr, /^1 of 2 users met nothing .* learnt from them, but for what the file may have had$/m);
    const served = await loadServed({ run: `${folder}/run`, index: false, c0: 0.01, decay: 10 });
    assert.equal(served.userOf("3"), 3, "the file may know who was not trained on");
    served.retire();
    const [{ items }] = jsonLines(asked.stdout), session = await openModel(written);
    const fed = (ids: number[]) => ({ dtype: "int64" as const, shape: [3], data: BigInt64Array.from(ids, BigInt) });
    const rows = items.map(({ item }: { item: string }) => Number(item));
    const { scores } = await session.run({ users: fed([4, 4, 4]), items: fed(rows) });
    items.forEach(({ score }: { score: number }, at: number) => {
      assert(Math.abs(score - Number(scores!.data[at])) < 1e-5, `item ${rows[at]}`);
    });
    await session.dispose();
  }));

Deno.test("a file that was trained anew on what picked its epoch is measured as its run is", () =>
  withModel(async (folder) => {
    assert.equal((await foil([...TRAIN, "--epochs", "1", "--refit", "--out", "run"], folder)).code, 0);
    const measured = async (args: readonly string[]) => {
      const { code, stdout, stderr } = await foil(["evaluate", ...args, "--json", "--at", "5"], folder);
      assert.equal(code, 0, stderr);
      return jsonLines(stdout)[0];
    };
    const file = ["--model", "run/model.onnx", ...DATA], asRun = await measured(["--run", "run", "--provider", "wasm"]);
    assert.deepEqual(await measured([...file, "--refit"]), asRun);
    assert.notDeepEqual(await measured(file), asRun);
  }));

Deno.test("a stopped run of a file goes on to the same bytes, and another file is not what its checkpoint belongs to", () =>
  withModel(async (folder, model) => {
    const same = [...TRAIN, "--sampler", "ahns:pool=4", "--evaluate-every", "2", "--freeze", "mlp.*"];
    assert.equal((await foil([...same, "--epochs", "4", "--out", "whole"], folder)).code, 0);
    assert.equal((await foil([...same, "--epochs", "2", "--out", "parts"], folder)).code, 0);
    const resumed = await foil([...same, "--epochs", "4", "--out", "parts", "--resume"], folder);
    assert.equal(resumed.code, 0, resumed.stderr);
    const [whole, parts] = await Promise.all(
      ["whole", "parts"].map((run) => Deno.readFile(`${folder}/${run}/model.onnx`)),
    );
    assert.deepEqual(parts, whole);
    const weights = (file: Uint8Array) => readModel(file).initializers.get("mlp.0.weight")!.data;
    assert.deepEqual(weights(whole!), weights(model));

    await Deno.writeFile(`${folder}/model.onnx`, neumf({ ...SIZE, users: 13 }));
    const other = await foil([...same, "--epochs", "6", "--out", "parts", "--resume"], folder);
    assert.equal(other.code, 1);
    assert.match(
      other.stderr,
      /: --backbone is a file of SHA-256 [0-9a-f]{8}\.\.\.:freeze=mlp\.\*, was a file of SHA-256 /,
    );
  }));

Deno.test("inspect tells inputs, operators, what is trained and where the seam is", () =>
  inFolder(async (folder) => {
    await Deno.writeFile(`${folder}/tower.onnx`, twoTower(SIZE));
    const { code, stdout, stderr } = await foil(["inspect", "tower.onnx", "--freeze", "u.weight", "--json"], folder);
    assert.equal(code, 0, stderr);
    const [found] = jsonLines(stdout);
    assert.equal(found.opset, 14);
    assert.deepEqual(found.inputs[1], { name: "items", dims: ["batch"], dtype: "int64" });
    assert.deepEqual(found.outputs.map(({ name }: { name: string }) => name), ["scores", "query", "item"]);
    assert.deepEqual([found.operators.Gemm, found.operators.ReduceMean], [2, 4]);
    assert.deepEqual(found.parameters[0], {
      name: "u.weight",
      shape: [12, 4],
      dtype: "float32",
      trained: false,
      kept: "frozen",
    });
    assert.equal(found.parameters[1].trained, true);
    assert.deepEqual(found.seam[2], { role: "query", tensors: ["query"], guessed: true });
    assert.equal(found.innerProduct, true);

    const named = await foil(["inspect", "tower.onnx:query=/u/sum,item=/i/sum"], folder);
    assert.match(named.stdout, /query +\/u\/sum\n/);
    assert.match(named.stdout, /parameters: 184 numbers are trained, of 184/); // 12 4 + 20 4 + 2 (4 + 4 + 16 + 4)
  }));

Deno.test("what does not fit a file is told in a line", () =>
  withModel(async (folder) => {
    await Deno.writeTextFile(`${folder}/names.csv`, "user,item\nann,1\nann,2\nbob,1\n");
    await Deno.writeTextFile(`${folder}/many.csv`, "user,item\n0,1\n12,2\n0,2\n12,1\n0,3\n");
    await Deno.writeFile(`${folder}/cut.onnx`, neumf(SIZE).subarray(0, 500));
    const data = (file: string) => ["train", "--data", file, "--backbone", "model.onnx", "--select", "last"];
    const cases: [string[], RegExp][] = [
      [data("names.csv"), /Cannot take ids as numbers of rows: "ann" is no whole number .*\(users of "names\.csv"\)/],
      [data("many.csv"), /its table "gu\.weight" has 12 rows, the data have 13 users/],
      [[...data("log.csv"), "--freeze", "tower"], /no initialiser is called "tower", which is to be frozen/],
      [["train", "--backbone", "mf", "--freeze", "user"], /Cannot freeze "user": backbone "mf" is none of a file/],
      [["train", "--backbone", "lost.onnx"], /Cannot read the backbone "lost\.onnx": there is no such file/],
      [["train", "--backbone", "model.onnx:users=users"], /name its two inputs: give both, found only users=users/],
      [["train", "--backbone", "model.onnx:seam=gu"], /"model\.onnx": it has no option "seam"/],
      [
        [...data("log.csv"), "--freeze", "*"],
        /Cannot train "model\.onnx": of its initialisers none is trained \(frozen: 8\)\n/,
      ],
      [
        ["evaluate", "--model", "lost.onnx", "--data", "names.csv"],
        /Cannot read the model "lost\.onnx": there is no such/,
      ],
      [
        ["evaluate", "--run", "run", "--model", "model.onnx", "--data", "log.csv"],
        /Cannot evaluate: --model is instead of --run, found both/,
      ],
      [["inspect", "."], /Cannot read the model "\.": it is a folder, and a file is expected/],
      [["inspect", "cut.onnx"], /Cannot read "cut\.onnx": it is no ONNX model, or cut short/],
    ];
    for (const [args, message] of cases) {
      const { code, stderr } = await foil(args, folder);
      assert.equal(code, 1, stderr);
      assert.match(stderr, message);
    }
  }));

Deno.test("a model whose file of scores takes one user at a time answers many all the same", async () => {
  const items = 6,
    written = onnxFile({
      inputs: { users: ["int64", "batch"], items: ["int64", "batch"] },
      outputs: { scores: ["float32", "batch"] },
      initializers: {
        p: floats([4, 1], 1, -1, 2, 0.5),
        q: floats([items, 1], 3, 1, -2, 4, 0, 5),
        ...{ axis: longs(1), first: longs(0) },
      },
      nodes: [
        { op: "Gather", inputs: ["p", "users"], outputs: ["u"] },
        { op: "Gather", inputs: ["q", "items"], outputs: ["i"] },
        { op: "Mul", inputs: ["u", "i"], outputs: ["product"] },
        { op: "Shape", inputs: ["product"], outputs: ["lengths"] },
        { op: "Slice", inputs: ["lengths", "first", "axis"], outputs: ["batch"] },
        { op: "ConstantOfShape", inputs: ["batch"], outputs: ["zeros"] },
        { op: "Unsqueeze", inputs: ["zeros", "axis"], outputs: ["column"] },
        { op: "Concat", inputs: ["product", "column"], outputs: ["both"], attributes: { axis: 1 } },
        { op: "ReduceSum", inputs: ["both", "axis"], outputs: ["scores"], attributes: { keepdims: 0 } },
      ],
    });
  const backbone = external(written), runtime = await openRuntime({ provider: "wasm" });
  const of = catalogue(interactions({ users: [0, 1], items: [5, 2], userCount: 4, itemCount: items }));
  const weights = new Map(["p", "q"].map((name) => {
    const { shape, data } = readModel(written).initializers.get(name)!;
    return [`external/${name}`, { shape, data: data as Float32Array }];
  }));
  const run = { backbone, catalogue: of, weights, name: "model.onnx" } as unknown as OpenedRun;
  const answers = await openAnswers(runtime, run, { c0: 0.01, decay: 10 });
  const found = await answers.recommend([0, 1, 2].map((user) => ({ user })), 2);
  assert.deepEqual(found.map((list) => list.map(({ item }) => item)), [[3, 0], [4, 1], [5, 3]]);
  await answers.dispose();
  await runtime.dispose();
});
