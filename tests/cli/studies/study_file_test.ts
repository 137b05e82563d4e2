import assert from "node:assert/strict";
import { numbered } from "../../../cli/studies/study.ts";
import { givenStudy, studyOf } from "../../../cli/studies/study_file.ts";
import { taskName } from "../../../cli/study_tasks.ts";
import { inFolder } from "../foil.ts";

const study = (given: Record<string, unknown>, lanes = 1) => studyOf({ file: "s.yaml", given, out: "runs/s" }, lanes);
const samplers = "rns,dns";

Deno.test("a dataset is called by its file or its label, and may have options of its own", () => {
  const { parts } = study({
    data: ["logs/a/", "fetched:ml-1m", { label: "last", data: "b.csv", epochs: 3, samplers: ["rns", "ahns"] }],
    ...{ samplers, epochs: 7, metrics: ["NDCG@5", "hit@5"], seeds: 1 },
  });
  assert.deepEqual(parts.map(({ label, folder }) => [label, folder]), [
    ["a", "runs/s/a"],
    ["ml-1m", "runs/s/ml-1m"],
    ["last", "runs/s/last"],
  ]);
  const found = parts.map(({ comparison: { values, methods, wanted } }) => [
    values.data,
    values.epochs,
    methods.map(({ values }) => values.epochs),
    methods.map(({ label }) => label),
    wanted,
  ]);
  const wanted = ["ndcg@5", "hit@5"];
  assert.deepEqual(found, [
    ["logs/a/", 7, [7, 7], ["rns", "dns"], wanted],
    ["fetched:ml-1m", 7, [7, 7], ["rns", "dns"], wanted],
    ["b.csv", 3, [3, 3], ["rns", "ahns"], wanted],
  ]);
  assert.deepEqual(study({ samplers }).parts.map(({ label }) => label), ["embedded"]);
});

Deno.test("trials are numbered dataset by dataset, baselines first, then seed by seed, before any data are read", () => {
  const tasks = numbered(study({ data: ["a.csv", "b.csv"], samplers, seeds: [4, 2], baselines: "popular" }));
  assert.deepEqual(tasks.map(({ index, part, task }) => `${index} ${part.label} ${taskName(task)}`), [
    "0 a popular",
    "1 a rns, seed 4",
    "2 a dns, seed 4",
    "3 a rns, seed 2",
    "4 a dns, seed 2",
    "5 b popular",
    "6 b rns, seed 4",
    "7 b dns, seed 4",
    "8 b rns, seed 2",
    "9 b dns, seed 2",
  ]);
});

Deno.test("trials that run beside each other share the cores, unless their threads are said", () => {
  const threads = ({ parts }: ReturnType<typeof study>) => {
    const { workers, threads } = parts[0]!.comparison.values;
    return [workers, threads];
  };
  const share = Math.max(1, Math.floor(navigator.hardwareConcurrency / 2));
  assert.deepEqual(threads(study({ samplers })), [0, 0]);
  assert.deepEqual(threads(study({ samplers }, 2)), [share, share]);
  assert.deepEqual(threads(study({ samplers, workers: 3 }, 2)), [3, share]);
});

Deno.test("what is wrong in a study's file is named, with the file", () => {
  const cases: [Record<string, unknown>, RegExp][] = [
    [{}, /Cannot study "embedded": "samplers" says which samplers \(in "s.yaml"\)/],
    [{ samplers, data: [] }, /"data" lists no dataset/],
    [{ samplers, data: [["a"]] }, /data are a file, or a mapping, found \["a"\]/],
    [{ samplers, data: ["x/a.csv", "y/a.tsv"] }, /two datasets are both called "a"; give one a label/],
    [{ samplers, data: [{ label: "../a", data: "a" }] }, /called what a folder can be called, found "..\/a"/],
    [{ samplers, data: [{ label: "a" }] }, /a mapping with "data" .* or "sql", found \{"label":"a"\}/],
    [{ samplers, speed: 3 }, /Cannot study "embedded": it has no option "speed"; it has/],
    [{ samplers, data: [{ data: "a", metrics: "hit@1" }] }, /"metrics" are those of the whole study/],
    [{ samplers, epochs: 0 }, /option "epochs" takes a whole number of at least 1, found 0 \(in "s.yaml"\)/],
    [{ samplers, backbone: "mf", backbones: ["gmf"] }, /both "backbone" and "backbones"/],
    [{ samplers: "rns,dnss" }, /There is no sampler "dnss"/],
    [{ samplers, losses: ["bpr", "bprr"] }, /There is no loss "bprr"/],
    [{ samplers: ["rns", "rns"] }, /two methods that are both "rns"/],
    [{ samplers, backbones: ["mf", "mf"] }, /two backbones that are both "mf"/],
    [{ samplers, baselines: "knn" }, /There is no baseline "knn"/],
  ];
  for (const [given, message] of cases) assert.throws(() => study(given), message);
});

Deno.test("a study lies where --out says, else where its file says, else in a folder called as the file", () =>
  inFolder(async (folder) => {
    const write = (text: string) => Deno.writeTextFile(`${folder}/which.yaml`, text);
    const out = async (given: string | null) => (await givenStudy(`${folder}/which.yaml`, given)).out;
    await write("samplers: rns\n");
    assert.deepEqual([await out(null), await out("there")], ["runs/which", "there"]);
    await write("samplers: rns\nout: here\n");
    assert.deepEqual([await out(null), await out("there")], ["here", "there"]);
    await write("out: [1]\n");
    await assert.rejects(out(null), /"out" is the name of a folder, found \[1\]/);
    await assert.rejects(givenStudy(`${folder}/none.yaml`, null), /Cannot read the study .* no such file/);
  }));
