import type { Evaluation } from "../evaluation/full_ranking.ts";
import type { Measured } from "../studies/comparison.ts";
import { decodeSafetensors, encodeSafetensors } from "../training/safetensors.ts";
import { exists, readBytesOf, readText, writeWhole } from "./files.ts";
import { jsonObject } from "./json_object.ts";
import { runFiles } from "./run_files.ts";
import { writeLists } from "./tested_lists.ts";

/** The file of each user's metrics beside a trial's metrics.json. */
const PER_USER = "per_user.safetensors";

/** The file that says why a trial stopped with an error. */
const FAILURE = "failed.json";

/** What a trial, or a baseline, came to. */
export interface Outcome extends Measured {
  /** Where it lies. */
  readonly folder: string;
  /** What is said of it beside the measurements: the best epoch, seconds. */
  readonly facts: Readonly<Record<string, unknown>>;
}

/** Writes an outcome into its folder; metrics.json comes last, so that where it is, all is. */
export async function writeOutcome(
  folder: string,
  fingerprint: string,
  { metrics, catalogue, perUser, users, lists }: Evaluation,
  facts: Readonly<Record<string, unknown>>,
): Promise<void> {
  const columns = Object.entries(perUser).map(([name, values]) => {
    return [name, { dtype: "F32" as const, shape: [values.length], data: Float32Array.from(values) }] as const;
  });
  const bytes = encodeSafetensors(
    { ...Object.fromEntries(columns), users: { dtype: "I32", shape: [users.length], data: users } },
    { foil: JSON.stringify({ fingerprint }) },
  );
  await writeWhole(`${folder}/${PER_USER}`, bytes);
  if (lists) await writeLists(folder, lists);
  const summary = { fingerprint, ...facts, test: { ...metrics, ...catalogue } };
  await writeWhole(`${folder}/${runFiles.metrics}`, `${JSON.stringify(summary, null, 2)}\n`);
}

/** Whether something has come to an end in a folder. */
export const isDone = (folder: string): Promise<boolean> => exists(`${folder}/${runFiles.metrics}`);

/**
 * The outcome in a folder, with the metrics `wanted`; undefined where it is not there, or of something else.
 *
 * @throws TypeError naming the file that is damaged.
 */
export async function readOutcome(
  folder: string,
  fingerprint: string,
  wanted: readonly string[],
): Promise<Outcome | undefined> {
  const path = `${folder}/${runFiles.metrics}`;
  if (!await isDone(folder)) return undefined;
  const { test, ...facts } = jsonObject(await readText(path, "the metrics of a trial"), `"${path}"`);
  if (facts.fingerprint !== fingerprint) return undefined;
  const users = `${folder}/${PER_USER}`;
  const { tensors } = decodeSafetensors(await readBytesOf(users, "the users' metrics of a trial"), users);
  const perUser = wanted.filter((name) => name in tensors) // a balance is no mean over users
    .map((name) => [name, tensors[name]!.data as Float32Array] as const);
  return { folder, facts, metrics: test as Record<string, number>, perUser: Object.fromEntries(perUser) };
}

/** The same, of what is not run again: checkpoints, that of a refit, too, go; a process killed just then leaves them. */
export async function settledOutcome(
  folder: string,
  fingerprint: string,
  wanted: readonly string[],
): Promise<Outcome | undefined> {
  const outcome = await readOutcome(folder, fingerprint, wanted);
  for (const at of outcome ? [folder, `${folder}/${runFiles.refit}`] : []) {
    await Deno.remove(`${at}/${runFiles.checkpoint}`).catch(() => {});
  }
  return outcome;
}

/** Notes why something could not be done; what is done later takes its place. */
export async function writeFailure(folder: string, fingerprint: string, error: string): Promise<void> {
  await writeWhole(`${folder}/${FAILURE}`, `${JSON.stringify({ fingerprint, error })}\n`);
}

/** Why something could not be done when it was last tried; undefined where it was not, or could. */
export async function readFailure(folder: string, fingerprint: string): Promise<string | undefined> {
  const path = `${folder}/${FAILURE}`;
  if (!await exists(path)) return undefined;
  const found = jsonObject(await readText(path, "the failure of a trial"), `"${path}"`);
  return found.fingerprint === fingerprint ? String(found.error) : undefined;
}

/** Forgets a failure: it is tried again. */
export const removeFailure = (folder: string): Promise<void> => Deno.remove(`${folder}/${FAILURE}`).catch(() => {});
