import { activeUsers, catalogue as catalogueOf } from "../datasets/catalogue.ts";
import { continued, type Sequences, sequences } from "../datasets/sequences.ts";
import { evaluated } from "../evaluation/judge.ts";
import { type KeptLists, keptUsers } from "../evaluation/kept_lists.ts";
import type { TestedUsers } from "../reports/case_study.ts";
import { LISTS_KEPT, type Protocol } from "../studies/protocol.ts";
import { decodeSafetensors, encodeSafetensors, type Tensor } from "../training/safetensors.ts";
import { readBytesOf, writeWhole } from "./files.ts";
import type { OpenedProtocol } from "./protocol_options.ts";
import { runFiles } from "./run_files.ts";
import { writeIds } from "./run_folder.ts";

/** Items of a history that are kept. */
const HISTORY_KEPT = 50;

/** Writes what a study's lists are read beside: the log's ids and titles, and who is tested. */
export async function writeUsers(folder: string, { data, protocol }: OpenedProtocol): Promise<void> {
  await writeIds(folder, data);
  await writeTested(folder, protocol);
}

/** Writes who is tested under a protocol: the same users for every model. Nothing where nobody is. */
export async function writeTested(folder: string, { catalogue, testing, sample }: Protocol): Promise<void> {
  if (!testing) return;
  const truth = catalogueOf(evaluated(testing.held, sample)),
    own = (user: number, { offsets, items }: Sequences) => items.subarray(offsets[user], offsets[user + 1]);
  const users = keptUsers(activeUsers(truth), LISTS_KEPT);
  const { alsoSeen, alsoRead = [] } = testing;
  const known = [...alsoSeen, ...alsoRead].map(sequences).reduce(continued, catalogue.sequences());
  const held = { offsets: truth.offsets, items: truth.positives };
  const met = rows(Array.from(users, (user) => own(user, known).slice(-HISTORY_KEPT)));
  const heldOut = rows(Array.from(users, (user) => own(user, held)));
  const bytes = encodeSafetensors({
    users: i32(users),
    metCounts: i32(users.map((user) => own(user, known).length)),
    "met#offsets": i32(met.offsets),
    "met#items": i32(met.items),
    "held#offsets": i32(heldOut.offsets),
    "held#items": i32(heldOut.items),
  });
  await writeWhole(`${folder}/${runFiles.tested}`, bytes);
}

/** @throws Error where there is no such file, or it is something else. */
export async function readTested(folder: string): Promise<TestedUsers> {
  const ints = await intsOf(`${folder}/${runFiles.tested}`, "the tested users of");
  return {
    users: ints("users"),
    metCounts: ints("metCounts"),
    met: { offsets: ints("met#offsets"), items: ints("met#items") },
    held: { offsets: ints("held#offsets"), items: ints("held#items") },
  };
}

/** Writes the lists that a model came to on test, into its folder. */
export async function writeLists(folder: string, { users, items, length }: KeptLists): Promise<void> {
  const lists: Tensor = { dtype: "I32", shape: [users.length, length], data: items };
  await writeWhole(`${folder}/${runFiles.lists}`, encodeSafetensors({ users: i32(users), lists }));
}

/** @throws Error where there is no such file, or it is something else. */
export async function readLists(folder: string): Promise<KeptLists> {
  const ints = await intsOf(`${folder}/${runFiles.lists}`, "the lists of"),
    users = ints("users"),
    items = ints("lists");
  return { users, items, length: items.length / users.length };
}

const i32 = (data: Int32Array): Tensor => ({ dtype: "I32", shape: [data.length], data });

function rows(parts: readonly Int32Array[]): Sequences {
  const offsets = new Int32Array(parts.length + 1);
  parts.forEach((part, at) => offsets[at + 1] = offsets[at]! + part.length);
  const items = new Int32Array(offsets.at(-1)!);
  parts.forEach((part, at) => items.set(part, offsets[at]));
  return { offsets, items };
}

async function intsOf(path: string, what: string): Promise<(name: string) => Int32Array> {
  const { tensors } = decodeSafetensors(await readBytesOf(path, what), path);
  return (name) => {
    const found = tensors[name]?.data;
    if (found instanceof Int32Array) return found;
    throw new TypeError(`Cannot read "${path}": expected int32 values "${name}", found none`);
  };
}
