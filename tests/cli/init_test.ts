import assert from "node:assert/strict";
import { readIds, readModel } from "../../cli/run_folder.ts";
import { neumf } from "../models/exported.ts";
import { foil, inFolder, jsonLines } from "./foil.ts";
import { SMALL_LOG, trainArgs } from "./trained_run.ts";

const weights = (folder: string) => Deno.readFile(`${folder}/weights.safetensors`);
const reports = async (folder: string) => jsonLines(await Deno.readTextFile(`${folder}/log.jsonl`));
/** Runs a command that succeeds. */
async function done(args: readonly string[], folder: string) {
  const { code, stderr, stdout } = await foil(args, folder);
  assert.equal(code, 0, stderr);
  return { said: stderr, printed: stdout };
}
/** The log, and one that has grown: another person, another item, and ids in another order. */
async function writeLogs(folder: string): Promise<void> {
  const [head, ...rows] = SMALL_LOG.split("\n"), more = Array.from({ length: 9 }, (_, item) => `new,${item}`);
  await Deno.writeTextFile(`${folder}/log.csv`, SMALL_LOG);
  const grown = [head, ...more, "new,fresh", "0,fresh", ...rows.reverse()];
  await Deno.writeTextFile(`${folder}/grown.csv`, grown.join("\n"));
}

Deno.test("--init starts with a run's weights, by ids; what is new starts as ever, and what it was trained on is told", () =>
  inFolder(async (folder) => {
    await writeLogs(folder);
    await done(trainArgs(folder, "a"), folder);
    // no step moves anything at a rate of 0: what is saved is what training started with
    const still = ["train", "--data", "grown.csv", "--optimizer", "sgd:lr=0", "--l2", "0", "--epochs", "1"];
    const { said } = await done(
      [...still, "--backbone", "mf:dim=4", "--provider", "wasm", "--init", "a", "--out", "b"],
      folder,
    );
    assert.match(said, /starts from run "a" \(mf:dim=4\): user \(12 of 13 rows\), item \(18 of 19 rows\)/);
    assert.match(
      said,
      /run "a", which it starts from, was trained on \d+ of the \d+ interactions of test: what is measured, or picked, by them is OPTIMISTIC/,
    );
    const { init } = JSON.parse(await Deno.readTextFile(`${folder}/b/metrics.json`));
    assert.equal(init.run, "a");
    assert.match(
      said,
      new RegExp(`trained on ${init.seen.test.seen} of the ${init.seen.test.of} interactions of test`),
    );
    const evaluated = await done(["evaluate", "--run", "b", "--provider", "wasm"], folder);
    assert.match(evaluated.said, /which it starts from, was trained on \d+ of the \d+ interactions of test/);
    // what a run before the last was trained on counts as well: of another split, all of b is of its own train
    const again = ["--config", "b/config.yaml", "--init", "b", "--out", "c"];
    const { said: told } = await done(["train", ...again], folder);
    assert.match(
      told,
      new RegExp(`"b".* was trained on ${init.seen.test.seen} of the ${init.seen.test.of} interactions of test`),
    );
    const [before, after] = await Promise.all(["a", "b"].map(async (run) => ({
      ids: await readIds(`${folder}/${run}`),
      weights: (await readModel(`${folder}/${run}`)).weights,
    })));
    for (const [name, kind] of [["user", "users"], ["item", "items"]] as const) {
      after!.ids[kind].forEach((id, row) => {
        const was = before!.ids[kind].indexOf(id), own = after!.weights.get(name)!.data.subarray(4 * row, 4 * row + 4);
        if (was < 0) assert(own.some((x) => x !== 0), `${id} starts somewhere`);
        else assert.deepEqual(own, before!.weights.get(name)!.data.subarray(4 * was, 4 * was + 4), id);
      });
    }
  }));

Deno.test("a run from another is trained as that was where no part is named, goes on from its checkpoint, and says what changed", () =>
  inFolder(async (folder) => {
    await writeLogs(folder);
    await done(trainArgs(folder, "a"), folder);
    const more = [
      "train",
      "--data",
      "log.csv",
      "--init",
      "a",
      "--at",
      "5",
      "--select-by",
      "ndcg@5",
      "--metrics",
      "ndcg",
    ];
    const args = [...more, "--provider", "wasm"];
    const { said } = await done([...args, "--out", "whole"], folder);
    assert.match(
      said,
      /recipe a: as that run was trained\n +--backbone mf:dim=4 --sampler dns:pool=4 .*--no-drop-last/,
    );
    assert.doesNotMatch(said, /OPTIMISTIC/, "the same split holds out the same");
    const [first] = await reports(`${folder}/whole`), past = (await reports(`${folder}/a`)).at(-1);
    assert(first.loss < past.loss, `it begins with ${first.loss}, the other ended with ${past.loss}`);

    await done([...args, "--out", "parts", "--epochs", "1"], folder);
    await done([...args, "--out", "parts", "--resume"], folder);
    assert.deepEqual(await weights(`${folder}/parts`), await weights(`${folder}/whole`));

    await done(trainArgs(folder, "a", "--seed", "3"), folder);
    const changed = await foil([...args, "--out", "parts", "--resume"], folder);
    assert.equal(changed.code, 1);
    assert.match(changed.stderr, /init \("a"\) is not what it was/);
  }));

