/**
 * Puts the methods of one comparison into another that was run apart, under the same protocol and with the same reference,
 * whose trials must have come out alike to the last bit. What both have is then what the second says; p-values are
 * corrected anew.
 *
 *     deno run -A docs/folded.ts docs/results/tuned/ahns-tool runs/tuned/ahns-tool-more
 */
import { markdown, type StudyRow, type StudyTable } from "../cli/comparison_text.ts";
import { readYaml, yamlText } from "../options/yaml.ts";
import { holm } from "../statistics/holm.ts";
import type { Cell } from "../studies/comparison.ts";

/** A comparison as `compare.json` has it: the table, and its protocol. */
type Study = StudyTable & Readonly<Record<string, unknown>>;

const PROTOCOL = ["data", "selectedOn", "selectBy", "refit", "seeds", "mask", "average", "ties", "metrics"] as const;
const COMPARISONS = /(?<=corrected by Holm for )\d+(?= comparisons)/;

/** The rows of both, those of `more` before the baselines or in the place of those they repeat. @throws Error where they cannot be one. */
export function folded(study: Study, more: Study): Study {
  for (const name of PROTOCOL) {
    if (JSON.stringify(study[name]) !== JSON.stringify(more[name])) throw new Error(`Cannot fold: "${name}" differs`);
  }
  if (study.notes[0] !== more.notes[0]) throw new Error(`Cannot fold: "${study.notes[0]}" is not "${more.notes[0]}"`);
  const [reference, other] = [study, more].map(({ rows }) => rows.find((row) => row.reference === null)!);
  if (reference!.label !== other!.label || measured(reference!) !== measured(other!)) {
    throw new Error(`Cannot fold: "${reference!.label}" came out otherwise`);
  }
  const isNew = ({ label, bestEpoch }: StudyRow) => bestEpoch !== null && label !== other!.label;
  const fresh = new Map(more.rows.filter(isNew).map((row) => [row.label, row]));
  const kept = study.rows.map((row) => fresh.get(row.label) ?? row),
    at = kept.findIndex((row) => row.bestEpoch === null);
  const added = [...fresh.values()].filter(({ label }) => study.rows.every((row) => row.label !== label));
  const rows = corrected(at < 0 ? [...kept, ...added] : kept.toSpliced(at, 0, ...added), study.metrics);
  const tests = rows.filter(({ cells }) => cells?.[study.metrics[0]!]?.against).length;
  return { ...study, rows, notes: study.notes.map((note) => note.replace(COMPARISONS, `${tests}`)) };
}

const measured = ({ cells }: StudyRow): string =>
  JSON.stringify(Object.entries(cells ?? {}).map(([metric, { values }]) => [metric, values]));

/** Rows whose p-values are corrected for as many tests as there are now. */
function corrected(rows: readonly StudyRow[], metrics: readonly string[]): StudyRow[] {
  const tests = (metric: string) => {
    const against = rows.map(({ cells }) => cells?.[metric]?.against);
    return {
      seeds: holm(against.map((found) => found?.overSeeds.p ?? null)),
      users: holm(against.map((found) => found?.overUsers?.p ?? null)),
    };
  };
  const found = new Map(metrics.map((metric) => [metric, tests(metric)]));
  const cell = (given: Cell, metric: string, at: number): Cell => {
    const { against } = given, { seeds, users } = found.get(metric)!;
    if (!against) return given;
    const { overSeeds, overUsers } = against;
    return {
      ...given,
      against: {
        ...against,
        overSeeds: { ...overSeeds, holm: seeds[at]! },
        overUsers: overUsers && { ...overUsers, holm: users[at]! },
      },
    };
  };
  return rows.map((row, at) => ({
    ...row,
    cells: row.cells &&
      Object.fromEntries(Object.entries(row.cells).map(([metric, given]) => [metric, cell(given, metric, at)])),
  }));
}

/** The options of both, with the methods in the order of the table. */
function withMethods(config: Record<string, unknown>, more: Record<string, unknown>, rows: readonly StudyRow[]) {
  const written = [more, config].flatMap(({ samplers }) => samplers as string[]);
  const methods = rows.map(({ label }) => written.find((text) => text.startsWith(`${label}=`)));
  return { ...config, samplers: methods.filter((text) => text !== undefined) };
}

if (import.meta.main) {
  const [into, from] = Deno.args;
  if (!into || !from) throw new TypeError("Expected the folder of a comparison, and that of another to be put into it");
  const read = async (folder: string) => JSON.parse(await Deno.readTextFile(`${folder}/compare.json`)) as Study;
  const options = async (folder: string) =>
    readYaml(await Deno.readTextFile(`${folder}/config.yaml`)) as Record<string, unknown>;
  const found = folded(await read(into), await read(from));
  const config = withMethods(await options(into), await options(from), found.rows);
  await Deno.writeTextFile(`${into}/compare.json`, `${JSON.stringify(found, null, 2)}\n`);
  await Deno.writeTextFile(`${into}/compare.md`, markdown(found));
  await Deno.writeTextFile(`${into}/config.yaml`, yamlText(config));
}
