import assert from "node:assert/strict";
import { foil, inFolder } from "./foil.ts";
import { leastFlags } from "./least_flags.ts";
import { SMALL_LOG } from "./trained_run.ts";

Deno.test("train on a local file, and recommend, take no net, no other program, no environment and no native code", () =>
  inFolder(async (folder) => {
    await Deno.writeTextFile(`${folder}/log.csv`, SMALL_LOG);
    const train = ["train", "--data", "log.csv", "--epochs", "1", "--out", "run"];
    for (const args of [train, ["recommend", "--run", "run", "--users", "3"]]) {
      const flags = leastFlags(args);
      assert.deepEqual(
        flags.map((flag) => flag.split("=")[0]).filter((flag) => !/^--allow-(read|write)$/.test(flag!)),
        [],
      );
      assert(flags.every((flag) => flag.includes("=")), "which files, too");
      assert.equal((await foil(args, folder)).code, 0);
    }
  }));

Deno.test("what is not permitted is an error in a line that says the flag", () =>
  inFolder(async (folder) => {
    const { code, stderr } = await foil(["datasets", "info", "--data", "../../etc/hostname"], folder);
    assert.deepEqual([code, stderr], [
      1,
      'error: Cannot read "../../etc/hostname": deno was given no --allow-read for it\n',
    ]);
  }));