Deno.test("what does not fit is said: no such run, another width, a file's backbone", () =>
  inFolder(async (folder) => {
    await writeLogs(folder);
    await done(trainArgs(folder, "a", "--epochs", "1"), folder);
    const refused = async (pattern: RegExp, ...args: readonly string[]) => {
      const { code, stderr } = await foil([...trainArgs(folder, "b"), ...args], folder);
      assert.equal(code, 1);
      assert.match(stderr, pattern);
      await assert.rejects(Deno.stat(`${folder}/b`));
    };
    await refused(/Cannot start from run "nowhere": there is no such folder/, "--init", "nowhere");
    await refused(/Cannot start from run "log.csv": it is a file; give the folder of a run/, "--init", "log.csv");
    await refused(/no folder is named/, "--init", "");
    await Deno.mkdir(`${folder}/begun`);
    await Deno.copyFile(`${folder}/a/checkpoint.safetensors`, `${folder}/begun/checkpoint.safetensors`);
    await refused(/that run has not ended; the same command with --resume ends it/, "--init", "begun");
    await refused(/Cannot start from run ".*a" and write to it/, "--init", `${folder}/a`, "--out", `${folder}/a`);
    await refused(
      /their "user" is \[12,4\], the backbone's is \[12,8\].*\(run "a", mf:dim=4\)/,
      "--init",
      "a",
      "--backbone",
      "mf:dim=8",
    );
    await Deno.writeFile(`${folder}/model.onnx`, neumf({ users: 12, items: 18 }));
    await refused(/a backbone that is a file starts with what is in it/, "--init", "a", "--backbone", "model.onnx");
  }));

Deno.test("searches and methods of a comparison start from a run, too; one that does not is told apart", () =>
  inFolder(async (folder) => {
    await writeLogs(folder);
    await done(trainArgs(folder, "a", "--sampler", "rns", "--lr", "0.05", "--epochs", "20"), folder);
    const common = ["--data", "log.csv", "--backbone", "mf:dim=4", "--provider", "wasm", "--evaluate-every", "1"];
    const compared = ["compare", ...common, "--samplers", "rns; warm=rns init=a", "--seeds", "1"];
    await done([...compared, "--epochs", "1", "--batch-size", "64", "--baselines", "none", "--out", "c"], folder);
    const folders = Array.from(Deno.readDirSync(`${folder}/c/trials`), ({ name }) => name);
    assert.equal(folders.length, 2, `${folders}`);
    const losses = await Promise.all(folders.map(async (name) => {
      const config = await Deno.readTextFile(`${folder}/c/trials/${name}/config.yaml`);
      return { warm: config.includes("label: warm"), loss: (await reports(`${folder}/c/trials/${name}`))[0].loss };
    }));
    assert(losses.find(({ warm }) => warm)!.loss < losses.find(({ warm }) => !warm)!.loss);
    const shown = async (out: string) => await Deno.readTextFile(`${folder}/${out}/compare.md`);
    assert.doesNotMatch(await shown("c"), /OPTIMISTIC/);
    const leaky = [...compared, "--split-seed", "9", "--epochs", "1", "--baselines", "none", "--out", "leaky"];
    await done(leaky, folder);
    assert.match(
      await shown("leaky"),
      /- warm: run "a".* was trained on \d+ of the \d+ interactions of test.*OPTIMISTIC/,
    );

    for (const jobs of ["1", "2"]) {
      const tuned = [
        "tune",
        ...common,
        "--sampler",
        "rns",
        "--init",
        "a",
        "--trials",
        "2",
        "--epochs",
        "2",
        "--l2",
        "0",
      ];
      await done([
        ...tuned,
        "--space",
        "lr=log:1e-4..1e-3",
        "--jobs",
        jobs,
        "--batch-size",
        "64",
        "--rungs",
        "1",
        "--out",
        `t${jobs}`,
      ], folder);
      const trials = Array.from(Deno.readDirSync(`${folder}/t${jobs}/trials`), ({ name }) => name);
      for (const name of trials) {
        const [first] = await reports(`${folder}/t${jobs}/trials/${name}`);
        assert(first.loss < 0.6, `${name} of ${jobs} jobs begins with ${first.loss}`);
      }
    }
  }));
