import type { KeptLists } from "../evaluation/kept_lists.ts";
import type { Cell } from "../studies/comparison.ts";
import type { EpochReport } from "../training/recipe.ts";
import type { Style } from "./palette.ts";

/** A value of an option. */
export type OptionValue = string | number | boolean | null;

/** One run of a method. */
export interface Trial {
  readonly seed: number;
  /** Empty where it has none, or they are not there. */
  readonly epochs: readonly EpochReport[];
  /** The epoch that its result is; null where none was picked. */
  readonly best: number | null;
  /** What it measured on test; null where it did not. */
  readonly test: Readonly<Record<string, number>> | null;
}

/** A method, and its trials by seed. */
export interface Method {
  readonly label: string;
  /** False for what has no epochs: a baseline. */
  readonly trained: boolean;
  readonly style: Style;
  /** All that it is made of, such as `sampler.pool`, defaults too; empty where it is not known. */
  readonly options: Readonly<Record<string, OptionValue>>;
  readonly trials: readonly Trial[];
  /** By metric; null where no trial of it was tested. */
  readonly cells: Readonly<Record<string, Cell>> | null;
  /** The label of the method that it is tested against; null where it is against none. */
  readonly reference: string | null;
  /** Means over trials; null for a baseline. */
  readonly bestEpoch: number | null;
  readonly secondsPerEpoch: number | null;
  /** What the trial of this seed recommended. */
  readonly lists: { readonly seed: number; readonly kept: KeptLists } | null;
}

/** Methods under one protocol on one dataset. */
export interface Study {
  readonly data: string;
  /** What it is called where several are told of: by its data, and its folder where others have the same. */
  readonly title: string;
  /** Folders that it was read from. */
  readonly from: readonly string[];
  /** Whether it is of `compare`; else of runs of `train`. */
  readonly compared: boolean;
  readonly selectedOn: "valid" | "test" | "last";
  readonly selectBy: string;
  readonly seeds: readonly number[];
  /** Of the table, the first of them first. */
  readonly metrics: readonly string[];
  readonly methods: readonly Method[];
  /** Sentences on how the numbers came about. */
  readonly notes: readonly string[];
}

/** What a study's runs and figures say of how the epoch was picked. */
export const selectedText = ({ selectedOn, selectBy }: Pick<Study, "selectedOn" | "selectBy">): string =>
  ({
    valid: `the best epoch by ${selectBy} on validation`,
    test: `the best epoch by ${selectBy} on the TEST set, which makes it optimistic`,
    last: "the last epoch",
  })[selectedOn];

/** What figures take of a study that has no logs of trials; of one that has them, what they are told to take. */
export function takesTrials({ methods, compared, from }: Study, otherwise: string): string {
  if (methods.some(({ trials }) => trials.some(({ epochs }) => epochs.length > 0))) return otherwise;
  return compared
    ? `folders of trials that compare.json names: compare --config ${from[0]}/config.yaml --out ${from[0]} makes them`
    : "runs with a log.jsonl, as train writes it";
}
