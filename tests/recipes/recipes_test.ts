import assert from "node:assert/strict";
import { interactions } from "../../datasets/interactions.ts";
import { resolve } from "../../options/option.ts";
import { chosenRecipe } from "../../recipes/chosen.ts";
import { condition } from "../../recipes/condition.ts";
import { factsOf } from "../../recipes/facts.ts";
import { loadRecipe, recipeNames } from "../../recipes/load.ts";
import { recipeOptions } from "../../recipes/options.ts";
import { madeRecipe, partSpecs } from "../../recipes/parts.ts";
import { parseRecipe, settledRecipe } from "../../recipes/recipe.ts";

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

Deno.test("what recipes go by is counted of those who have interactions: their own, and those of each item", () => {
  const train = interactions({ users: [0, 0, 0, 2, 2, 2], items: [1, 3, 1, 1, 3, 3], userCount: 9, itemCount: 9 });
  const wide = interactions({ users: [0, 1, 2, 3], items: [5, 5, 5, 5], userCount: 4, itemCount: 9 });
  const shared = { interactions: 6, density: 6 / 4 };
  assert.deepEqual(factsOf(train), { users: 2, items: 2, ...shared, perUser: 3, perItem: 3 });
  assert.deepEqual([factsOf(wide).perUser, factsOf(wide).perItem], [1, 4]);
});

Deno.test("of variants that hold the later goes before, and each says why, by its condition where nobody did", () => {
  const text = `
options: { sampler: rns, epochs: 5, lr: 0.1 }
where:
  - { when: users > 1, because: there are several, options: { epochs: 6, sampler: dns } }
  - { when: users > 2, options: { epochs: 7 } }
  - { when: users > 99, options: { epochs: 8 } }`;
  const facts = { users: 10, items: 5, interactions: 20, density: 0.4, perUser: 2, perItem: 4 };
  assert.deepEqual(settledRecipe(parseRecipe("ours", text, "ours.yaml"), facts), {
    options: { sampler: "dns", epochs: 7, lr: 0.1 },
    because: ["there are several", "users > 2"],
  });
});

Deno.test("a learning rate that is given beside an optimiser goes before the one in it", () => {
  const optimizer = "adam:lr=0.5,beta1=0.8";
  const optionsOf = (lr: number | null) => partSpecs({ sampler: "rns", loss: "bpr", optimizer, lr }).optimizer.options;
  assert.deepEqual(optionsOf(0.1), { ...optionsOf(null), lr: 0.1 });
});

Deno.test("a million interactions are few enough for the stronger recipe, one more is not, and what is next has its own", () => {
  const facts = { users: 1, items: 1, density: 1, perUser: 1, perItem: 1 };
  const chosen = (interactions: number, next: boolean) => chosenRecipe({ ...facts, interactions }, next).name;
  assert.deepEqual([chosen(1e6, false), chosen(1e6 + 1, false), chosen(1e9, true)], ["strong", "fast", "sequential"]);
});
