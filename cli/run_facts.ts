import type { Dataset } from "../datasets/dataset.ts";
import { methodText } from "../options/method_spec.ts";
import { dataOptions, type DataValues } from "./data_options.ts";
import { columnsOf, fingerprintOf } from "./fingerprint.ts";
import { kebab } from "./flags.ts";
import { digestOfNames, digestOfStart } from "./digest_of_start.ts";
import { decisiveOptions } from "./train_parts.ts";
import type { TrainValues } from "./train_options.ts";

/** What decides a run's numbers. A checkpoint keeps it, to say what has become another. */
export interface RunFacts {
  /** By name, as text; methods with every option in them. */
  readonly options: Readonly<Record<string, string>>;
  /** Train, valid, test and each kind of side information. */
  readonly data: Readonly<Record<string, PartFacts>>;
}

interface PartFacts {
  /** Where it was read. */
  readonly from: string;
  /** Interactions, users and items, of parts that have them. */
  readonly counts?: readonly [number, number, number];
  readonly digest: string;
}

/** What decides the numbers of a run of `train` on these data. */
export async function runFacts(values: TrainValues, data: Dataset): Promise<RunFacts> {
  const { train, valid, test, before = {}, metadata = {} } = data;
  const parts = { train, valid, test, "before valid": before.valid, "before test": before.test };
  const found: Record<string, PartFacts> = {};
  for (const [name, part] of Object.entries(parts)) {
    if (!part) continue;
    const counts = [part.users.length, part.userCount, part.itemCount] as const;
    found[name] = { from: sources[name]?.(values) ?? log(values), counts, digest: await digestOf(part) };
  }
  for (const [name, part] of Object.entries(metadata)) {
    if (part) found[name] = { from: sources[name]?.(values) ?? log(values), digest: await digestOf(part) };
  }
  if (values.init !== null) {
    found.init = { from: values.init, digest: await digestOfStart(values.init) };
    found.names = { from: log(values), digest: await digestOfNames(data) }; // which decide what is carried over
  }
  return { options: decisive(values), data: found };
}

const log = ({ data, sql }: DataValues): string => data ?? sql ?? "the embedded dataset";
/** The options that name the files of parts, where they are files of their own. */
const sources: Readonly<Record<string, (values: DataValues) => string | null>> = {
  valid: ({ valid }) => valid,
  test: ({ test }) => test,
  friends: ({ friends }) => friends,
  attributes: ({ attributes }) => attributes,
  userAttributes: ({ userAttributes }) => userAttributes,
  vectors: ({ itemVectors }) => itemVectors,
  dislikes: ({ dislikes }) => dislikes,
  behaviours: ({ behaviours }) => behaviours,
  source: ({ sourceDomain }) => sourceDomain,
  knowledge: ({ kg }) => kg,
};

/** Of columns, and of the counts beside them. */
function digestOf(part: object): Promise<string> {
  const counts = Object.fromEntries(Object.entries(part).filter(([, value]) => typeof value === "number"));
  return fingerprintOf(counts, columnsOf(part));
}

/** A digest of what decides: equal ones have equal numbers. */
export async function digestOfFacts({ options, data }: RunFacts): Promise<string> {
  const own = Object.entries(options).filter(([name]) => !tellsOfData(name, options));
  const parts = Object.entries(data).map(([name, { digest }]) => [`data ${name}`, digest] as const);
  return await fingerprintOf(Object.fromEntries([...own, ...parts]), []);
}

/** Whether an option decides by what becomes of the data alone. By the seed of splits users are sampled, too. */
const tellsOfData = (name: string, { evaluateUsers }: RunFacts["options"]): boolean =>
  name in dataOptions && !(name === "splitSeed" && evaluateUsers !== "0");

/** What is another than it was, a clause each; data that lie elsewhere and are the same are no difference. */
export function changes(was: RunFacts, is: RunFacts): readonly string[] {
  const names = <T>(
    of: (facts: RunFacts) => Readonly<Record<string, T>>,
  ) => [...new Set([...Object.keys(of(was)), ...Object.keys(of(is))])];
  const data = names(({ data }) => data).flatMap((name) => partChange(name, was.data[name], is.data[name]));
  const options = names(({ options }) => options)
    .filter((name) => was.options[name] !== is.options[name] && (data.length > 0 || !tellsOfData(name, is.options)))
    .map((name) => `--${kebab(name)} is ${shown(is.options[name])}, was ${shown(was.options[name])}`);
  return [...data, ...options];
}

/** A backbone that is a file is what is in it. */
const shown = (value = "not given"): string => value.replace(/^([0-9a-f]{8})[0-9a-f]{56}/, "a file of SHA-256 $1...");

function partChange(name: string, was: PartFacts | undefined, is: PartFacts | undefined): string[] {
  if (was?.digest === is?.digest) return [];
  if (!is) return [`there is no ${name}, there was ("${was!.from}")`];
  const of = `${name} ("${is.from}")`;
  if (!was) return [`there is ${of}, there was none`];
  if (!is.counts || !was.counts) return [`${of} is not what it was`];
  const [rows, users, items] = is.counts, [hadRows, hadUsers, hadItems] = was.counts;
  const had = `${is.counts}` === `${was.counts}`
    ? "as many as it had, but others"
    : `had ${hadRows} of ${hadUsers} users and ${hadItems} items`;
  return [`${of} has ${rows} interactions of ${users} users and ${items} items, ${had}`];
}

/** Options that decide a run's numbers: not those that say how it talks, how long it is or where it lies. */
export function decisive(values: TrainValues): Record<string, string> {
  const { json: _json, quiet: _quiet, resume: _resume, out: _out, epochs: _epochs, recipe: _recipe, ...rest } = values;
  const { memory: _memory, workers: _workers, threads: _threads, ties, ...numbers } = rest;
  const all = { ...decisiveOptions(numbers), ...ties !== "by-id" && { ties } },
    { backbone, sampler, loss, optimizer } = all;
  const methods = Object.entries({ backbone, sampler, loss, optimizer }).map(([kind, { name, options }]) => {
    const given = Object.entries(options).filter(([, value]) => value !== null);
    return [kind, methodText({ name, ...Object.fromEntries(given) })] as const;
  });
  return Object.fromEntries(
    Object.entries({ ...all, ...Object.fromEntries(methods) }).filter(([, value]) => value !== null)
      .map(([name, value]) => [name, String(value)]),
  );
}
