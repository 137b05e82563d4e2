import assert from "node:assert/strict";
import { methodsTable, withMethods } from "../../docs/methods.ts";
import { readSamplerPage, samplerPages, withFamilies, withOptions } from "../../docs/sampler_pages.ts";
import { losses } from "../../losses/mod.ts";
import { backbones } from "../../models/mod.ts";
import { samplers } from "../../samplers/mod.ts";
import { pages, readPage } from "./pages.ts";

const readme = await Deno.readTextFile(new URL("../../README.md", import.meta.url));

Deno.test("the README's tables of methods are those that docs/methods.ts makes of the registries", () => {
  assert.equal(readme, withMethods(readme), "run: deno run -A docs/methods.ts");
});

Deno.test("every sampler is in the tables, and has one section on one page, with its options as they are", async () => {
  const pages = await Promise.all(samplerPages().map(async (page) => ({ page, text: await readSamplerPage(page) })));
  const index = await Deno.readTextFile(new URL("../../docs/samplers.md", import.meta.url));
  for (const name of Object.keys(samplers)) {
    assert(methodsTable().includes(`| \`${name}\``), `no row for "${name}"`);
    const having = pages.filter(({ text }) => text.includes(`\n## ${name}\n`)).map(({ page }) => page);
    assert.equal(having.length, 1, `"${name}" has a section on ${having.join(" and ") || "no page"}`);
    assert(index.includes(`\`${name}\``), `docs/samplers.md does not list "${name}"`);
  }
  assert.equal(index, await withFamilies(index), "run: deno run -A docs/methods.ts");
  for (const { page, text } of pages) assert.equal(text, withOptions(text), `${page}: run deno run -A docs/methods.ts`);
});

Deno.test("every loss has a section in docs/losses.md, with its options as they are", async () => {
  const page = await Deno.readTextFile(new URL("../../docs/losses.md", import.meta.url));
  for (const name of Object.keys(losses)) assert(page.includes(`\n## ${name}\n`), `no section for "${name}"`);
  assert.equal(page, withOptions(page, losses), "run: deno run -A docs/methods.ts");
});

Deno.test("every backbone has a row and a section in docs/backbones.md, with its options as they are", async () => {
  const page = await Deno.readTextFile(new URL("../../docs/backbones.md", import.meta.url));
  for (const name of Object.keys(backbones)) {
    assert(page.includes(`\n## ${name}\n`), `no section for "${name}"`);
    assert(page.includes(`\n| \`${name}\``), `no row for "${name}"`);
  }
  assert.equal(page, withOptions(page, backbones), "run: deno run -A docs/methods.ts");
});

Deno.test("a text without the markers is refused", () => {
  assert.throws(() => withMethods("# Foil\n"), /methods:start/);
});

Deno.test("what a page says that a method by its name alone is, it is: the defaults are those", async () => {
  const methods = { ...losses, ...backbones, ...samplers }, said = [];
  for (const page of pages) {
    for (const [text, name, given] of (await readPage(page)).matchAll(/`([\w-]+)`\s+is\s+`\1:([^`]+)`/g)) {
      const options = methods[name as keyof typeof methods].options as Options;
      for (const [option, value] of given!.split(",").map((each) => each.split("="))) {
        assert.equal(value, String(options[option!]!.default), `${page}: ${text}`);
      }
      said.push(text);
    }
  }
  assert(said.length > 0);
});
type Options = Readonly<Record<string, { readonly default: unknown }>>;
