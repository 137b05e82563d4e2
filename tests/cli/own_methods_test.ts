import assert from "node:assert/strict";
import { foil, inFolder, jsonLines } from "./foil.ts";
import { SMALL_LOG } from "./trained_run.ts";

const MOD = new URL("../../mod.ts", import.meta.url).href;

/** A sampler that is rns under another name, with as many draws, so that it must train as that does. */
const sampler = (name: string) => `
export const ${name} = define({
  name: "${name}",
  summary: "Uniform.",
  citation: "a test, 2026",
  options: { negatives: integer(1, "negatives a row", { min: 1, max: 8 }) },
}, ({ negatives }) => () => ({
  proposes: { ids: negatives },
  propose: (batch, draw) => ({ ids: uniformRows(batch, draw, negatives) }),
  select: ({ items }, { ids }) => ({ ids, items: items(ids) }),
}));`;
const head = `import { bpr, define, dot, initializers, integer, ops, sgd, uniformRows } from "${MOD}";`;
const others = `
export const pairs = define({ name: "pairs", summary: "BPR.", citation: "a test, 2026", options: {} }, () => bpr());
export const steps = define(
  { name: "steps", summary: "SGD.", citation: "a test, 2026", options: { rate: integer(1, "rate", { min: 1 }) } },
  ({ rate }) => sgd({ lr: rate }),
);
export const factors = define(
  { name: "factors", summary: "MF.", citation: "a test, 2026", options: { dim: integer(4, "width", { min: 1 }) } },
  ({ dim }) => ({
    build(graph, { users, items }, batch) {
      const table = (name, rows) => graph.variable(name, [rows, dim], initializers.xavierUniform, { rowsOf: name + "s" });
      const user = table("user", users), item = table("item", items);
      return {
        query: ops.unsqueeze(ops.gather(user, batch.users), 1),
        items: (ids) => ops.unsqueeze(ops.gather(item, ids), -2),
        score: dot,
        dot: true,
      };
    },
  }),
);`;

const FILES = {
  "log.csv": SMALL_LOG,
  "uniform.ts": head + sampler("uniform"),
  "several.ts": head + sampler("uniform") + others,
};
const withFiles = (more: Readonly<Record<string, string>>, use: (folder: string) => Promise<void>) =>
  inFolder(async (folder) => {
    for (const [name, text] of Object.entries({ ...FILES, ...more })) {
      await Deno.writeTextFile(`${folder}/${name}`, text);
    }
    await use(folder);
  });
const TRAIN = ["train", "--data", "log.csv", "--provider", "wasm", "--epochs", "2", "--at", "5", "--json"];
const BY = ["--select-by", "ndcg@5"];
/** What was trained: the losses of the epochs, and the test metrics. */
const trained = (stdout: string) =>
  jsonLines(stdout).flatMap(({ event, loss, test }) => event === "epoch" ? [loss] : event === "test" ? [test] : []);

Deno.test("a sampler, loss, optimiser and backbone in files train as those of Foil that they are, and the run is used", () =>
  withFiles({}, async (folder) => {
    const named = [
      "--backbone",
      "mf:dim=3",
      "--sampler",
      "rns:negatives=2",
      "--loss",
      "bpr",
      "--optimizer",
      "sgd:lr=2",
    ];
    const own = [
      ...["--backbone", "several.ts#factors:dim=3", "--sampler", "uniform.ts:negatives=2"],
      ...["--loss", "./several.ts#pairs", "--optimizer", "several.ts#steps:rate=2"],
    ];
    const [asNamed, asOwn] = [
      await foil([...TRAIN, ...BY, ...named, "--out", "named"], folder),
      await foil([...TRAIN, ...BY, ...own], folder),
    ];
    assert.deepEqual([asNamed.code, asOwn.code], [0, 0], asNamed.stderr + asOwn.stderr);
    const numbers = trained(asOwn.stdout);
    assert.equal(numbers.length, 3);
    assert.deepEqual(numbers, trained(asNamed.stdout));

    const run = "runs/log-factors-uniform-pairs-0"; // methods' names, or that of the file where it has one alone
    const [ofNamed, ofOwn] = [
      await foil(["recommend", "--run", "named", "--users", "1", "--top", "3", "--json"], folder),
      await foil(["recommend", "--run", run, "--users", "1", "--top", "3", "--json"], folder),
    ];
    assert.equal(ofOwn.code, 0, ofOwn.stderr);
    assert.deepEqual(jsonLines(ofOwn.stdout), jsonLines(ofNamed.stdout));

    await Deno.remove(`${folder}/several.ts`);
    const gone = await foil(["recommend", "--run", run, "--users", "1"], folder);
    assert.notEqual(gone.code, 0);
    assert.match(gone.stderr, /Cannot open the run: its backbone is in a file.*"several.ts": there is no such file/);
  }));

