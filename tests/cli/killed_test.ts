import assert from "node:assert/strict";
import { within } from "../../cli/pause.ts";
import { Rng } from "../../random/rng.ts";
import { killedAtChange } from "./dying_disk.ts";
import { foilProcess, inFolder } from "./foil.ts";
import { quietly } from "./small_run.ts";
import { leftIn, SMALL_LOG, trainArgs } from "./trained_run.ts";

Deno.test("a run that is killed at a change on disk, half of a file written, resumes to the bytes of one that was not", () =>
  inFolder(async (folder) => {
    await Deno.writeTextFile(`${folder}/log.csv`, SMALL_LOG);
    const changes = await killedAtChange(Infinity, async () => {
      assert.equal((await quietly(trainArgs(folder, "whole"))).code, 0);
    });
    const whole = await leftIn(`${folder}/whole`), rng = new Rng(7, "kills");
    assert.equal(Object.keys(whole).length, 9, `${Object.keys(whole)}`);
    // those about the writing of the second checkpoint, and others at random
    const second = changes.flatMap((change, at) => /^write checkpoint/.test(change) ? [at] : [])[1]!;
    const others = Array.from({ length: 6 }, () => rng.below(changes.length));
    const points = new Set([...[-1, 0, 1, 2, 3].map((at) => second + at), ...others]);
    for (const at of points) {
      const name = `killed-${at}`, out = `${folder}/${name}`, said = `killed at ${changes[at]}`;
      await killedAtChange(at + 1, async () => assert.equal((await quietly(trainArgs(folder, name))).code, 1));
      const made = await Deno.stat(out).then(() => true, () => false);
      assert.deepEqual(
        await quietly(trainArgs(folder, name, ...made ? ["--resume"] : [])),
        { code: 0, said: "" },
        said,
      );
      assert.deepEqual(await leftIn(out), whole, said);
    }
  }));

Deno.test("a run that is prolonged and killed while it is tested has no measurements of the model before beside the new one", () =>
  inFolder(async (folder) => {
    await Deno.writeTextFile(`${folder}/log.csv`, SMALL_LOG);
    const out = `${folder}/run`, weights = () => Deno.readFile(`${out}/weights.safetensors`);
    const train = (...more: readonly string[]) => quietly(trainArgs(folder, "run", ...more));
    const prolong = ["--epochs", "6", "--resume"];
    assert.equal((await train()).code, 0);
    const changes = await killedAtChange(Infinity, async () => assert.equal((await train(...prolong)).code, 0));
    const whole = await leftIn(out), measured = ["metrics.json", "lists.safetensors"];
    for (const name of measured) assert(name in whole);
    const points = [
      ["open recommender.onnx.tmp", []],
      ["rename lists.safetensors.tmp", []],
      ["rename metrics.json.tmp", ["lists.safetensors"]],
    ] as const;
    for (const [at, newer] of points) {
      await Deno.remove(out, { recursive: true });
      assert.equal((await train()).code, 0);
      const before = await weights();
      await killedAtChange(changes.lastIndexOf(at) + 1, async () => assert.equal((await train(...prolong)).code, 1));
      assert.notDeepEqual(await weights(), before);
      const left = await leftIn(out);
      assert.deepEqual(Object.keys(left).filter((name) => measured.includes(name)), newer, at);
      assert.equal((await train(...prolong)).code, 0);
      assert.deepEqual(await leftIn(out), whole);
    }
  }));

Deno.test("a split that is killed at any change on disk leaves the split that was there, the new one, or none that is read", () =>
  inFolder(async (folder) => {
    await Deno.writeTextFile(`${folder}/log.csv`, SMALL_LOG);
    const parts = `${folder}/parts`, link = `${folder}/elsewhere.tsv`;
    const split = (seed: string) =>
      quietly(["datasets", "split", "--data", `${folder}/log.csv`, "--split-seed", seed, "--out", parts]);
    const left = () =>
      Object.fromEntries(
        ["train", "valid", "test"].map((part) => [part, Deno.readTextFileSync(`${parts}/${part}.tsv`)]),
      );
    assert.equal((await split("1")).code, 0);
    const whole = left();
    const read = new Set<boolean>();
    let changes: readonly string[] = [];
    for (let at = 0; at <= changes.length; at++) {
      assert.equal((await split("0")).code, 0);
      const before = left();
      assert.notDeepEqual(before, whole);
      const last = at === 0 ? Infinity : at; // unharmed first, to know how many there are
      const begun = await killedAtChange(last, async () => {
        assert.equal((await split("1")).code, at === 0 ? 0 : 1);
      });
      if (at === 0) changes = begun;
      const { code, said } = await quietly(["datasets", "info", "--data", parts]);
      read.add(code === 0);
      if (code === 0) {
        const after = left();
        assert.deepEqual(after, after.test === whole.test ? whole : before, `killed at ${changes[at - 1]}`);
      } else assert.match(said, /no dataset in this folder/);
    }
    assert.deepEqual(read, new Set([true, false]));
    assert.equal((await split("0")).code, 0);
    await Deno.rename(`${parts}/train.tsv`, link);
    await Deno.symlink(link, `${parts}/train.tsv`);
    assert.equal((await split("1")).code, 0);
    assert.deepEqual(left(), whole);
    assert((await Deno.lstat(`${parts}/train.tsv`)).isSymlink);
    assert.deepEqual([...Deno.readDirSync(parts)].map(({ name }) => name).sort(), [
      "test.tsv",
      "train.tsv",
      "valid.tsv",
    ]);
  }));

Deno.test("a process that is killed by SIGKILL, again and again, leaves what another one resumes to the same bytes", () =>
  inFolder(async (folder) => {
    await Deno.writeTextFile(`${folder}/log.csv`, SMALL_LOG);
    const long = ["--epochs", "24"], rng = new Rng(8, "kills");
    assert.equal((await quietly(trainArgs(folder, "whole", ...long))).code, 0);
    await Deno.mkdir(`${folder}/killed`);
    for (let kill = 0; kill < 3; kill++) {
      const child = foilProcess(trainArgs(folder, "killed", ...long, "--resume", "--quiet"), folder);
      const changes = Deno.watchFs(`${folder}/killed`), at = 8 + rng.below(40); // a dozen to an epoch, of which there are 24
      const ended = child.status.finally(() => changes.close());
      let seen = 0;
      for await (const _ of changes) if (++seen === at) child.kill("SIGKILL");
      const { signal } = await ended;
      await Promise.all([child.stdout.cancel(), child.stderr.cancel()]);
      assert.equal(signal, "SIGKILL", "it was at work");
    }
    const { code, said } = await quietly(trainArgs(folder, "killed", ...long, "--resume"));
    assert.equal(code, 0, said);
    assert.deepEqual(await leftIn(`${folder}/killed`), await leftIn(`${folder}/whole`));
  }));

Deno.test("a command that has nothing to keep is ended by the first Ctrl-C, and by SIGTERM", () =>
  inFolder(async (folder) => {
    const log = `${folder}/log.csv`;
    await new Deno.Command("mkfifo", { args: [log] }).output();
    for (const signal of ["SIGINT", "SIGTERM"] as const) {
      const child = foilProcess(["datasets", "info", "--data", log], folder);
      using _file = await Deno.open(log, { write: true }); // once it is read
      child.kill(signal);
      if (!await within(10_000, child.status)) child.kill("SIGKILL");
      await Promise.all([child.stdout.cancel(), child.stderr.cancel()]);
      assert.equal((await child.status).code, 130, signal);
    }
  }));
