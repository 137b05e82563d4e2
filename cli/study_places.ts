import type { Dataset } from "../datasets/dataset.ts";
import { factsOf } from "../recipes/facts.ts";
import { decisiveColumns, fingerprintOf } from "./fingerprint.ts";
import { digestOfNames, digestOfStart } from "./digest_of_start.ts";
import type { StudyMethod } from "./study_methods.ts";
import type { CompareValues } from "./study_options.ts";
import { decisiveOptions, namedParts } from "./train_parts.ts";

/** A folder under the study's, and a digest of all that decides what will lie in it. */
export interface Place {
  readonly folder: string;
  readonly fingerprint: string;
}

/** Characters of a digest in a folder's name. */
const SHOWN = 8;

/** Where trials and baselines lie. What decides the numbers is in the digest, whatever it is called or wherever data lies. */
export async function openPlaces(folder: string, data: Dataset, values: CompareValues, metrics: readonly string[]) {
  const { select, selectBy, evaluateEvery, patience, provider, mask, average, ties, evaluateUsers, splitSeed, refit } =
    values;
  const protocol = {
    data: await fingerprintOf({}, decisiveColumns(data)),
    select,
    selectBy,
    metrics: metrics.toSorted(),
    // as they were before there was a choice: studies that are under way go on
    ...mask !== "seen" && { mask },
    ...average !== "users" && { average },
    ...ties !== "by-id" && { ties },
    ...refit && { refit },
    ...evaluateUsers > 0 && { evaluateUsers, splitSeed },
  };
  const facts = factsOf(data.train);
  const place = async (kind: string, name: string, decides: Readonly<Record<string, unknown>>): Promise<Place> => {
    const fingerprint = await fingerprintOf({ ...protocol, ...decides }, []);
    return { folder: `${folder}/${kind}/${name}-${fingerprint.slice(0, SHOWN)}`, fingerprint };
  };
  return {
    baseline: (name: string) => place("baselines", name, { baseline: name }),
    /** Of one method under one seed. */
    trial: async ({ settled }: StudyMethod, seed: number) => {
      const method = settled(facts), { backbone, sampler, loss, optimizer, ...others } = decisiveOptions(method);
      const start = method.init !== null &&
        { init: await digestOfStart(method.init), names: await digestOfNames(data) };
      const decides = { backbone, sampler, loss, optimizer, ...others, ...start }; // in this order ever since
      const settings = { evaluateEvery, patience, provider, seed };
      return await place("trials", [...namedParts(method), seed].join("-"), { ...decides, ...settings });
    },
  };
}

/** Where a study's trials and baselines lie. */
export type Places = Awaited<ReturnType<typeof openPlaces>>;
