import type { Dataset } from "../datasets/dataset.ts";
import { entryRows } from "../datasets/entry_rows.ts";
import { type Interactions, interactions } from "../datasets/interactions.ts";
import { joined } from "../datasets/joined.ts";
import type { Relation } from "../datasets/metadata.ts";
import { profile } from "../datasets/profile.ts";
import { synthetic, syntheticDefaults } from "../datasets/synthetic.ts";
import { writeAdjacency, writeSequences, writeTsv } from "../datasets/write.ts";
import { choice, integer, real, text, type Values } from "../options/option.ts";
import { dataOptions, openData, openWhole } from "./data_options.ts";
import { makeFolder, writeTogether } from "./files.ts";
import { openOutput } from "./output.ts";
import { checkNamed, placeOf } from "./own_folder.ts";
import { outputOptions } from "./train_options.ts";

export const infoOptions = { ...dataOptions, ...outputOptions } as const;

/** `datasets info`: what a log holds. */
export async function infoCommand(values: Values<typeof infoOptions>): Promise<number> {
  const found = profile(await openWhole(values));
  openOutput(values).result({ ...found }, lines(found as unknown as Record<string, unknown>).join("\n"));
  return 0;
}

function lines(record: Readonly<Record<string, unknown>>, indent = ""): string[] {
  return Object.entries(record).flatMap(([key, value]) => {
    if (value === undefined) return [];
    if (Array.isArray(value)) {
      if (value.length === 0) return [];
      const sentences = typeof value[0] === "string" && value[0].includes(" ");
      if (sentences) return [`${indent}${key}:`, ...value.map((sentence) => `${indent}  ${sentence}`)];
      return [`${indent}${key}: ${value.join(typeof value[0] === "string" ? ", " : " to ")}`];
    }
    if (typeof value === "object" && value !== null) {
      const inner = Object.entries(value as Record<string, unknown>);
      if (inner.every(([, x]) => typeof x !== "object")) {
        return [`${indent}${key}: ${inner.map(([k, x]) => `${k} ${shown(x)}`).join(", ")}`];
      }
      return [`${indent}${key}:`, ...lines(value as Record<string, unknown>, `${indent}  `)];
    }
    return [`${indent}${key}: ${shown(value)}`];
  });
}
const shown = (value: unknown) =>
  typeof value === "number" && !Number.isInteger(value) ? value.toPrecision(4) : String(value);

const outOption = text(null, "folder to write to");
export const splitOptions = {
  ...dataOptions,
  as: choice(
    ["adjacency", "tsv", "sequences"],
    "tsv",
    "format to write: tsv keeps ids, ratings and times; adjacency is a line a user; sequences, of a split by user, too",
  ),
  out: outOption,
  ...outputOptions,
} as const;

/** `datasets split`: parts a log into train, valid and test files. */
export async function splitCommand(values: Values<typeof splitOptions>): Promise<number> {
  const data = await openData(values), folder = values.out;
  if (folder === null) throw new TypeError("Cannot split: --out says which folder to write to");
  checkNamed(folder, "parts");
  const ending = values.as === "tsv" ? ".tsv" : values.as === "adjacency" ? ".txt" : "_data.txt";
  await checkParts("split into", folder, data, ending, values);
  if (values.as === "sequences") await writeSequenceParts(folder, data);
  else {
    if (data.before) {
      throw new TypeError("Cannot split by user: what is before the held-out rows is kept by --as sequences alone");
    }
    await writeParts(folder, data, values.as === "tsv" ? "tsv" : "txt");
  }
  openOutput(values).result(
    { event: "written", folder, notes: data.notes },
    [...data.notes, `written to ${folder}`].join("\n"),
  );
  return 0;
}

const d = syntheticDefaults;
export const synthesizeOptions = {
  users: integer(d.users, "users", { min: 1 }),
  items: integer(d.items, "items", { min: 2 }),
  clusters: integer(d.clusters, "clusters that users and items belong to, two each", { min: 2 }),
  scale: real(d.scale, "how much a full match of clusters is worth, in nats: larger is easier to predict"),
  exponent: real(d.exponent, "popularity falls as (rank + shift)^-exponent"),
  shift: real(d.shift, "see exponent", { min: 0 }),
  least: integer(d.least, "fewest interactions of a user", { min: 1 }),
  median: integer(d.median, "median interactions of a user; their number is log-normal", { min: 1 }),
  most: integer(d.most, "most interactions of a user", { min: 1 }),
  spread: real(d.spread, "standard deviation of the logarithm of their number", { min: 0 }),
  valid: real(d.valid, "share of each user's interactions to select by", { min: 0, max: 0.9 }),
  test: real(d.test, "share of each user's interactions to test on", { min: 0, max: 0.9 }),
  views: real(d.views, "views for each interaction, drawn by the same utilities and apart from them", { min: 0 }),
  sourceItems: integer(d.sourceItems, "items of another domain that the same users meet", { min: 0 }),
  sourceMedian: integer(d.sourceMedian, "median interactions of a user there", { min: 1 }),
  agreement: real(d.agreement, "share of the users who belong to the same clusters there", { min: 0, max: 1 }),
  seed: integer(d.seed, "decides every draw"),
  out: outOption,
  ...outputOptions,
} as const;

