import assert from "node:assert/strict";
import { buildIndex, indexedNearest } from "../../cli/ann.ts";
import { openNearest } from "../../evaluation/nearest.ts";
import { Rng } from "../../random/rng.ts";
import { foil, inFolder, jsonLines } from "./foil.ts";
import { quietly, SMALL, writeSmallRun } from "./small_run.ts";

const OPTIONS = { connectivity: 16, expansionAdd: 128, expansionSearch: 128 };

Deno.test("an index finds nearly all that exact search finds, with its scores, and never what is hidden", async () => {
  const rng = new Rng(1, "index"), count = 1500, width = 8, rows = 60, k = 10;
  const normals = (n: number) => Float32Array.from({ length: n }, () => rng.normal());
  const items = { data: normals(count * width), width }, queries = normals(rows * width);
  const exact = await openNearest(items), indexed = indexedNearest(await buildIndex(items, OPTIONS), items);
  // of each row what is best without hiding is hidden, five lists deep
  const { ids } = await exact.search(queries, 5 * k);
  const hidden = (row: number) => ids.subarray(row * 5 * k, row * 5 * k + 4 * k);
  const right = await exact.search(queries, k, hidden), found = await indexed.search(queries, k, hidden);
  let hits = 0;
  for (let row = 0; row < rows; row++) {
    const own = right.ids.subarray(row * k, (row + 1) * k);
    found.ids.subarray(row * k, (row + 1) * k).forEach((item, at) => {
      assert(item >= 0 && !hidden(row).includes(item));
      const place = own.indexOf(item);
      if (place < 0) return;
      hits++;
      assert(Math.abs(found.scores[row * k + at]! - right.scores[row * k + place]!) < 1e-4);
    });
  }
  assert(hits > 0.95 * rows * k, `${hits} of ${rows * k}`);
  // of few that are left the lists are exact, and what was hidden from one row is not from the next
  const few = (row: number) => Int32Array.from({ length: row % 2 === 0 ? count - 3 * k : 0 }, (_, item) => item);
  const rest = await indexed.search(queries, k, few), exactly = await exact.search(queries, k, few);
  for (let row = 0; row < rows; row += 2) {
    const list = (ids: Int32Array) => [...ids.subarray(row * k, (row + 1) * k)];
    assert.deepEqual(list(rest.ids), list(exactly.ids));
    assert(list(rest.ids).every((item) => item >= count - 3 * k));
    assert(rest.ids.subarray((row + 1) * k, (row + 2) * k).some((item) => item < count - 3 * k));
  }
  await exact.dispose();
});

Deno.test("index builds into the run folder what recommend --index answers by; of another model it is refused", () =>
  inFolder(async (folder) => {
    const run = `${folder}/run`, out = `${folder}/lists.jsonl`;
    const ask = ["recommend", "--run", run, "--users", "all", "--index", "--top", "2", "--out", out];
    await writeSmallRun(run);
    const none = await quietly(ask);
    assert.equal(none.code, 1);
    assert.match(none.said, /there is no ".*items\.usearch"; command `index` builds it/);
    assert.equal((await quietly(["index", "--run", run])).code, 0);
    assert.deepEqual(
      [...Deno.readDirSync(run)].map(({ name }) => name).filter((name) => name.includes("usearch")).sort(),
      [
        "items.usearch",
        "items.usearch.json",
      ],
    );
    const asked = await quietly(ask);
    assert.equal(asked.code, 0, asked.said);
    const lists = jsonLines(await Deno.readTextFile(out));
    assert.deepEqual(
      lists.map(({ user, items }) => [user, ...items.map(({ score }: { score: number }) => score)]),
      [["ann", 1, 0], ["bob", 4, 1], ["cat", 5, 3]],
    );
    assert.deepEqual(lists[1].items.map(({ item }: { item: string }) => item), ["gin", SMALL.items[1]]);
    const index = `${run}/items.usearch`, whole = await Deno.readFile(index), facts = `${index}.json`;
    for (
      const [path, content, why] of [
        [index, whole.subarray(0, -10), "it is damaged, or an earlier version of Foil wrote it"],
        [index, new TextEncoder().encode("no index ".repeat(100)), "it is damaged"], // usearch ends the process at this
        [facts, new TextEncoder().encode("{"), "items\\.usearch\\.json, which says what it is, is damaged"],
      ] as const
    ) {
      const right = await Deno.readFile(path);
      await Deno.writeFile(path, content);
      const { code, stderr } = await foil(ask, folder);
      assert.equal(code, 1);
      assert.match(stderr, new RegExp(`Cannot use ".*items\\.usearch": ${why}.*; command \`index\` builds it anew`));
      await Deno.writeFile(path, right);
    }
    assert.equal((await quietly(ask)).code, 0);
    await writeSmallRun(run, { item: SMALL.item.toReversed() });
    const old = await quietly(ask);
    assert.equal(old.code, 1);
    assert.match(old.said, /it is of a model before this one/);
    await writeSmallRun(run, { backbone: "hmf:dim=2" });
    const other = await quietly(["index", "--run", run]);
    assert.equal(other.code, 1);
    assert.match(other.said, /largest inner products with a user's vector, and backbone "hmf:dim=2" scores by none/);
  }));
