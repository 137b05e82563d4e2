import assert from "node:assert/strict";
import { searchAxes } from "../../cli/search_axes.ts";
import { axesText, drawConfigurations } from "../../cli/search_draws.ts";
import { spaceOf, spaceOption, spaceSpec } from "../../cli/space_spec.ts";
import { trainCommandText } from "../../cli/train_command_text.ts";
import { trainOptions } from "../../cli/train_options.ts";
import { choice, integer, real, resolve } from "../../options/option.ts";

const usual = { backbone: "mf", sampler: "dns", loss: "bpr", optimizer: "adam", lr: null, l2: null, batchSize: null };
const pieces = (given: unknown) => spaceOption.read(given) ?? [];
const axes = (space: unknown, given = {}) => searchAxes({ ...usual, ...given }, spaceSpec(pieces(space)));
const draws = (space: unknown, count: number, given = {}, seed = 0) =>
  drawConfigurations(axes(space, given), { ...usual, ...given }, seed, count);

Deno.test("without a word, what has a space of its own and is not given is searched", () => {
  assert.deepEqual(axesText(axes("default")), [
    "backbone.dim: 32,64,128",
    "sampler.pool: log:4..64",
    "sampler.negatives: log:1..4",
    "lr: log:0.0001..0.03",
    "l2: log:0.000001..0.01",
    "batchSize: 512,1024,2048,4096",
  ]);
  const given = { backbone: "mf:dim=16", sampler: "dns:pool=8", lr: 0.01, l2: 0, batchSize: 64 };
  assert.deepEqual(axesText(axes("default", given)), ["sampler.negatives: log:1..4"]);
});

Deno.test("a space is text, or YAML as a mapping or a list; a name alone has its own space", () => {
  const expected = ["sampler.pool: 4,8", "lr: log:0.001..0.01", "batchSize: 512,1024,2048,4096"];
  for (
    const space of [
      "lr=log:1e-3..1e-2; sampler.pool=4,8; batch-size",
      ["lr=log:1e-3..1e-2", "sampler.pool=4,8\nbatch-size"],
      { lr: "log:1e-3..1e-2", "sampler.pool": [4, 8], batchSize: null },
      [{ "optimizer.lr": "log:1e-3..1e-2" }, "sampler.pool=4, 8; batchSize"],
    ]
  ) assert.deepEqual(axesText(axes(space)), expected);
  assert.deepEqual(axesText(axes("default; sampler.negatives=1,2")).filter((line) => line.includes("negatives")), [
    "sampler.negatives: 1,2",
  ]);
});

Deno.test("methods are drawn, too, each with options of its own", () => {
  const space = {
    sampler: ["rns", { name: "dns", pool: 8 }, "ahns"],
    "sampler.negatives": [1, 2],
    "sampler.beta": "0..1",
  };
  const drawn = draws(space, 40).map(({ values, drawn }) => [values.sampler, drawn]);
  const names = new Set(drawn.map(([sampler]) => String(sampler).replace(/:.*/, "")));
  assert.deepEqual([...names].sort(), ["ahns", "dns", "rns"]);
  for (const [sampler, own] of drawn) {
    assert.match(
      String(sampler),
      /^(rns:negatives=[12]|dns:pool=8,negatives=[12]|ahns:negatives=[12],beta=(0\.\d+|[01]|\d.*e-\d+))$/,
    );
    assert.equal("sampler.beta" in (own as object), String(sampler).startsWith("ahns"));
  }
});

Deno.test("auto stands for the samplers that train chooses from, each with the spaces of its options", () => {
  const lines = axesText(axes("default", { sampler: "auto", lr: 0.01, l2: 0, batchSize: 64, backbone: "mf:dim=8" }));
  assert.match(lines[0]!, /^sampler: rns, .*dns, .*enmf$/);
  assert(lines.includes("sampler.negatives of rns: log:1..8"));
  assert(lines.includes("sampler.pool of dns: log:4..64"));
});

Deno.test("of several methods, one whose option is given keeps it", () => {
  assert.deepEqual(axesText(axes("sampler=dns:pool=8,ahns; sampler.pool=4,16")), [
    "sampler: dns:pool=8, ahns",
    "sampler.pool of ahns: 4,16",
  ]);
  assert.throws(() => axes("sampler.pool=4,16", { sampler: "dns:pool=8" }), /"sampler.pool": it is given, too/);
});

