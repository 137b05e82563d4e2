import assert from "node:assert/strict";
import { readConfig } from "../../cli/flags.ts";
import { openRun } from "../../cli/opened_run.ts";
import { claim } from "../../cli/study_claim.ts";
import { trainCommand } from "../../cli/train.ts";
import { trainOptions } from "../../cli/train_options.ts";
import { tuneCommand } from "../../cli/tune.ts";
import { tuneOptions } from "../../cli/tune_options.ts";
import { synthetic } from "../../datasets/synthetic.ts";
import { writeAdjacency } from "../../datasets/write.ts";
import { resolve } from "../../options/option.ts";
import { foil, inFolder, jsonLines } from "./foil.ts";
import { stoppedWhen } from "./stopped_when.ts";

type Given = Readonly<Record<string, unknown>>;
const never = new AbortController().signal;
const common = { provider: "wasm", evaluateEvery: 1, patience: 99, quiet: true };
const shared = { ...common, backbone: "mf:dim=4", batchSize: 256, l2: 1e-4, epochs: 4, eta: 2, rungs: 3 };

/** Writes a small dataset and hands over functions that tune and train on it, in this process, quietly. */
const onData = (
  use: (
    tune: (given: Given, signal?: AbortSignal) => Promise<number>,
    train: (given: Given) => Promise<number>,
    folder: string,
  ) => Promise<void>,
) =>
  inFolder(async (folder) => {
    await writeData(folder, 3);
    await use(
      (given, signal = never) =>
        tuneCommand(resolve("tune", tuneOptions, { ...shared, data: folder, out: `${folder}/out`, ...given }), signal),
      (given) => trainCommand(resolve("train", trainOptions, { ...common, ...given }), never),
      folder,
    );
  });

/** The same train part, whatever the seed of the test part. */
async function writeData(folder: string, testSeed: number): Promise<void> {
  const data = synthetic({ users: 60, items: 90, median: 20, seed: 3 });
  const other = synthetic({ users: 60, items: 90, median: 20, seed: testSeed });
  await Deno.writeTextFile(`${folder}/train.txt`, writeAdjacency(data.train, data));
  await Deno.writeTextFile(`${folder}/test.txt`, writeAdjacency(other.test!, data));
}

// deno-lint-ignore no-explicit-any -- a test reads what it wrote
const readJson = async (path: string): Promise<any> => JSON.parse(await Deno.readTextFile(path));
const namesIn = (folder: string) => [...Deno.readDirSync(folder)].map(({ name }) => name).sort();
/** What a search came to, but for how long it took and where it lies. */
const outcome = async (folder: string) => {
  const { trials, winner } = await readJson(`${folder}/tune.json`);
  // deno-lint-ignore no-explicit-any -- as above
  return { winner: winner?.trial, trials: trials.map(({ seconds: _s, folder: _f, ...rest }: any) => rest) };
};
const SPACE = "lr=log:1e-3..1e-1; sampler.pool=2,4,8";

Deno.test("tune leaves a folder to the process that is at it", () =>
  onData(async (tune, _train, folder) => {
    const held = await claim(`${folder}/out`), search = { strategy: "random", trials: 1, space: SPACE, epochs: 1 };
    assert(held?.exclusive);
    await assert.rejects(tune(search), /Cannot tune in ".*\/out": another process is at it/);
    held.release();
    assert.equal(await tune(search), 0);
  }));

Deno.test("a search with other epochs in the same folder trains its winner anew: some samplers go by how many there are", () =>
  onData(async (tune, _train, folder) => {
    const search = { strategy: "random", trials: 1, sampler: "cuco", space: "lr=0.05" };
    assert.equal(await tune({ ...search, epochs: 4, out: `${folder}/alone` }), 0);
    for (const epochs of [2, 6, 4]) assert.equal(await tune({ ...search, epochs }), 0);
    const { winner } = await readJson(`${folder}/out/tune.json`),
      { best } = await readJson(`${folder}/out/best/metrics.json`);
    assert.equal(best.metrics["ndcg@20"], winner.value);
    const [ours, theirs] = await Promise.all(
      ["out", "alone"].map((at) => Deno.readFile(`${folder}/${at}/best/weights.safetensors`)),
    );
    assert.deepEqual(ours, theirs);
  }));

