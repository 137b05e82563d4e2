import assert from "node:assert/strict";
import { folded } from "../../docs/folded.ts";
import { withReached, withResults, withSummary } from "../../docs/results.ts";

Deno.test("the tables of docs/results.md are those of the studies in docs/results", async () => {
  const page = await Deno.readTextFile(new URL("../../docs/results.md", import.meta.url));
  assert.equal(page, await withResults(page), "run: deno run -A docs/results.ts");
});

Deno.test("the README's table of results is that of the studies in docs/results", async () => {
  const readme = await Deno.readTextFile(new URL("../../README.md", import.meta.url));
  assert.equal(readme, await withSummary(readme), "run: deno run -A docs/results.ts");
});

Deno.test("what docs/recipes.md says that recipes reach is what the studies in docs/results say", async () => {
  const page = await Deno.readTextFile(new URL("../../docs/recipes.md", import.meta.url));
  assert.equal(page, await withReached(page), "run: deno run -A docs/results.ts");
});

Deno.test("a comparison put together from two that were run apart is the one that was run at once", async () => {
  const url = new URL("../../docs/results/tuned/ahns-sport/compare.json", import.meta.url);
  const whole = JSON.parse(await Deno.readTextFile(url)) as Parameters<typeof folded>[0];
  const [reference, ...others] = whole.rows, trained = others.filter(({ bestEpoch }) => bestEpoch !== null);
  const without = (left: typeof trained) => ({ ...whole, rows: whole.rows.filter((row) => !left.includes(row)) });
  const last = trained.slice(-2), more = { ...whole, rows: [reference!, ...last] };
  assert.deepEqual(folded(without(last), more), whole);
  assert.deepEqual(folded(whole, more), whole, "what both have is the second's");

  const cells = { ...reference!.cells }, cell = cells["ndcg@20"]!;
  const otherwise = {
    ...reference!,
    cells: { ...cells, "ndcg@20": { ...cell, values: cell.values.map((x) => x + 1e-9) } },
  };
  assert.throws(() => folded(whole, { ...more, rows: [otherwise, ...last] }), /"rns" came out otherwise/);
  assert.throws(() => folded(whole, { ...more, seeds: [1, 2] }), /"seeds" differs/);
});
