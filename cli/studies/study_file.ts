import { checkNamed } from "../own_folder.ts";
import { baseName } from "../../datasets/base_name.ts";
import { isMapping } from "../../options/mapping.ts";
import { resolve } from "../../options/option.ts";
import { joined, readConfig } from "../flags.ts";
import { threadsOfEach } from "../jobs.ts";
import { comparison } from "../study_comparison.ts";
import { compareOptions } from "../study_options.ts";
import { crossed } from "./crossed.ts";
import { fileOptions, partOptions } from "./options.ts";
import { withRecipes } from "../study_recipes.ts";
import type { Study, StudyPart } from "./study.ts";

/** A study as it is given, in values that can be sent to another thread or machine. */
export interface GivenStudy {
  /** What its file is called. */
  readonly file: string;
  /** What the file says. */
  readonly given: Readonly<Record<string, unknown>>;
  /** Its folder. */
  readonly out: string;
}

/** What data are called that come with Foil. */
const EMBEDDED = "embedded";

/** Reads a study's file, of which `out` may override the folder. @throws TypeError naming it and what is wrong. */
export async function givenStudy(file: string, out: string | null): Promise<GivenStudy> {
  const { out: own, ...given } = await readConfig(file, "the study");
  if (own !== undefined && typeof own !== "string") {
    throw new TypeError(`Cannot study "${file}": "out" is the name of a folder, found ${JSON.stringify(own)}`);
  }
  checkNamed(out ?? own ?? file, "a study");
  const data = Array.isArray(given.data) ? await Promise.all(given.data.map(recipesIn)) : await recipesIn(given.data);
  return { file, given: { ...await recipesIn(given), data }, out: out ?? own ?? `runs/${stem(file)}` };
}

/** A mapping with the recipes of its samplers in place of their names; anything else as it is. */
async function recipesIn<T>(given: T): Promise<T> {
  if (typeof given !== "object" || given === null || !("samplers" in given)) return given;
  const { samplers } = given;
  return { ...given, samplers: await withRecipes(Array.isArray(samplers) ? samplers : [samplers]) };
}

const stem = (path: string) => baseName(path.replace(/[/\\]+$/, "")).replace(/\.[^.]*$/, "");

/**
 * The study that is given. On machines of so many `lanes`, each with a trial of its own at a time, what is left to choose
 * of threads is parted among them.
 *
 * @throws TypeError naming the file and what cannot be made of it: nothing has been read or trained then.
 */
export function studyOf({ file, given, out }: GivenStudy, lanes = 1): Study {
  const { data = null, ...shared } = given, listed = Array.isArray(data) ? data : [data];
  if (listed.length === 0) throw new TypeError(`Cannot study "${file}": "data" lists no dataset`);
  const parts = listed.map((each) => {
    const { label, own } = datasetOf(file, each);
    return naming(file, () => partOf(label, `${out}/${label}`, { ...shared, ...own }, lanes));
  });
  for (const [at, { label }] of parts.entries()) {
    if (parts.findIndex((other) => other.label === label) === at) continue;
    throw new TypeError(`Cannot study "${file}": two datasets are both called "${label}"; give one a label`);
  }
  return { folder: out, parts };
}

/** A dataset in the list: where it lies, or a mapping of that and of options of its own. */
function datasetOf(file: string, each: unknown): { readonly label: string; readonly own: Record<string, unknown> } {
  const own = isMapping(each) ? each : { data: each };
  const { label: named, ...rest } = own, { data = null } = rest;
  if (!("data" in rest) && !("sql" in rest)) {
    throw new TypeError(
      `Cannot study "${file}": a dataset is a file, or a mapping with "data" (null: the embedded one) or "sql", found ${
        JSON.stringify(each)
      }`,
    );
  }
  if (data !== null && typeof data !== "string") {
    throw new TypeError(`Cannot study "${file}": data are a file, or a mapping, found ${JSON.stringify(each)}`);
  }
  if (rest.metrics !== undefined) {
    throw new TypeError(`Cannot study "${file}": "metrics" are those of the whole study, not of one of its data`);
  }
  const label = typeof named === "string" ? named : data !== null ? stem(data.replace(/^fetched:/, "")) : EMBEDDED;
  if (/^[^/\\:]+$/.test(label) && !/^\.+$/.test(label)) return { label, own: rest };
  throw new TypeError(`Cannot study "${file}": data are called what a folder can be called, found "${label}"`);
}

function partOf(label: string, folder: string, given: Readonly<Record<string, unknown>>, lanes: number): StudyPart {
  const { metrics = compareOptions.metrics.default, ...own } = joined(given, fileOptions);
  const { backbones, losses, against, ...rest } = resolve(label, partOptions, own);
  const table = resolve(label, { metrics: compareOptions.metrics }, { metrics });
  if (rest.samplers === null) throw new TypeError(`Cannot make "${label}": "samplers" says which samplers`);
  for (const [one, several] of [["backbone", "backbones"], ["loss", "losses"]] as const) {
    if (own[one] === undefined || own[several] === undefined) continue;
    throw new TypeError(`Cannot make "${label}": it has both "${one}" and "${several}"; give one of them`);
  }
  const values = {
    ...{ ...rest, ...table, out: folder, json: false, quiet: false },
    ...threadsOfEach(rest, lanes),
  };
  const methods = crossed({ ...rest, backbones, losses, against }, values);
  return { label, folder, config: given, comparison: comparison(values, methods) };
}

/** What is wrong is told with the file that says it. */
function naming<T>(file: string, make: () => T): T {
  try {
    return make();
  } catch (error) {
    throw new TypeError(`${(error as Error).message.replace(/^Cannot make/, "Cannot study")} (in "${file}")`);
  }
}
