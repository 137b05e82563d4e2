import assert from "node:assert/strict";
import { resolve } from "../../options/option.ts";
import { condition } from "../../recipes/condition.ts";
import { loadRecipe, recipeNames } from "../../recipes/load.ts";
import { recipeOptions } from "../../recipes/options.ts";
import { madeRecipe } from "../../recipes/parts.ts";
import { parseRecipe } from "../../recipes/recipe.ts";

Deno.test("every recipe that comes with Foil can be made, with each of its variants, and says what it is and whose", async () => {
  for (const name of recipeNames) {
    const { about, citation, options, where } = await loadRecipe(name);
    assert(about.length > 20 && /\d{4}/.test(citation), name);
    for (const variant of [{ options: {}, because: "always" }, ...where]) {
      const all = { ...options, ...variant.options };
      resolve(name, recipeOptions, all); // every number is one that its option takes
      assert.equal(typeof madeRecipe(all).sampler, "function");
      assert(variant.because, `${name}: a variant says why`);
    }
  }
});

Deno.test("what is no recipe is refused with its file, what was expected and what was found", () => {
  const refused = (text: string, why: RegExp) => assert.throws(() => parseRecipe("ours", text, "ours.yaml"), why);
  refused("options: [", /Cannot read the recipe "ours\.yaml": .*\(1:11\)/s);
  refused("- a", /"ours\.yaml": a recipe is a mapping, found \["a"\]/);
  refused("about: x", /"options" is a mapping, found nothing/);
  refused("opts: {}\noptions: {}", /it has "opts"; a recipe has "about", "citation", "options" and "where"/);
  refused("options: { smapler: rns }", /"options" has "smapler"; there are "backbone", "sampler"/);
  refused("options: { toString: rns }", /"ours\.yaml": "options" has "toString"; there are "backbone", "sampler"/);
  refused("options: { lr: [1] }", /"options": "lr" is text, a number or true or false, found \[1\]/);
  refused("options: {}\nwhere: 3", /"where" is a list, found 3/);
  refused("options: {}\nwhere: [{ options: {} }]", /"where" 1 has no "when", such as "density >= 0\.01"/);
  refused(
    'options: {}\nwhere: [{ when: "size > 3", options: {} }]',
    /expected one of users, items, .* found "size > 3"/,
  );
});

Deno.test("conditions take every relation, and all of their parts must hold", () => {
  const facts = { users: 10, items: 5, interactions: 20, density: 0.4, perUser: 2, perItem: 4 };
  const holding = ["users >= 10", "users <= 10", "items < 6", "density > 0.39 and perUser < 3 and perItem >= 4"];
  const failing = ["users > 10", "users < 10", "density > 0.39 and perUser > 3"];
  assert.deepEqual([...holding, ...failing].map((text) => condition(text)(facts)), [
    ...holding.map(() => true),
    ...failing.map(() => false),
  ]);
  for (const text of ["users", "users = 3", "users > many", "users > 3 or items > 3", ""]) {
    assert.throws(() => condition(text), /Cannot read the condition/, text);
  }
});

Deno.test("docs/recipes.md has a row for each recipe, with its backbone, sampler and loss", async () => {
  const page = await Deno.readTextFile(new URL("../../docs/recipes.md", import.meta.url));
  for (const name of recipeNames) {
    const row = page.split("\n").find((line) => line.startsWith(`| \`${name}\` `));
    const { backbone, sampler, loss } = (await loadRecipe(name)).options;
    for (const part of [backbone, sampler, loss]) assert(row?.includes(`\`${part}\``), `${name}: ${part} in ${row}`);
  }
});