/** `datasets synthesize`: interactions of which the best possible ranking is known. */
export async function synthesizeCommand(values: Values<typeof synthesizeOptions>): Promise<number> {
  const { out: folder, json: _json, quiet: _quiet, ...settings } = values;
  if (folder === null) throw new TypeError("Cannot synthesize: --out says which folder to write to");
  checkNamed(folder, "interactions");
  const data = synthetic(settings);
  const { behaviours = [], source } = data.metadata ?? {};
  await checkParts("synthesize into", folder, data, ".txt");
  await writeParts(folder, data, "txt", [
    [`${folder}/affinity.json`, JSON.stringify(data.affinity)],
    ...behaviours.map((views) => [`${folder}/${views.name}.txt`, pairsText(views, values.items)] as const),
    ...source ? [[`${folder}/source.txt`, pairsText(source, source.items)] as const] : [],
  ]);
  openOutput(values).result(
    { event: "written", folder },
    `${data.train.users.length} interactions to train on, written to ${folder}`,
  );
  return 0;
}

const pairsText = (pairs: Relation, itemCount: number) =>
  writeAdjacency(
    interactions({ users: entryRows(pairs), items: pairs.targets, userCount: pairs.offsets.length - 1, itemCount }),
  );

/** Each held-out user's line is what was before, and what is held out at its end. */
async function writeSequenceParts(folder: string, { before, train, valid, test, itemIds, userIds }: Dataset) {
  if (!before) {
    throw new TypeError("Cannot split into sequences: a line is a user of one part; --split by-user makes such");
  }
  await makeFolder(folder);
  const ends = { valid: [before.valid, valid], test: [before.test, test] }, names = { userIds, itemIds };
  await writeTogether([
    [`${folder}/train_data.txt`, writeSequences(train, names)],
    ...Object.entries(ends).flatMap(([name, [known, held]]) =>
      known && held ? [[`${folder}/${name}_data.txt`, writeSequences(joined(known, held), names)] as const] : []
    ),
  ]);
}

/** What parts of a dataset are called: the folder is read by these names. */
const PART = /^(train|valid|test)(_data)?\.(txt|csv|tsv|inter|jsonl|ndjson|json|parquet)(\.gz)?$/;

/** @throws TypeError where what is read would be overwritten, or what lies there would be read with, or for, the parts. */
async function checkParts(
  act: string,
  folder: string,
  data: Dataset,
  ending: string,
  { data: log, valid, test }: { readonly [part in "data" | "valid" | "test"]?: string | null } = {},
) {
  const written = Object.keys(partsOf(data)).map((part) => `${part}${ending}`), place = await placeOf(folder);
  const inputs = await Promise.all([log, valid, test].map((path) => path && placeOf(path)));
  for (const { name } of await Array.fromAsync(Deno.readDir(folder)).catch(() => [])) {
    if (!PART.test(name)) continue;
    if (inputs.includes(place) || inputs.includes(await placeOf(`${folder}/${name}`))) {
      throw new TypeError(`Cannot ${act} "${folder}": its "${name}" is what is split; --out names another folder`);
    }
    if (written.includes(name)) continue;
    throw new TypeError(
      `Cannot ${act} "${folder}": its "${name}" is of another split, and would be read with this one; remove it, or --out names another folder`,
    );
  }
}

/** The parts that have anything: of a small log, nothing may be held out to select by, and an empty file is no data. */
const partsOf = ({ train, valid, test }: Dataset): Readonly<Record<string, Interactions>> =>
  Object.fromEntries(
    Object.entries({ train, valid, test }).filter(([, part]) => part && part.users.length > 0),
  ) as Readonly<Record<string, Interactions>>;

/** Writes the parts, train first, and what goes with them. */
async function writeParts(
  folder: string,
  data: Dataset,
  ending: "tsv" | "txt",
  beside: readonly (readonly [path: string, content: string])[] = [],
): Promise<void> {
  await makeFolder(folder);
  const textOf = (part: Interactions) => ending === "tsv" ? writeTsv(part, data) : writeAdjacency(part, data);
  const parts = Object.entries(partsOf(data)).map(([name, part]) =>
    [`${folder}/${name}.${ending}`, textOf(part)] as const
  );
  await writeTogether([...parts, ...beside]);
}
