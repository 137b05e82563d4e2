import assert from "node:assert/strict";
import { decodeSafetensors, encodeSafetensors } from "../../training/safetensors.ts";
import { inFolder } from "./foil.ts";
import { quietly, writeSmallRun } from "./small_run.ts";
import { SMALL_LOG, trainArgs } from "./trained_run.ts";

Deno.test("a run's file that is damaged is named by whoever reads it", () =>
  inFolder(async (folder) => {
    await Deno.writeTextFile(`${folder}/log.csv`, SMALL_LOG);
    assert.equal((await quietly(trainArgs(folder, "run"))).code, 0);
    const ids = `${folder}/run/ids.json`, checkpoint = `${folder}/run/checkpoint.safetensors`;
    const text = await Deno.readTextFile(ids);
    for (
      const [damaged, why] of [
        ["", /expected a JSON object, found "" \(Unexpected end/],
        [text.slice(0, 40), /expected a JSON object, found "\{.*" \(Unterminated/],
        ["{}", /expected lists of "users"/],
      ] as const
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

Deno.test("side information in a run that is damaged is told with the file that it is in", () =>
  inFolder(async (folder) => {
    const path = `${folder}/weights.safetensors`;
    await writeSmallRun(folder);
    const { tensors, metadata } = decodeSafetensors(await Deno.readFile(path));
    for (
      const [layout, why] of [
        ['{"attributes', /Unterminated string/],
        ['{"attributes":{"offsets":{"tensor":"gone"},"targets":{"tensor":"gone"},"names":[]}}', /undefined/],
        [
          '{"attributes":{"offsets":{"tensor":"seen#offsets"},"targets":{"tensor":"seen#items"},"names":[]}}',
          /Cannot use "attributes" with 4 rows/,
        ],
      ] as const
    ) {
      await Deno.writeFile(path, encodeSafetensors(tensors, { ...metadata, metadata: layout }));
      const { code, said } = await quietly(["recommend", "--run", folder, "--users", "ann"]);
      assert.equal(code, 1);
      assert.match(said, /^error: Cannot read the side information in ".*\/weights\.safetensors": /);
      assert.match(said, why);
    }
  }));

Deno.test("a trial's outcome that is damaged is named by the comparison that would take it for its own", () =>
  inFolder(async (folder) => {
    await Deno.writeTextFile(`${folder}/log.csv`, SMALL_LOG);
    const small = "--backbone mf:dim=2 --epochs 1 --seeds 1 --baselines none --provider wasm".split(" ");
    const args = ["compare", "--data", `${folder}/log.csv`, "--samplers", "rns", ...small, "--out", `${folder}/study`];
    assert.equal((await quietly(args)).code, 0);
    const [trial] = Array.from(Deno.readDirSync(`${folder}/study/trials`), ({ name }) => name);
    await Deno.writeTextFile(`${folder}/study/trials/${trial}/metrics.json`, '{"fing');
    assert.equal((await quietly(args)).code, 1);
    const { rows: [{ failed }] } = JSON.parse(await Deno.readTextFile(`${folder}/study/compare.json`));
    assert.match(
      failed[0].error,
      /^Cannot read ".*metrics\.json": expected a JSON object, found "\{\\"fing" \(Unterminated/,
    );
  }));