Deno.test("tune halves trials on validation, and its winner is the run that train would have made", () =>
  onData(async (tune, train, folder) => {
    assert.equal(await tune({ strategy: "halving", trials: 4, space: SPACE }), 0);
    const { rungs, trials, winner, space } = await readJson(`${folder}/out/tune.json`);
    assert.deepEqual([rungs, space], [[1, 2, 4], ["sampler.pool: 2,4,8", "lr: log:0.001..0.1"]]);
    // deno-lint-ignore no-explicit-any -- as above
    const values: number[][] = trials.map((trial: any) => trial.rungs);
    assert.deepEqual(values.map((each) => each.length).sort(), [1, 1, 2, 3]);
    const first = values.map(([value]) => value!).toSorted((a, b) => b - a);
    assert(values.every((each) => each.length === 1 ? each[0]! <= first[1]! : each[0]! >= first[1]!));
    assert.equal(values[winner.trial]!.length, 3);
    assert.equal(trials[0].options.lr, 0.001, "the first is what is usual, where the space has it");

    const lines = (await Deno.readTextFile(`${folder}/out/tune.csv`)).split("\n");
    assert.match(lines[0]!, /^trial,value,best_epoch,epochs,rungs,seconds,folder,error,sampler\.pool,lr$/);
    assert.equal(lines.length, 1 + 4 + 1);

    assert.deepEqual(namesIn(`${folder}/out`), [".lock", "best", "config.yaml", "trials", "tune.csv", "tune.json"]);
    const config = `${folder}/out/best/config.yaml`;
    assert.equal(await train({ ...await readConfig(config), out: `${folder}/alone` }), 0);
    for (const file of ["weights.safetensors", "recommender.onnx"]) {
      const [ours, theirs] = await Promise.all(
        ["out/best", "alone"].map((at) => Deno.readFile(`${folder}/${at}/${file}`)),
      );
      assert.deepEqual(ours, theirs, file);
    }
    const [{ test, best }, alone] = await Promise.all(
      ["out/best", "alone"].map((at) => readJson(`${folder}/${at}/metrics.json`)),
    );
    assert.deepEqual([test, best.metrics], [alone.test, alone.best.metrics]);
    assert.equal(best.metrics["ndcg@20"], winner.value);

    // as any run: it goes on, with more epochs, from where it was
    assert.equal(await train({ ...await readConfig(config), epochs: 5, resume: true }), 0);
    assert.equal(jsonLines(await Deno.readTextFile(`${folder}/out/best/log.jsonl`)).length, 5);
  }));

Deno.test("a search that is stopped goes on with the same command, in the middle of a trial, to the same end", () =>
  onData(async (tune, _, folder) => {
    const given = { strategy: "asha", trials: 3, space: SPACE };
    assert.equal(await tune({ ...given, out: `${folder}/whole` }), 0);

    const isSecond = () => namesIn(`${folder}/out/trials`).length === 2;
    assert.equal(await stoppedWhen(isSecond, (signal) => tune(given, signal)), 130);
    assert((await outcome(`${folder}/out`)).trials.length < 3);
    assert.equal(await tune(given), 0);
    assert.deepEqual(await outcome(`${folder}/out`), await outcome(`${folder}/whole`));
    assert.deepEqual(
      await Deno.readFile(`${folder}/out/best/weights.safetensors`),
      await Deno.readFile(`${folder}/whole/best/weights.safetensors`),
    );
    assert.deepEqual(namesIn(`${folder}/out/trials`), namesIn(`${folder}/whole/trials`));

    // of a larger search, those that are there count, and so does the time that they took
    assert.equal(await tune({ ...given, trials: 4, minutes: 0 }), 0);
    assert.deepEqual(await outcome(`${folder}/out`), await outcome(`${folder}/whole`));
  }));

/** As `outcome`, with all else that there is to the search, and the winner's model. */
const whole = async (folder: string) => {
  const { trials: _t, winner: { command: _c, ...winner }, ...about } = await readJson(`${folder}/tune.json`);
  return [about, winner, await outcome(folder), await Deno.readFile(`${folder}/best/weights.safetensors`)];
};
/** Threads are not to compile onnxruntime-web first. */
const onThreads = { provider: "native", threads: 1, jobs: 2, space: SPACE };

