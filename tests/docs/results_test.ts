import assert from "node:assert/strict";
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
