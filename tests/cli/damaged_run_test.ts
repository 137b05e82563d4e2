import assert from "node:assert/strict";
import { inFolder } from "./foil.ts";
import { quietly } from "./small_run.ts";
import { SMALL_LOG, trainArgs } from "./trained_run.ts";

Deno.test("a run's file that is damaged is named by whoever reads it", () =>
  inFolder(async (folder) => {
    await Deno.writeTextFile(`${folder}/log.csv`, SMALL_LOG);
    assert.equal((await quietly(trainArgs(folder, "run"))).code, 0);
    const ids = `${folder}/run/ids.json`, checkpoint = `${folder}/run/checkpoint.safetensors`;
    const text = await Deno.readTextFile(ids);
    for (
      const [damaged, why] of [["", /it is damaged \(Unexpected end/], [text.slice(0, 40), /it is damaged/], [
        "{}",
        /expected lists of "users"/,
      ]] as const
    ) {
      await Deno.writeTextFile(ids, damaged);
      const { code, said } = await quietly(["report", `${folder}/run`]);
      assert.equal(code, 1);
      assert.match(said, /^error: Cannot read ".*\/run\/ids\.json": /);
      assert.match(said, why);
    }
    await Deno.writeTextFile(ids, text);
    const bytes = await Deno.readFile(checkpoint), place = new TextDecoder("latin1").decode(bytes).indexOf("reports");
    bytes[place - 3] = 0x7d;
    await Deno.writeFile(checkpoint, bytes);
    const { code, said } = await quietly(trainArgs(folder, "run", "--resume"));
    assert.equal(code, 1);
    assert.match(said, /^error: Cannot read ".*\/run\/checkpoint\.safetensors": /);
  }));
