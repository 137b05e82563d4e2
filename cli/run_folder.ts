import { createHash } from "node:crypto";
import type { Catalogue } from "../datasets/catalogue.ts";
import type { Dataset } from "../datasets/dataset.ts";
import { yamlText } from "../options/yaml.ts";
import type { SavedTensor } from "../runtime/runtime.ts";
import { isState } from "../runtime/update.ts";
import type { Checkpoint } from "../training/checkpoint.ts";
import { decodeSafetensors, safetensorsParts, type Tensor } from "../training/safetensors.ts";
import type { Metadata, Relation } from "../datasets/metadata.ts";
import { exists, readBytesOf, readText, writeWhole } from "./files.ts";
import { jsonObject } from "./json_object.ts";
import { changes, type RunFacts } from "./run_facts.ts";
import { runFiles } from "./run_files.ts";
import { packMetadata, unpackMetadata } from "./saved_metadata.ts";

/** The original names behind dense ids, and titles where there are any. */
export interface RunIds {
  readonly users: readonly string[];
  readonly items: readonly string[];
  readonly titles?: readonly (string | null)[];
}

/** A trained model as it lies in a run folder. */
export interface SavedModel {
  /** As `train` was given it, such as mf:dim=64. */
  readonly backbone: string;
  readonly dataset: string;
  /** With the metadata that the backbone reads. */
  readonly catalogue: Catalogue;
  readonly weights: ReadonlyMap<string, SavedTensor>;
  /** What the runs were trained on that this one started from, one after another: who met what. */
  readonly past?: Relation;
  /** Digest of the ids that the weights are of; none in files of earlier versions. */
  readonly ids?: string;
}

const f32 = ({ shape, data }: SavedTensor): Tensor => ({ dtype: "F32", shape, data });
const i32 = (data: Int32Array): Tensor => ({ dtype: "I32", shape: [data.length], data });
const prefixed = (prefix: string, tensors: ReadonlyMap<string, SavedTensor>) =>
  [...tensors].map(([name, tensor]) => [`${prefix}${name}`, f32(tensor)] as const);
const under = (prefix: string, tensors: Readonly<Record<string, Tensor>>) =>
  new Map(
    Object.entries(tensors).filter(([name]) => name.startsWith(prefix)).map(([name, { shape, data }]) =>
      [name.slice(prefix.length), { shape, data: data as Float32Array }] as const
    ),
  );

/** The options of a command as a YAML file that `--config` reads back: not how it talks, nor whether it goes on. */
export function savedConfig(values: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const { json: _json, quiet: _quiet, resume: _resume, ...rest } = values;
  return Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== null));
}

export async function writeConfig(folder: string, config: Readonly<Record<string, unknown>>): Promise<void> {
  await writeWhole(`${folder}/${runFiles.config}`, yamlText(config));
}

/** Writes the ids of a log; returns their digest, for the weights to name. */
export async function writeIds(folder: string, { userIds, itemIds, titles }: Dataset): Promise<string> {
  const ids: RunIds = {
    users: userIds.names,
    items: itemIds.names,
    ...titles && { titles: Array.from(titles, (title) => title ?? null) },
  };
  const text = JSON.stringify(ids);
  await writeWhole(`${folder}/${runFiles.ids}`, text);
  return digestOf(text);
}
const digestOf = (text: string): string => createHash("sha256").update(text).digest("hex");

/** @throws TypeError where they are not those that `digest` is of. */
export async function readIds(folder: string, digest?: string): Promise<RunIds> {
  const text = await readText(`${folder}/${runFiles.ids}`, "the ids of run");
  if (digest !== undefined && digest !== digestOf(text)) {
    throw new TypeError(
      `Cannot open run "${folder}": its ${runFiles.weights} are of other ids than its ${runFiles.ids} names: two runs were written into it`,
    );
  }
  const ids: Partial<RunIds> = jsonObject(text, `"${folder}/${runFiles.ids}"`);
  if (Array.isArray(ids.users) && Array.isArray(ids.items)) return ids as RunIds;
  throw new TypeError(`Cannot read "${folder}/${runFiles.ids}": expected lists of "users" and "items"`);
}

/** Weights, the train items of each user and the metadata that the backbone `reads`, in one safetensors file. */
export async function writeModel(
  folder: string,
  { backbone, dataset, catalogue, weights, past, ids }: SavedModel,
  reads: readonly (keyof Metadata)[] = [],
): Promise<void> {
  const { users, items, offsets, positives, popularity } = catalogue,
    order = catalogue.sequences(),
    side = packMetadata(catalogue.metadata, reads);
  const parts = safetensorsParts(
    Object.fromEntries([
      ...prefixed("", weights),
      ["seen#offsets", i32(offsets)],
      ["seen#items", i32(positives)],
      ["seen#popularity", i32(popularity)],
      ...past ? [["past#offsets", i32(past.offsets)] as const, ["past#items", i32(past.targets)] as const] : [],
      ["sequences#offsets", i32(order.offsets)],
      ["sequences#items", i32(order.items)],
      ...Object.entries(side.tensors),
    ]),
    { foil: JSON.stringify({ backbone, dataset, users, items, ids }), metadata: side.layout },
  );
  await writeWhole(`${folder}/${runFiles.weights}`, parts);
}

