import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import { dataOptions, openData } from "../../cli/data_options.ts";
import { rankedAsOptions } from "../../cli/ranked_as.ts";
import { settledOptions } from "../../cli/report/read_trial.ts";
import { decisive, digestOfFacts, runFacts } from "../../cli/run_facts.ts";
import { readMethods } from "../../cli/study_methods.ts";
import { compareOptions } from "../../cli/study_options.ts";
import { openPlaces } from "../../cli/study_places.ts";
import { savedConfig } from "../../cli/run_folder.ts";
import { trainOptions, type TrainValues } from "../../cli/train_options.ts";
import { makeRecipe } from "../../cli/train_parts.ts";
import { resolve } from "../../options/option.ts";
import { neumf } from "../models/exported.ts";
import { inFolder } from "./foil.ts";
import { writeSmallRun } from "./small_run.ts";

type Given = Readonly<Record<string, unknown>>;
const valuesOf = (given: Given): TrainValues => resolve("train", trainOptions, given);

/** Where options of `train` have other values: one of them, beside others where it needs them. */
type Others = (at: (name: string) => string) => Readonly<Record<string, readonly [value: unknown, beside?: Given]>>;

const deciding: Others = (at) => ({
  data: [at("other.csv")],
  sql: ["select user, item from less", { data: at("log.sqlite"), sql: "select user, item from log" }],
  table: ["less", { data: at("log.sqlite"), table: "log" }],
  valid: [at("held.csv")],
  test: [at("held.csv")],
  userColumn: ["who"],
  itemColumn: ["what"],
  ratingColumn: ["stars", { minRating: 3 }],
  timeColumn: ["day"],
  minRating: [3],
  core: [2], // item 12 was met once
  split: ["by-user"],
  validShare: [0.3],
  testShare: [0.3],
  splitSeed: [1],
  ids: ["rows"],
  friends: [at("pairs.csv")],
  attributes: [at("kinds.csv")],
  attributeColumns: ["3", { attributes: at("kinds.csv") }],
  userAttributes: [at("kinds.csv")],
  userAttributeColumns: ["3", { userAttributes: at("kinds.csv") }],
  itemVectors: [`text=${at("vectors.tsv")}`],
  dislikes: [at("pairs.csv")],
  behaviours: [`views=${at("pairs.csv")}`],
  sourceDomain: [at("held.csv")],
  kg: [at("graph.tsv")],
  links: [at("links.tsv"), { kg: at("graph.tsv") }],
  backbone: ["mf:dim=8"],
  freeze: ["gu.weight", { backbone: at("model.onnx") }],
  sampler: ["dns:pool=3"],
  loss: ["infonce"],
  optimizer: ["sgd"],
  lr: [0.5],
  init: [at("begun")],
  batchSize: [64],
  dropLast: [true],
  visit: ["users"],
  l2: [0.5],
  exclude: ["none"],
  distinct: [true],
  seed: [1],
  select: ["last"],
  selectBy: ["hit@5"],
  evaluateEvery: [3],
  patience: [3],
  refit: [true],
  metrics: ["hit"],
  at: ["5"],
  mask: ["none"],
  average: ["events"],
  ties: ["optimistic"],
  evaluateUsers: [3],
  provider: ["wasm"],
});

/** Options that decide none of a run's numbers, and why. */
const idle: Others = (at) => ({
  format: ["delimited"], // how a file is read: what is read of it decides
  recipe: ["strong"], // the options that it sets are among those of the run
  epochs: [7], // --resume goes on to more of them
  memory: [64], // how fast
  workers: [2], // how fast
  threads: [2], // how fast
  out: [at("elsewhere")], // where it is kept
  resume: [true], // whether it goes on
  json: [true], // how it talks
  quiet: [true], // how it talks
});

/** Names are numbers in another order than rows; columns, apart from those called so, have other values by other names. */
async function writeFiles(at: (name: string) => string): Promise<void> {
  const rows = Array.from(
    { length: 60 },
    (_, n) => ({ user: 9 - n % 10, item: n === 0 ? 12 : (7 * n + Math.floor(n / 10)) % 12 }),
  );
  const table = (rows: readonly Readonly<Record<string, number>>[]) =>
    [Object.keys(rows[0]!).join(","), ...rows.map((row) => Object.values(row).join(","))].join("\n");
  const log = rows.map(({ user, item }, n) => ({
    ...{ user, item, rating: 1 + n % 5, time: n },
    ...{ who: n % 6, what: (user + item) % 9, stars: 5 - n % 5, day: 60 - n },
  }));
  const tabs = (lines: readonly (readonly (string | number)[])[]) => lines.map((line) => line.join("\t")).join("\n");
  const text = {
    "log.csv": table(log),
    "other.csv": table(log.slice(1)),
    "held.csv": table(rows.slice(0, 9).map(({ user, item }) => ({ user, item: 11 - item }))),
    "pairs.csv": "user,item\n0,1\n2,3",
    "kinds.csv": "0,toy,ann\n1,game,bob\n2,toy,bob",
    "vectors.tsv": tabs(Array.from({ length: 13 }, (_, item) => [item, item / 2, 1])),
    "graph.tsv": tabs([[0, "like", 1], [1, "like", "x"], ["x", "near", "y"]]),
    "links.tsv": tabs([[2, "x"], [3, "y"]]),
  };
  for (const [name, content] of Object.entries(text)) await Deno.writeTextFile(at(name), content);
  await Deno.writeFile(at("model.onnx"), neumf({ users: 10, items: 13 }));
  await writeSmallRun(at("begun"));
  const database = new DatabaseSync(at("log.sqlite"));
  for (const [name, from] of [["log", 0], ["less", 1]] as const) {
    database.exec(`create table ${name} (user text, item text)`);
    const insert = database.prepare(`insert into ${name} values (?, ?)`);
    for (const { user, item } of rows.slice(from)) insert.run(String(user), String(item));
  }
  database.close();
}

