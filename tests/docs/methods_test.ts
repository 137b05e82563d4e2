import assert from "node:assert/strict";
import { methodsTable, withMethods } from "../../docs/methods.ts";
import { samplers } from "../../samplers/mod.ts";

const readme = await Deno.readTextFile(new URL("../../README.md", import.meta.url));

Deno.test("the README's tables of methods are those that docs/methods.ts makes of the registries", () => {
  assert.equal(readme, withMethods(readme), "run: deno run -A docs/methods.ts");
});

Deno.test("every sampler is in the tables, and has a section in docs/samplers.md", async () => {
  const page = await Deno.readTextFile(new URL("../../docs/samplers.md", import.meta.url));
  for (const name of Object.keys(samplers)) {
    assert(methodsTable().includes(`| \`${name}\``), `no row for "${name}"`);
    assert(page.includes(`\n## ${name}\n`), `no section for "${name}"`);
  }
});

Deno.test("a text without the markers is refused", () => {
  assert.throws(() => withMethods("# Foil\n"), /methods:start/);
});
