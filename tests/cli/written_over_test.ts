import assert from "node:assert/strict";
import { foil, foilProcess, inFolder } from "./foil.ts";
import { quietly } from "./small_run.ts";
import { leftIn, SMALL_LOG, trainArgs } from "./trained_run.ts";

Deno.test("a run that cannot begin leaves the one that was there as it was", () =>
  inFolder(async (folder) => {
    await Deno.writeTextFile(`${folder}/log.csv`, SMALL_LOG);
    assert.equal((await quietly(trainArgs(folder, "run"))).code, 0);
    const before = await leftIn(`${folder}/run`);
    for (const wrong of [["--backbone", "mf:dim=1000000000"], ["--lr", "1e30", "--l2", "1e30"]]) {
      assert.equal((await quietly(trainArgs(folder, "run", "--sampler", "rns", ...wrong))).code, 1);
      if (wrong[0] === "--backbone") assert.deepEqual(await leftIn(`${folder}/run`), before);
    }
  }));

Deno.test("what was measured of a run is not taken for that of one that was begun over it", () =>
  inFolder(async (folder) => {
    await Deno.writeTextFile(`${folder}/log.csv`, SMALL_LOG);
    const more = ["--sampler", "rns", "--lr", "0.002", "--refit", "--epochs", "2000", "--patience", "2000"];
    assert.equal((await quietly(trainArgs(folder, "run", "--refit"))).code, 0);
    await Deno.writeTextFile(`${folder}/run/refit/checkpoint.safetensors.tmp`, "of one that was killed");
    const process = foilProcess(trainArgs(folder, "run", ...more), folder), reader = process.stdout.getReader();
    await reader.read();
    process.kill("SIGINT");
    await Promise.all([reader.cancel(), process.stderr.cancel()]);
    assert.equal((await process.status).code, 130);
    const left = [...Deno.readDirSync(`${folder}/run`)].map(({ name }) => name);
    for (const gone of ["metrics.json", "lists.safetensors", "tested.safetensors", "refit"]) {
      assert(!left.includes(gone));
    }
    const { stdout } = await foil(["report", `${folder}/run`, "--json"], folder);
    assert.deepEqual(
      JSON.parse(stdout.split("\n")[0]!).methods.map((
        { label, cells }: { label: string; cells: unknown },
      ) => [label, cells]),
      [["rns", null]],
    );

    const { epoch } = JSON.parse((await Deno.readTextFile(`${folder}/run/log.jsonl`)).trim().split("\n").at(-1)!);
    const ended = await quietly([...trainArgs(folder, "run", ...more), "--epochs", `${epoch + 2}`, "--resume"]);
    assert.deepEqual(ended, { code: 0, said: "" }, "what the other was trained anew with is not in the way");
  }));
