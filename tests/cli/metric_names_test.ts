import assert from "node:assert/strict";
import { metricNames } from "../../cli/metrics_text.ts";
import { foil, inFolder } from "./foil.ts";
import { SMALL_LOG } from "./trained_run.ts";

Deno.test("names are taken at every length of --at, but for those that have one", () => {
  assert.deepEqual(metricNames({ metrics: "recall, NDCG@20,hit", at: "5,10" }), [
    ...["recall@5", "recall@10", "ndcg@20", "hit@5", "hit@10"],
  ]);
  assert.throws(() => metricNames({ metrics: "recal@5", at: "5" }), /recal@5/);
});

Deno.test("train takes the flags that datasets info recommends", () =>
  inFolder(async (folder) => {
    await Deno.writeTextFile(`${folder}/log.csv`, SMALL_LOG);
    const info = await foil(["datasets", "info", "--data", "log.csv"], folder);
    const flags = /flags: +(.*)/.exec(info.stdout + info.stderr)![1]!.trim().split(" ");
    assert(flags.includes("--metrics"), `${flags}`);
    const { code, stderr } = await foil(
      ["train", "--data", "log.csv", ...flags, "--epochs", "1", "--provider", "wasm"],
      folder,
    );
    assert.equal(code, 0, stderr);
  }));
