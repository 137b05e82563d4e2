import assert from "node:assert/strict";
import { packMetadata, unpackMetadata } from "../../cli/saved_metadata.ts";
import { anyMetadata } from "../samplers/metadata.ts";
import { foil, inFolder, jsonLines } from "./foil.ts";

/** 30 users and 24 items of two kinds; a user has met items of his kind. */
const LOG = Array.from(
  { length: 30 },
  (_, user) =>
    `u${user} ${
      Array.from({ length: 24 }, (_, item) => item).filter((item) => item % 2 === user % 2 && (item + user) % 5 > 0)
        .map((item) => `i${item}`).join(" ")
    }`,
).join("\n");
const lines = (count: number, of: (at: number) => string) =>
  Array.from({ length: count }, (_, at) => of(at)).join("\n");
const files: Readonly<Record<string, string>> = {
  "log.txt": LOG,
  "kinds.csv": `item,genre\n${lines(20, (item) => `i${item},${item % 2 ? "odd" : "even"}`)}\n`,
  "people.csv": `user,class\n${lines(29, (user) => `u${user},${user % 2 ? "odd" : "even"}`)}\n`,
  "text.tsv": lines(22, (item) => `i${item}\t${item % 2}\t0.5`),
  "views.txt": lines(30, (user) => `u${user} i${user % 24} i${(user + 2) % 24}`),
  "books.txt": lines(40, (user) => `u${user} b${user % 2} b${2 + user % 2}`),
  // what was asked of the user, in a YAML file as on the command line
  "towers.yaml": "data: log.txt\nattributes: kinds.csv\nuserAttributes: people.csv\nitemVectors: [text=text.tsv]\n" +
    "backbone: two-tower:dim=8,fusion=gate\n",
};
const from = ["--data", "log.txt"];
const runs: Readonly<Record<string, readonly string[]>> = {
  "two-tower": ["--config", "towers.yaml"],
  vbpr: [...from, "--attributes", "kinds.csv", "--item-vectors", "text=text.tsv", "--backbone", "vbpr:dim=4"],
  "multi-behaviour-mf": [...from, "--behaviours", "views=views.txt", "--backbone", "multi-behaviour-mf:dim=4"],
  "cross-domain-mf": [...from, "--source-domain", "books.txt", "--backbone", "cross-domain-mf:dim=4"],
};

for (const [name, args] of Object.entries(runs)) {
  Deno.test(`what ${name} knows beside ids comes from files to train, and is kept with the model for evaluate and recommend`, () =>
    inFolder(async (folder) => {
      for (const [file, text] of Object.entries(files)) await Deno.writeTextFile(`${folder}/${file}`, text);
      const rest = ["--epochs", "2", "--lr", "0.05", "--provider", "wasm", "--json", "--out", "run"];
      const trained = await foil(["train", ...args, ...rest], folder);
      assert.equal(trained.code, 0, trained.stderr);
      const evaluated = await foil(["evaluate", "--run", "run", "--json", "--provider", "wasm"], folder);
      assert.equal(evaluated.code, 0, evaluated.stderr);
      const test = (text: string) => jsonLines(text).find(({ event }) => event === "test").test;
      assert.deepEqual(test(evaluated.stdout), test(trained.stdout));
      for (const file of Object.keys(files)) await Deno.remove(`${folder}/${file}`);
      const recommended = await foil(["recommend", "--run", "run", "--users", "u3", "--top", "3", "--json"], folder);
      assert.equal(recommended.code, 0, recommended.stderr);
      assert.equal(jsonLines(recommended.stdout)[0].items.length, 3);
    }));
}

Deno.test("evaluate groups items by the data's attributes, though the model knows none, as train did", () =>
  inFolder(async (folder) => {
    for (const [file, text] of Object.entries(files)) await Deno.writeTextFile(`${folder}/${file}`, text);
    const measures = ["--metrics", "recall,group-dispersion", "--at", "5", "--provider", "wasm", "--json"];
    const options = ["--attributes", "kinds.csv", "--backbone", "mf:dim=4", "--select-by", "recall@5", "--epochs", "2"];
    const trained = await foil(["train", ...from, ...options, ...measures, "--out", "run"], folder);
    assert.equal(trained.code, 0, trained.stderr);
    const evaluated = await foil(["evaluate", "--run", "run", ...measures], folder);
    assert.equal(evaluated.code, 0, evaluated.stderr);
    const [before, now] = [trained, evaluated].map(({ stdout }) =>
      jsonLines(stdout).find(({ event }) => event === "test").test
    );
    assert(now["group-dispersion@5"] > 0);
    assert.deepEqual(now, before);
    // and of a later log, whose items are the run's
    await Deno.writeTextFile(`${folder}/later.csv`, "user,item\nu1,i2\nu2,i7\nu3,i1\nu4,i9\nu5,i4\nu6,i3\n");
    const on = ["evaluate", "--run", "run", "--on", "later.csv", "--mask", "none", ...measures];
    const later = await foil(on, folder);
    assert.equal(later.code, 0, later.stderr);
    assert(jsonLines(later.stdout).at(-1).test["group-dispersion@5"] > 0);
    await Deno.remove(`${folder}/kinds.csv`);
    assert.match((await foil(on, folder)).stderr, /kinds\.csv": no such file/);
    assert.equal((await foil([...on, "--metrics", "recall"], folder)).code, 0); // it is read where a metric asks for it
  }));

Deno.test("compare gives each backbone what the data know", () =>
  inFolder(async (folder) => {
    for (const [file, text] of Object.entries(files)) await Deno.writeTextFile(`${folder}/${file}`, text);
    const samplers = "mf=rns backbone=mf:dim=4;towers=rns backbone=two-tower:dim=4";
    const options = [
      "--epochs",
      "2",
      "--seeds",
      "1",
      "--metrics",
      "ndcg@5,cold8/hit@5",
      "--baselines",
      "none",
      "--json",
    ];
    const { code, stderr } = await foil(
      ["compare", ...from, "--attributes", "kinds.csv", "--samplers", samplers, ...options, "--out", "study"],
      folder,
    );
    assert.equal(code, 0, stderr);
    const { rows } = JSON.parse(await Deno.readTextFile(`${folder}/study/compare.json`));
    assert.deepEqual(rows.map(({ label }: { label: string }) => label), ["mf", "towers"]);
    for (const { cells } of rows) assert(cells["cold8/hit@5"].mean >= 0);
    // metrics of cold items are of test alone, unless they decide
    const [first] = [...Deno.readDirSync(`${folder}/study/trials`)];
    const trial = JSON.parse(await Deno.readTextFile(`${folder}/study/trials/${first!.name}/metrics.json`));
    assert.deepEqual(Object.keys(trial.best.metrics).filter((name) => name.startsWith("cold")), []);
  }));

Deno.test("metadata that are packed come back as they were, but for times and parts that are not read", () => {
  const metadata = anyMetadata(5, 7), parts = Object.keys(metadata) as (keyof typeof metadata)[];
  const timed = { ...metadata.dislikes!, times: new Float64Array(metadata.dislikes!.targets.length) };
  assert.deepEqual(unpackMetadata(packMetadata({ ...metadata, dislikes: timed }, parts), 5, 7), metadata);
  assert.deepEqual(unpackMetadata(packMetadata(metadata, ["source"]), 5, 7), { source: metadata.source });
  assert.deepEqual(unpackMetadata(packMetadata(metadata), 5, 7), {});
  assert.throws(() => unpackMetadata(packMetadata(metadata, ["attributes"]), 5, 8), /Cannot use "attributes"/);
});
