import assert from "node:assert/strict";
import { catalogue } from "../../datasets/catalogue.ts";
import { interactions } from "../../datasets/interactions.ts";
import { itemDirections } from "../../evaluation/vectors.ts";
import { mf } from "../../models/mf.ts";
import { openRuntime } from "../../runtime/providers.ts";
import { inFolder, jsonLines } from "./foil.ts";
import { quietly, writeSmallRun } from "./small_run.ts";

/** What the cosines of {@link writeSmallRun}'s items come to: gin lies at (1, 4), rum at (0, 3), tea at (3, 0). */
const GIN_RUM = 4 / Math.sqrt(17), GIN_TEA = 1 / Math.sqrt(17);

Deno.test("similar gives the largest cosines to an item, never itself, for chosen items and for all", () =>
  inFolder(async (folder) => {
    const run = `${folder}/run`, out = `${folder}/similar.csv`;
    await writeSmallRun(run);
    const lines = `${folder}/similar.jsonl`;
    const { code, said: none } = await quietly([
      "similar",
      "--run",
      run,
      "--items",
      "gin",
      "--top",
      "9",
      "--out",
      lines,
    ]);
    assert.equal(code, 0, none);
    const [{ item, items }] = jsonLines(await Deno.readTextFile(lines));
    assert.deepEqual([item, ...items.map(({ title }: { title?: string }) => title)], ["gin", "Rum", undefined, "Tea"]);
    assert(Math.abs(items[0].score - GIN_RUM) < 1e-6 && Math.abs(items[2].score - GIN_TEA) < 1e-6);
    assert.equal((await quietly(["similar", "--run", run, "--items", "all", "--top", "1", "--out", out])).code, 0);
    const rows = (await Deno.readTextFile(out)).split("\n");
    assert.equal(rows[0], "item,rank,similar,score,title");
    assert.deepEqual(rows.slice(1).map((line) => /^(".*"|\w*),1,(".*"|\w*)/.exec(line)?.slice(1)), [
      ["tea", '"a ""cup"", blue"'],
      ['"a ""cup"", blue"', "tea"],
      ["rum", "gin"],
      ["gin", "rum"],
      undefined,
    ]);
    const { code: wrong, said } = await quietly(["similar", "--run", run, "--items", "gin,ale"]);
    assert.equal(wrong, 1);
    assert.match(said, /Cannot find item "ale": run ".*" knows none/);
  }));

Deno.test("how popular an item is makes it similar to nothing: biases are left out of its direction", async () => {
  const of = catalogue(interactions({ users: [0], items: [0], userCount: 1, itemCount: 2 }));
  const runtime = await openRuntime({ provider: "wasm" });
  await runtime.load(
    new Map([
      ["user", { shape: [1, 2], data: Float32Array.of(1, 1) }],
      ["item", { shape: [2, 2], data: Float32Array.of(3, 4, 0, 0) }],
      ["bias", { shape: [2, 1], data: Float32Array.of(100, -7) }],
    ]),
  );
  const { data, width } = await itemDirections(runtime, mf({ dim: 2, bias: true }), of);
  assert.equal(width, 2);
  assert.deepEqual([...data].map((x) => +x.toFixed(6)), [0.6, 0.8, 0, 0]);
  await runtime.dispose();
});