Deno.test("trials on two threads come to what they come to on one: the same trials, values, winner and model", () =>
  onData(async (tune, _, folder) => {
    const given = { ...onThreads, strategy: "halving", trials: 4 };
    for (const jobs of [1, 2]) assert.equal(await tune({ ...given, jobs, out: `${folder}/${jobs}` }), 0);
    assert.deepEqual(await whole(`${folder}/2`), await whole(`${folder}/1`));
    const checkpoints = (out: string) =>
      namesIn(`${out}/trials`).filter((name) => namesIn(`${out}/trials/${name}`).includes("checkpoint.safetensors"));
    assert.deepEqual(checkpoints(`${folder}/2`), checkpoints(`${folder}/1`));
    const [config, otherConfig] = await Promise.all(["1", "2"].map((out) => {
      const [trial] = namesIn(`${folder}/${out}/trials`);
      return Deno.readTextFile(`${folder}/${out}/trials/${trial}/config.yaml`);
    }));
    assert.equal(otherConfig!.replaceAll(`${folder}/2`, `${folder}/1`), config, "jobs are nothing of a trial's");
  }));

Deno.test("a search on two threads that is stopped in the middle of both goes on, on as many or on more, to the same end", () =>
  onData(async (tune, _, folder) => {
    const given = { ...onThreads, strategy: "random", trials: 3, epochs: 8 }, trials = `${folder}/out/trials`;
    assert.equal(await tune({ ...given, jobs: 1, out: `${folder}/whole` }), 0);
    const areBoth = () =>
      namesIn(trials).filter((name) => namesIn(`${trials}/${name}`).includes("log.jsonl")).length >= 2;
    assert.equal(await stoppedWhen(areBoth, (signal) => tune(given, signal)), 130);
    assert.equal(await tune({ ...given, jobs: 3 }), 0);
    assert.deepEqual(await whole(`${folder}/out`), await whole(`${folder}/whole`));
  }));

Deno.test("on threads, a trial that fails is told and the others run on; a full disk ends the search", () =>
  onData(async (tune, _, folder) => {
    const given = { ...onThreads, strategy: "asha", trials: 2, space: "sampler=sbpr,rns", epochs: 1 }; // sbpr needs friends
    assert.equal(await tune(given), 1);
    const { trials, winner } = await readJson(`${folder}/out/tune.json`);
    assert.match(trials.find(({ error }: { error: string | null }) => error !== null).error, /friends/);
    assert.deepEqual(winner.options, { sampler: "rns" });

    const log = `${folder}/out/${trials[winner.trial].folder}/log.jsonl`;
    await Deno.remove(log);
    await Deno.symlink("/dev/full", `${log}.tmp`);
    await assert.rejects(tune(given), /^Error: Cannot write ".*log.jsonl": the disk is full$/);
  }));

Deno.test("what there is to test on decides nothing: neither trials nor the winner", () =>
  onData(async (tune, _, folder) => {
    const given = { strategy: "random", trials: 2, space: SPACE, epochs: 1 };
    assert.equal(await tune(given), 0);
    await writeData(folder, 4);
    assert.equal(await tune({ ...given, out: `${folder}/other` }), 0);
    const [one, other] = await Promise.all(["out", "other"].map((at) => outcome(`${folder}/${at}`)));
    assert.deepEqual(one, other);
    const [log, otherLog] = await Promise.all(
      ["out", "other"].map(async (at) =>
        jsonLines(await Deno.readTextFile(`${folder}/${at}/best/log.jsonl`)).map(({ seconds: _, ...rest }) => rest)
      ),
    );
    assert.deepEqual(log, otherLog);
    const [tested, otherTested] = await Promise.all(
      ["out", "other"].map((at) => readJson(`${folder}/${at}/best/metrics.json`)),
    );
    assert.notDeepEqual(tested.test, otherTested.test);
  }));

