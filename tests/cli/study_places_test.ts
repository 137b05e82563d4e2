import assert from "node:assert/strict";
import { dataOptions } from "../../cli/data_options.ts";
import { exists } from "../../cli/files.ts";
import { readFailure, readOutcome, settledOutcome, writeFailure, writeOutcome } from "../../cli/study_folder.ts";
import { readMethods } from "../../cli/study_methods.ts";
import { compareOptions } from "../../cli/study_options.ts";
import { openPlaces } from "../../cli/study_places.ts";
import { numberedIds } from "../../datasets/ids.ts";
import { interactions } from "../../datasets/interactions.ts";
import type { Evaluation } from "../../evaluation/full_ranking.ts";
import { resolve } from "../../options/option.ts";
import { inFolder } from "./foil.ts";

const dataWith = (items: readonly number[]) => {
  const log = (users: readonly number[], items: readonly number[]) =>
    interactions({ users, items, userCount: 2, itemCount: 4 });
  const ids = { userIds: numberedIds(2), itemIds: numberedIds(4) };
  return { name: "tiny", train: log([0, 0, 1], items), test: log([1], [3]), ...ids, notes: [] };
};
/** Where a study under these options has a trial and a baseline. */
async function placesOf(
  given: Readonly<Record<string, unknown>>,
  { data = dataWith([0, 1, 2]), seed = 0, metrics = ["ndcg@20", "hit@5"] } = {},
) {
  const values = resolve("compare", compareOptions, given), [method] = readMethods(values.samplers ?? ["rns"], values);
  const places = await openPlaces("study", data, values, metrics);
  const [trial, baseline] = [await places.trial(method!, seed), await places.baseline("ials")];
  return { trial: trial.fingerprint, baseline: baseline.fingerprint };
}

/** For each option another value, and what is another trial, or baseline, under it. */
const others: Readonly<Record<string, readonly [value: unknown, what: "both" | "trial" | "neither"]>> = {
  samplers: ["dns", "trial"],
  backbone: ["mf:dim=8", "trial"],
  freeze: [null, "neither"], // with a file alone
  loss: ["infonce", "trial"],
  optimizer: ["sgd", "trial"],
  lr: [0.5, "trial"],
  epochs: [7, "trial"],
  batchSize: [64, "trial"],
  dropLast: [true, "trial"],
  visit: ["users", "trial"],
  l2: [0.5, "trial"],
  exclude: ["none", "trial"],
  distinct: [true, "trial"],
  init: [null, "neither"], // with a run alone
  seeds: [3, "neither"],
  baselines: ["none", "neither"],
  select: ["last", "both"],
  selectBy: ["hit@5", "both"],
  evaluateEvery: [3, "trial"],
  patience: [3, "trial"],
  refit: [true, "both"],
  metrics: ["ndcg@20", "neither"], // what is measured, not what of it is shown
  mask: ["none", "both"],
  average: ["events", "both"],
  ties: ["optimistic", "both"],
  evaluateUsers: [1, "both"],
  memory: [64, "neither"],
  workers: [2, "neither"],
  provider: ["wasm", "trial"],
  threads: [2, "neither"],
  out: ["elsewhere", "neither"],
  json: [true, "neither"],
  quiet: [true, "neither"],
};

Deno.test("what is done counts under other options where those decide none of its numbers, and only there", async () => {
  const ofData: readonly string[] = Object.keys(dataOptions);
  assert.deepEqual(Object.keys(compareOptions).filter((name) => !ofData.includes(name)), Object.keys(others));
  const usual = await placesOf({});
  // what earlier versions digested: their trials and baselines are not run again
  assert.deepEqual(usual, { trial: "2084e21fca6bb18918064c25b86348a7", baseline: "2a8be56f491653068e9df646fe807a51" });
  const drawn = { visit: "users", distinct: true, evaluateUsers: 1, refit: true, optimizer: "sgd", lr: 0.1 };
  assert.deepEqual(await placesOf(drawn), {
    trial: "3f5874d986c3ca6b780ce4320274e43c",
    baseline: "2f4d68131d6ae9993c0fcef2bb5cce5d",
  });
  for (const [name, [value, what]] of Object.entries(others)) {
    const { trial, baseline } = await placesOf({ [name]: value });
    assert.deepEqual([trial !== usual.trial, baseline !== usual.baseline], [what !== "neither", what === "both"], name);
  }
  const [seeded, other] = [await placesOf({}, { seed: 1 }), await placesOf({}, { data: dataWith([0, 1, 1]) })];
  assert.deepEqual([seeded.trial !== usual.trial, seeded.baseline], [true, usual.baseline]);
  assert.deepEqual([other.trial !== usual.trial, other.baseline !== usual.baseline], [true, true]);
  assert.deepEqual(await placesOf({}, { metrics: ["hit@5", "ndcg@20"] }), usual);
  assert.notEqual((await placesOf({}, { metrics: ["hit@5"] })).baseline, usual.baseline);
  // whom a sample has is of the seed of splits; without one it is the data that are others
  assert.deepEqual(await placesOf({ splitSeed: 1 }), usual);
  const sampled = await placesOf({ evaluateUsers: 1 }), another = await placesOf({ evaluateUsers: 1, splitSeed: 1 });
  assert.notEqual(another.trial, sampled.trial);
});

Deno.test("what lies in a folder counts for the trial that wrote it alone, and a trial that is done has no checkpoint", () =>
  inFolder(async (folder) => {
    const measured = {
      ...{ metrics: { "hit@1": 0.5, "balance@1": 1 }, catalogue: {}, perUser: { "hit@1": Float64Array.of(0, 1) } },
      users: Int32Array.of(3, 5),
    } as unknown as Evaluation;
    const checkpoint = `${folder}/checkpoint.safetensors`, wanted = ["hit@1", "balance@1"];
    const ofRefit = `${folder}/refit/checkpoint.safetensors`;
    await Deno.mkdir(`${folder}/refit`);
    for (const path of [checkpoint, ofRefit]) await Deno.writeTextFile(path, "");
    await writeFailure(folder, "mine", "no number");
    assert.deepEqual([await readFailure(folder, "mine"), await readFailure(folder, "other")], ["no number", undefined]);
    await writeOutcome(folder, "mine", measured, { seed: 7 });
    assert.equal(await settledOutcome(folder, "other", wanted), undefined);
    assert(await exists(checkpoint), "another's may go on");
    const { metrics, perUser, facts } = (await readOutcome(folder, "mine", wanted))!;
    assert.deepEqual([metrics, Object.keys(perUser), [...perUser["hit@1"] as Float32Array], facts.seed], [
      measured.metrics,
      ["hit@1"],
      [0, 1],
      7,
    ]);
    assert(await settledOutcome(folder, "mine", wanted));
    for (const path of [checkpoint, ofRefit]) assert(!await exists(path));
  }));