Deno.test("methods in files are compared, searched and listed as others are", () =>
  withFiles({}, async (folder) => {
    const methods = "rns:negatives=2; same=uniform.ts:negatives=2; one=several.ts#uniform";
    const shared = [
      "--data",
      "log.csv",
      "--provider",
      "wasm",
      "--backbone",
      "mf:dim=3",
      "--lr",
      ".1",
      "--epochs",
      "2",
      ...BY,
    ];
    const compared = await foil(
      ["compare", ...shared, "--samplers", methods, "--seeds", "2", "--baselines", "popular", "--out", "compared"],
      folder,
    );
    assert.equal(compared.code, 0, compared.stderr);
    const { rows } = JSON.parse(await Deno.readTextFile(`${folder}/compared/compare.json`));
    assert.deepEqual(rows.slice(0, 3).map(({ label }: { label: string }) => label), [
      "rns:negatives=2",
      "same",
      "one",
    ]);
    assert.notDeepEqual(rows[3].cells["ndcg@20"].values, rows[0].cells["ndcg@20"].values);
    assert.deepEqual(rows[1].cells["ndcg@20"].values, rows[0].cells["ndcg@20"].values);

    const search = ["--sampler", "uniform.ts", "--space", "sampler.negatives=1,2,4", "--trials", "3", "--out", "tuned"];
    const tuned = await foil(["tune", ...shared, ...search], folder);
    assert.equal(tuned.code, 0, tuned.stderr);
    const [header = "", ...tried] = (await Deno.readTextFile(`${folder}/tuned/tune.csv`)).trim().split("\n");
    const counts = tried.map((line) => line.split(",")[header.split(",").indexOf("sampler.negatives")]);
    assert.deepEqual(counts.sort(), ["1", "2", "4"]);

    const listed = await foil(["list", "several.ts", "--json"], folder);
    assert.equal(listed.code, 0, listed.stderr);
    const names = jsonLines(listed.stdout).map(({ name }) => name).sort();
    assert.deepEqual(names, ["factors", "pairs", "steps", "uniform"]);
  }));

Deno.test("a run goes on only while the file of its sampler is as it was", () =>
  withFiles({}, async (folder) => {
    const run = [...TRAIN, ...BY, "--sampler", "uniform.ts", "--backbone", "mf:dim=3", "--out", "run"];
    assert.equal((await foil(run, folder)).code, 0);
    assert.equal((await foil([...run, "--resume"], folder)).code, 0);
    await Deno.writeTextFile(`${folder}/uniform.ts`, `${FILES["uniform.ts"]}\n// another`);
    const changed = await foil([...run, "--resume"], folder);
    assert.notEqual(changed.code, 0);
    assert.match(changed.stderr, /--sampler is uniform [0-9a-f]{64}:negatives=1, was uniform [0-9a-f]{64}:negatives=1/);
  }));

Deno.test("a file that has no such method is refused, with what is wrong with it", () =>
  withFiles({
    "copy.ts": "export const method = Object.assign(() => {}, { summary: '', citation: '', options: {} });",
    "none.ts": "export const three = 3;",
    "waits.ts": "await 1;\nexport {};",
    "wrong.ts": "export const x = ;",
    "leads.ts": 'import "./nowhere.ts";',
  }, async (folder) => {
    const cases: readonly (readonly [string, string, RegExp])[] = [
      ["--sampler", "gone.ts", /Cannot read the sampler "gone\.ts": there is no such file/],
      [
        "--loss",
        "none.ts",
        /Cannot read the loss "none\.ts": it exports nothing that define\(\.\.\.\) of "file:.*mod\.ts" made/,
      ],
      [
        "--sampler",
        "copy.ts",
        /"copy\.ts": what it exports is made by another copy of Foil; import from "file:.*mod\.ts"/,
      ],
      ["--sampler", "waits.ts", /"waits\.ts": it, or what it imports, has an await outside of functions/],
      ["--sampler", "wrong.ts", /Cannot read the sampler "wrong\.ts": .*wrong\.ts:1:18/s],
      ["--sampler", "leads.ts", /Cannot read the sampler "leads\.ts": .*nowhere\.ts/s],
      [
        "--sampler",
        "several.ts",
        /it has 4 methods; say which, as in "several\.ts#factors", of factors, pairs, steps, uniform/,
      ],
      [
        "--sampler",
        "several.ts#unifrom",
        /There is no method of "several\.ts" called "unifrom".*did you mean "uniform"/,
      ],
      ["--sampler", "several.ts#factors", /Cannot take "several\.ts#factors" as a sampler: what it makes is none/],
      ["--backbone", "uniform.ts", /Cannot take "uniform\.ts" as a backbone: what it makes is none/],
      [
        "--sampler",
        "uniform.ts:negatives=9",
        /"uniform": option "negatives" takes a whole number from 1 to 8, found "9"/,
      ],
    ];
    for (const [flag, value, expected] of cases) {
      const { code, stderr } = await foil([...TRAIN, flag, value], folder);
      assert.notEqual(code, 0, value);
      assert.match(stderr, expected);
    }
    await assert.rejects(Deno.stat(`${folder}/runs`), Deno.errors.NotFound, "nothing was begun");
  }));
