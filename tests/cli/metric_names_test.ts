import assert from "node:assert/strict";
import { metricNames, rankingTables } from "../../cli/metrics_text.ts";
import { rankedAs } from "../../cli/ranked_as.ts";
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

Deno.test("what is ranked among drawn candidates has a table of its own, and numbers have as many digits as they need", () => {
  const found = { "ndcg@5": 0.5, "sampled9/ndcg@5": 0.25, popularity: 100, odd: -150, near: 99.99 };
  assert.equal(
    rankingTables("test", "by event", { model: found, other: { "ndcg@5": 0.125 } }),
    [
      "by event",
      "test, full ranking     model     other",
      "ndcg@5                0.5000    0.1250",
      "popularity             100.0          ",
      "odd                   -150.0          ",
      "near                 99.9900          ",
      "",
      "among drawn candidates: NOT full ranking     model     other",
      "ndcg@5 (1+9 sampled)                        0.2500          ",
    ].join("\n"),
  );
  assert.doesNotMatch(rankingTables("test", "", { model: { "ndcg@5": 0.5 } }), /drawn/);
});

Deno.test("users that are ranked for, where not all are, are drawn by the seed of the split", () => {
  const values = { mask: "seen", average: "users", ties: "by-id", evaluateUsers: 5, splitSeed: 7 } as const;
  assert.deepEqual(rankedAs(values).sample, { users: 5, seed: 7 });
  assert.equal(rankedAs({ ...values, evaluateUsers: 0 }).sample, undefined);
});