Deno.test("the first configuration is the usual one where its space has it; seeds and orders decide the others", () => {
  const [first, second] = draws("sampler.pool=4..64; lr=log:1e-4..1e-1", 2);
  assert.deepEqual(first!.drawn, { "sampler.pool": 16, lr: 0.001 });
  assert.notDeepEqual(second!.drawn, first!.drawn);
  assert.deepEqual(draws("sampler.pool=4..64", 3), draws("sampler.pool=4..64", 9).slice(0, 3));
  assert.notDeepEqual(draws("sampler.pool=4..64", 3, {}, 1), draws("sampler.pool=4..64", 3));
  // another option beside it leaves what is drawn for one as it is
  const pools = (space: string) => draws(space, 5).map(({ drawn }) => drawn["sampler.pool"]);
  assert.deepEqual(pools("sampler.pool=4..64; lr=log:1e-4..1e-1"), pools("lr; l2; sampler.pool=4..64"));
});

Deno.test("no configuration comes twice, and of a small space there are as many as it has", () => {
  const found = draws("sampler.pool=4,8; sampler.negatives=1,2,3", 100).map(({ values }) => values.sampler);
  assert.deepEqual([new Set(found).size, found.length], [6, 6]);
});

Deno.test("what cannot be searched is named, with what was expected", () => {
  const cases: [unknown, RegExp][] = [
    ["sampler.pol=4", /Cannot search "sampler.pol": no sampler of this search has it; "dns" has "pool", "negatives"/],
    [
      "rate=4",
      /Cannot search "rate": there is no such option; there are lr, l2, batchSize, backbone, backbone.<option>/,
    ],
    ["sampler.pool=4,x", /Cannot search "sampler.pool" in "4,x": it takes a whole number of at least 1, found "x"/],
    ["sampler.pool=0..4", /Cannot search "sampler.pool" in "0\.\.4": .* at least 1, found "0"/],
    ["sampler.pool=8..4", /Cannot search "sampler.pool" in "8\.\.4": 8 is not below 4/],
    ["sampler.pool=8..8", /8 is not below 8/],
    ["l2=log:0..1", /Cannot search "l2" in "log:0\.\.1": logarithms begin above 0, found 0/],
    ["backbone.score=dot..cosine", /Cannot search "backbone.score" between two ends, .* one of dot, cosine/],
    ["backbone.bias", /Cannot search "backbone.bias": it has no space of its own; say one/],
    ["lr; lr=0..1", /Cannot search "lr": the space names it twice/],
    ["lr=", /Cannot search "lr": expected such as .*, found "lr="/],
    ["sampler", /Cannot search "sampler": say which, as "sampler=a,b"/],
    ["sampler=dns,dnss", /There is no sampler "dnss"/],
  ];
  for (const [space, message] of cases) assert.throws(() => axes(space), message);
  assert.throws(() => axes("lr", { lr: 0.1 }), /Cannot search "lr": it is given, too; leave out one of the two/);
  assert.equal(spaceOption.read(7), undefined);
});

Deno.test("a space that is written is drawn from: some values, a range, a range of magnitudes", () => {
  const at = (written: string, share: number) => spaceOf("x", written, real(1, "")).at(share);
  assert.deepEqual([at("1,2,4", 0.5), at("0..1", 0.5), at("log:1..100", 0.5)], [2, 0.5, 10]);
  assert.equal(spaceOf("x", "1..9", integer(1, "")).at(0.5), 5);
  assert.equal(spaceOf("x", "b,a", choice(["a", "b"], "a", "")).at(0), "b");
});

Deno.test("a trial's command has what is not usual, as a shell reads it", () => {
  const values = {
    data: "my log.csv",
    sampler: "dns:pool=8",
    lr: 0.01,
    dropLast: true,
    epochs: 100,
    quiet: true,
    out: "x",
  };
  assert.equal(
    trainCommandText(resolve("train", trainOptions, values)),
    "deno run -A cli.ts train --data 'my log.csv' --sampler dns:pool=8 --lr 0.01 --drop-last",
  );
  const usual = trainCommandText(resolve("train", trainOptions, { data: "log.csv", epochs: 3 }));
  // without a part that is named the data would choose a recipe
  assert.equal(usual, `deno run -A cli.ts train --data log.csv --sampler ${trainOptions.sampler.default} --epochs 3`);
});