Deno.test("trials that fail are told, and lead nothing; the exit code says so", () =>
  onData(async (tune, _, folder) => {
    const space = "sampler=sbpr,rns"; // sbpr needs friends
    assert.equal(await tune({ strategy: "halving", trials: 2, space, epochs: 1 }), 1);
    const { trials, winner } = await readJson(`${folder}/out/tune.json`);
    const failed = trials.findIndex(({ error }: { error: string | null }) => error !== null);
    assert.match(trials[failed].error, /friends/);
    assert.deepEqual([trials[failed].value, winner.options], [null, { sampler: "rns" }]);
    await assert.rejects(
      tune({ trials: 2, space: "sampler.weight", sampler: "sbpr" }),
      /Cannot search "sampler.weight"/,
    );
    await assert.rejects(
      tune({ trials: 1, sampler: "sbpr", space: "lr", out: `${folder}/none` }),
      /Cannot tune: no trial has come to epoch 1; the first that failed said: .*friends/,
    );
    await assert.rejects(tune({ minutes: 0, out: `${folder}/none` }), /Cannot tune: no trial has come to epoch 1$/);
  }));

Deno.test("a YAML file describes a search, its config.yaml does so again, and --json tells each step", () =>
  onData(async (tune, _, folder) => {
    const lines = Object.entries({ ...shared, quiet: false, trials: 2, strategy: "random", epochs: 1, out: "search" })
      .map(([name, value]) => `${name}: ${value}`);
    const space = ["space:", "  lr: log:1e-3..1e-1", "  sampler: [rns, { name: dns, pool: 4 }]"];
    await Deno.writeTextFile(`${folder}/tune.yaml`, [`data: ${folder}`, ...lines, ...space, ""].join("\n"));
    const { code, stdout, stderr } = await foil(["tune", "--config", "tune.yaml", "--json"], folder);
    assert.equal(code, 0, stderr);
    const events = jsonLines(stdout);
    assert.deepEqual(events.map(({ event }) => event), ["rung", "rung", "winner", "test"]);
    assert.match(events[2].command, /^deno run -A cli\.ts train --data .* --sampler (rns|dns:pool=4) .*--lr [\d.]+/);

    const marks = namesIn(`${folder}/search/trials`).map((name) => `${folder}/search/trials/${name}/log.jsonl`);
    const before = await Promise.all(marks.map((path) => Deno.readTextFile(path)));
    assert.equal(await tune({ ...await readConfig(`${folder}/search/config.yaml`), out: `${folder}/search` }), 0);
    assert.deepEqual(await Promise.all(marks.map((path) => Deno.readTextFile(path))), before, "nothing is run again");
  }));

Deno.test("--sampler auto chooses on validation, says why, and its folder is that of a run with the winner", () =>
  onData(async (_, train, folder) => {
    const given = { data: folder, backbone: "mf:dim=4", lr: 0.02, batchSize: 256, epochs: 3, out: `${folder}/auto` };
    assert.equal(await train({ ...given, sampler: "auto" }), 0);
    const { rungs, trials, winner } = await readJson(`${folder}/auto/auto/tune.json`);
    assert.deepEqual(rungs, [1, 2, 3]);
    const best = Math.max(...trials.map(({ value }: { value: number }) => value));
    assert.equal(trials[winner.trial].value, best);
    assert.equal((await readConfig(`${folder}/auto/config.yaml`)).sampler, winner.options.sampler);

    assert.equal(await train({ ...given, sampler: winner.options.sampler, out: `${folder}/alone` }), 0);
    const [ours, theirs] = await Promise.all(
      ["auto", "alone"].map((at) => Deno.readFile(`${folder}/${at}/weights.safetensors`)),
    );
    assert.deepEqual(ours, theirs);
    assert.equal((await openRun(`${folder}/auto`)).ids.users.length, 60);

    const held = await claim(`${folder}/auto/auto`);
    await assert.rejects(
      train({ ...given, sampler: "auto" }),
      /Cannot choose a sampler in ".*": another process is at it/,
    );
    await held!.drop();
    const trial = `${folder}/auto/auto/${trials[0].folder}/log.jsonl`, before = await Deno.readTextFile(trial);
    assert.equal(await train({ ...given, sampler: "auto", resume: true }), 0);
    assert.equal(await Deno.readTextFile(trial), before, "what is done is not done again");
    assert.equal(await train({ ...given, sampler: winner.options.sampler, resume: true }), 0);

    for (const select of ["test", "last"]) {
      await assert.rejects(
        train({ ...given, sampler: "auto", select }),
        new RegExp(`under --select ${select}: .* on validation`),
      );
    }
  }));