export async function readModel(folder: string): Promise<SavedModel> {
  const path = `${folder}/${runFiles.weights}`;
  const { tensors, metadata } = decodeSafetensors(await readBytesOf(path, "the weights of run"), path);
  const ints = (name: string): Int32Array => {
    const found = tensors[name]?.data;
    if (found instanceof Int32Array) return found;
    throw new TypeError(`Cannot read "${path}": it is no file of weights that this version of Foil wrote`);
  };
  const offsets = ints("seen#offsets"), positives = ints("seen#items"), popularity = ints("seen#popularity");
  const order = { offsets: ints("sequences#offsets"), items: ints("sequences#items") };
  const { backbone, dataset, users, items, ids } = jsonObject(metadata.foil ?? "{}", `"${path}"`) as
    & Pick<SavedModel, "backbone" | "dataset" | "ids">
    & { users: number; items: number };
  const weights = new Map([...under("", tensors)].filter(([name]) => !isState(name)));
  let side: Metadata;
  try {
    side = unpackMetadata({ tensors, layout: metadata.metadata ?? "{}" }, users, items);
  } catch (error) {
    throw new TypeError(`Cannot read the side information in "${path}": ${(error as Error).message}`, { cause: error });
  }
  const catalogue = { users, items, offsets, positives, popularity, metadata: side, sequences: () => order };
  const past = "past#items" in tensors && { past: { offsets: ints("past#offsets"), targets: ints("past#items") } };
  return { backbone, dataset, catalogue, weights, ...past, ...ids !== undefined && { ids } };
}

/** A checkpoint, with a fingerprint of what it belongs to, and what that is a digest of. */
export async function writeCheckpoint(
  folder: string,
  checkpoint: Checkpoint,
  fingerprint: string,
  facts?: RunFacts,
): Promise<void> {
  const { tensors, bestTensors, samplerState, ...position } = checkpoint;
  const state = Object.entries(samplerState).map(([name, data]): [string, Tensor] => [
    `sampler/${name}`,
    data instanceof Int32Array ? i32(data) : { dtype: "F32", shape: [data.length], data },
  ]);
  const parts = safetensorsParts(
    Object.fromEntries([...prefixed("now/", tensors), ...prefixed("best/", bestTensors), ...state]),
    { foil: JSON.stringify({ ...position, fingerprint, facts }) },
  );
  await writeWhole(`${folder}/${runFiles.checkpoint}`, parts);
}

/**
 * The checkpoint in a run folder; undefined where the run was killed before it had one.
 *
 * @throws Error where there is no such folder, or it belongs to other data or options, and says which.
 */
export async function readCheckpoint(
  folder: string,
  fingerprint: string,
  facts?: RunFacts,
): Promise<Checkpoint | undefined> {
  const path = `${folder}/${runFiles.checkpoint}`;
  if (!await exists(folder)) throw new Error(`Cannot resume "${folder}": there is no such folder`);
  if (!await exists(path)) return undefined;
  const { tensors, metadata } = decodeSafetensors(await readBytesOf(path, "the checkpoint"), path);
  const { fingerprint: own, facts: was, ...position } = jsonObject(metadata.foil ?? "{}", `"${path}"`) as unknown as
    & Omit<Checkpoint, "tensors" | "bestTensors" | "samplerState">
    & { readonly fingerprint?: string; readonly facts?: RunFacts };
  if (own !== fingerprint) {
    const changed = was && facts ? changes(was, facts) : [];
    const what = changed.length > 0 ? changed.join("; ") : "it was made with other data or options";
    throw new Error(
      `Cannot resume "${folder}" from its checkpoint: ${what}. Give what it was made with, or start anew without --resume`,
    );
  }
  if (!position.reports) {
    throw new Error(`Cannot resume from "${path}": an earlier version of Foil wrote it; without it, it starts anew`);
  }
  const state = Object.entries(tensors).filter(([name]) => name.startsWith("sampler/"));
  return {
    ...position,
    tensors: under("now/", tensors),
    bestTensors: under("best/", tensors),
    samplerState: Object.fromEntries(
      state.map(([name, { data }]) => [name.slice("sampler/".length), data as Int32Array | Float32Array]),
    ),
  };
}