Deno.test("every option of train decides what a checkpoint belongs to, unless it is known why it does not", () =>
  inFolder(async (folder) => {
    const at = (name: string) => `${folder}/${name}`, digests = new Map<string, string>();
    await writeFiles(at);
    const identity = async (given: Given) => {
      const key = JSON.stringify(given), values = valuesOf({ data: at("log.csv"), ...given });
      const found = digests.get(key) ?? await digestOfFacts(await runFacts(values, await openData(values)));
      digests.set(key, found);
      return found;
    };
    const decides = deciding(at), others = idle(at);
    assert.deepEqual(new Set([...Object.keys(decides), ...Object.keys(others)]), new Set(Object.keys(trainOptions)));
    for (const [name, [value, beside = {}]] of Object.entries(decides)) {
      assert.notEqual(await identity({ ...beside, [name]: value }), await identity(beside), name);
    }
    for (const [name, [value]] of Object.entries(others)) {
      assert.equal(await identity({ [name]: value }), await identity({}), name);
    }
    // what earlier versions digested: their runs go on
    const drawn = { visit: "users", evaluateUsers: 3, dislikes: at("pairs.csv"), sampler: "dns:pool=4", freeze: null };
    assert.equal(await identity({}), "0d651e41a426ec71ab5fcdc16d8e82ed");
    assert.equal(await identity(drawn), "9a7359ae10dea44306b6295474a18dc1");
  }));

Deno.test("what users and items are called decides where a run starts from another, by whose names rows are found, and only there", () =>
  inFolder(async (folder) => {
    const at = (name: string) => `${folder}/${name}`;
    await writeFiles(at);
    const log = await Deno.readTextFile(at("log.csv"));
    await Deno.writeTextFile(at("renamed.csv"), log.replaceAll(/^(?=\d)/gm, "u"));
    const digests = async (given: Given) =>
      await Promise.all(["log.csv", "renamed.csv"].map(async (name) => {
        const values = valuesOf({ data: at(name), ...given }), data = await openData(values);
        const [method] = readMethods(["rns"], resolve("compare", compareOptions, given));
        const places = await openPlaces("study", data, resolve("compare", compareOptions, given), ["hit@1"]);
        return [await digestOfFacts(await runFacts(values, data)), (await places.trial(method!, 0)).fingerprint];
      }));
    const [[run, trial], [renamedRun, renamedTrial]] = await digests({ init: at("begun") }) as [string[], string[]];
    assert.notEqual(renamedRun, run);
    assert.notEqual(renamedTrial, trial);
    const [usual, renamed] = await digests({});
    assert.deepEqual(renamed, usual);
  }));

Deno.test("what decides a run makes it another method, or protocol, in a report", () => {
  const methodOf = (given: Given) => JSON.stringify(settledOptions(savedConfig(valuesOf(given))));
  /** What is the protocol's, a trial's, a file's, or says what is measured of it. */
  const elsewhere = ["select", "selectBy", "seed", "freeze", "metrics", "at"];
  const apart = new Set([...Object.keys(dataOptions), ...Object.keys(rankedAsOptions), ...elsewhere]);
  for (const [name, [value]] of Object.entries(deciding((name) => name))) {
    assert.equal(methodOf({ [name]: value }) !== methodOf({}), !apart.has(name), name);
  }
});

Deno.test("how rows and negatives are drawn decides where it is not the default, so that runs from before that choice go on", () => {
  const usual = decisive(valuesOf({})), others = { visit: "users", exclude: "none", distinct: true } as const;
  for (const [name, value] of Object.entries(others)) {
    const values = valuesOf({ [name]: value });
    assert(!(name in usual), name);
    assert.deepEqual(decisive(values), { ...usual, [name]: String(value) });
    assert.equal(makeRecipe(values)[name as keyof typeof others], value, "and training is told of it");
  }
  assert(!("ties" in usual), "nor an order of ties");
  assert.deepEqual(decisive(valuesOf({ ties: "optimistic" })), { ...usual, ties: "optimistic" });
});
