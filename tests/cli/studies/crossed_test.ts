import assert from "node:assert/strict";
import { crossed } from "../../../cli/studies/crossed.ts";
import { partOptions } from "../../../cli/studies/options.ts";
import { resolve } from "../../../options/option.ts";

const cross = (given: Record<string, unknown>) => {
  const values = resolve("study", partOptions, given);
  return crossed(values, values);
};
const rows = (given: Record<string, unknown>) => cross(given).map(({ label, against }) => [label, against]);

Deno.test("every backbone meets every loss and sampler; a method is tested against the first sampler with the same", () => {
  assert.deepEqual(rows({ backbones: ["mf", "g=lightgcn"], losses: ["bpr", "bce"], samplers: ["rns", "dns:pool=8"] }), [
    ["mf / bpr / rns", null],
    ["mf / bpr / dns:pool=8", "mf / bpr / rns"],
    ["mf / bce / rns", null],
    ["mf / bce / dns:pool=8", "mf / bce / rns"],
    ["g / bpr / rns", null],
    ["g / bpr / dns:pool=8", "g / bpr / rns"],
    ["g / bce / rns", null],
    ["g / bce / dns:pool=8", "g / bce / rns"],
  ]);
  const [, , , , , , , last] = cross({ backbones: "mf,g=lightgcn", losses: "bpr,bce", samplers: "rns,dns:pool=8" });
  const { backbone, loss, sampler } = last!.values;
  assert.deepEqual([backbone, loss, sampler], ["lightgcn", "bce", "dns:pool=8"]);
});

Deno.test("what there is one of is not in the label, and is not what methods are tested against", () => {
  assert.deepEqual(rows({ backbones: ["mf", "gmf"], samplers: "dns" }), [["mf", null], ["gmf", "mf"]]);
  assert.deepEqual(rows({ losses: ["bpr", "bce"], samplers: "dns" }), [["bpr", null], ["bce", "bpr"]]);
  assert.deepEqual(rows({ backbones: "mf", samplers: "rns,dns" }), [["rns", null], ["dns", "rns"]]);
  assert.deepEqual(rows({ samplers: "rns" }), [["rns", null]]);
});

Deno.test("what methods are tested against may be said", () => {
  const two = { backbones: "mf,gmf", samplers: "rns,dns" };
  const against = (axis: string) => cross({ ...two, against: axis }).map((method) => method.against);
  assert.deepEqual(against("samplers"), [null, "mf / rns", null, "gmf / rns"]);
  assert.deepEqual(against("backbones"), [null, null, "mf / rns", "mf / dns"]);
  assert.deepEqual(against("losses"), [null, null, null, null]);
  assert.deepEqual(against("first"), [null, "mf / rns", "mf / rns", "mf / rns"]);
});

Deno.test("settings of a sampler override those of its loss, these those of its backbone, these those of all", () => {
  const settings = (given: Record<string, unknown>) => {
    const [{ values: { l2, lr, optimizer, epochs } }] = cross(given) as [ReturnType<typeof cross>[number]];
    return { l2, lr, optimizer, epochs };
  };
  const all = { l2: 0.5, lr: 0.5, epochs: 5, samplers: "rns" };
  assert.deepEqual(settings({ ...all, backbones: "mf l2=0.4", losses: "bpr l2=0.3" }).l2, 0.3);
  assert.deepEqual(settings({ ...all, backbones: "mf l2=0.4", samplers: ["rns l2=0.2"] }).l2, 0.2);
  assert.deepEqual(settings({ ...all, backbones: { name: "mf" } }), { l2: 0.5, lr: 0.5, optimizer: "adam", epochs: 5 });
  assert.deepEqual(settings({ ...all, backbones: "mf optimizer=sgd" }).lr, null, "a rate for adam is none for sgd");
  assert.deepEqual(settings({ ...all, backbones: "mf optimizer=sgd", losses: "bpr lr=0.1" }).lr, 0.1);
});

Deno.test("an entry cannot have a setting of its own of what is crossed with it", () => {
  const two = { backbones: "mf,gmf", losses: "bpr,bce" };
  assert.throws(
    () => cross({ ...two, samplers: ["rns", "ssm=rns loss=infonce"] }),
    /Cannot cross sampler "ssm" with losses: it has a loss of its own, "infonce"/,
  );
  assert.throws(() => cross({ ...two, samplers: ["rns backbone=mlp"] }), /Cannot cross sampler .* with backbones/);
  assert.throws(() => cross({ backbones: ["mf sampler=dns"], samplers: "rns" }), /Cannot cross backbone .* samplers/);
  const own = cross({ backbones: ["mf", "gmf loss=bce"], samplers: "rns" });
  assert.deepEqual(own.map(({ values }) => values.loss), ["bpr", "bce"], "where the losses are not crossed it may");
});
