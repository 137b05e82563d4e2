import assert from "node:assert/strict";
import { readMethods } from "../../cli/study_methods.ts";
import { compareOptions } from "../../cli/study_options.ts";
import { resolve } from "../../options/option.ts";

const shared = resolve("compare", compareOptions, { lr: 0.01 });
const read = (...given: unknown[]) =>
  readMethods(given, shared).map(({ label, values: { sampler, loss, lr, optimizer, l2 } }) =>
    [label, sampler, loss, lr, optimizer, l2] as const
  );
const SHARED = ["bpr", 0.01, "adam", 1e-4] as const;

Deno.test("commas part methods, but for those within a method's options", () => {
  assert.deepEqual(read("rns,dns:pool=8,negatives=2,ahns"), [
    ["rns", "rns", ...SHARED],
    ["dns:pool=8,negatives=2", "dns:pool=8,negatives=2", ...SHARED],
    ["ahns", "ahns", ...SHARED],
  ]);
  assert.deepEqual(read("rns,other=dns,ahns:p=-1, pool=4").map(([label, sampler]) => [label, sampler]), [
    ["rns", "rns"],
    ["other", "dns"],
    ["ahns:p=-1,pool=4", "ahns:p=-1,pool=4"],
  ]);
});

Deno.test("with semicolons, or in several flags, each method may have a label and settings of its own", () => {
  const expected = [
    ["rns", "rns", ...SHARED],
    ["ssm", "rns:negatives=32", "infonce", 0.001, "adam", 1e-4],
    ["dns l2=0", "dns", "bpr", 0.01, "adam", 0],
  ];
  assert.deepEqual(read("rns; ssm=rns:negatives=32 loss=infonce lr=0.001; dns l2=0"), expected);
  assert.deepEqual(read("rns", "ssm=rns:negatives=32 loss=infonce lr=0.001", "dns l2=0"), expected);
});

Deno.test("a mapping says the same as text", () => {
  assert.deepEqual(
    read({ name: "ahns", p: -1 }, { label: "ssm", sampler: { name: "rns", negatives: 32 }, loss: "infonce", l2: 0 }),
    [["ahns:p=-1", "ahns:p=-1", ...SHARED], ["ssm", "rns:negatives=32", "infonce", 0.01, "adam", 0]],
  );
});

Deno.test("a learning rate for all does not override that of a method's own optimiser", () => {
  assert.deepEqual(read("rns optimizer=sgd:lr=0.5")[0]!.slice(3, 5), [null, "sgd:lr=0.5"]);
});

Deno.test("what is wrong in a method is named", () => {
  assert.throws(() => read("rns,rns"), /two methods that are both "rns": give one a label, as in "other=rns"/);
  assert.throws(() => read("rns speed=3"), /"rns speed=3": it has no option "speed"; it has "sampler"/);
  assert.throws(() => read("rns l2=much"), /option "l2" takes a number of at least 0, found "much"/);
  assert.throws(() => read("rns fast"), /settings written name=value, found "fast"/);
  assert.throws(() => read({ label: "x" }), /"sampler" says which sampler/);
  assert.throws(() => read(3), /expected text or a mapping, found 3/);
});

Deno.test("seeds are a count, or a list with a comma", () => {
  const seeds = (given: unknown) => resolve("compare", compareOptions, { seeds: given }).seeds;
  assert.deepEqual(seeds("3"), [0, 1, 2]);
  assert.deepEqual(seeds(2), [0, 1]);
  assert.deepEqual(seeds("7,"), [7]);
  assert.deepEqual(seeds("4, 2,4"), [4, 2]);
  assert.deepEqual(seeds([5, 6]), [5, 6]);
  for (const bad of ["0", "x", "1.5", "-1", ",", []]) assert.throws(() => seeds(bad), /option "seeds" takes how many/);
});
