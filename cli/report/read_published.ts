import { isMapping } from "../../options/mapping.ts";
import type { Published } from "../../reports/charts/results.ts";
import { readConfig } from "../flags.ts";

/**
 * Reads what others published: by dataset, a `source` and `metrics`, in which each metric has a number for each method.
 *
 * @throws TypeError naming what is otherwise.
 */
export async function readPublished(path: string): Promise<Readonly<Record<string, Published>>> {
  const found = await readConfig(path, "what was published,");
  for (const [data, entry] of Object.entries(found)) {
    const { source, metrics } = (entry ?? {}) as Partial<Published>;
    if (typeof source !== "string" || !isTable(metrics)) {
      throw new TypeError(
        `Cannot read "${path}": expected "${data}" to have a "source" and "metrics" with a number for each method, found ` +
          JSON.stringify(entry).slice(0, 60),
      );
    }
  }
  return found as Record<string, Published>;
}

const isTable = (value: unknown): value is Published["metrics"] =>
  isMapping(value) &&
  Object.values(value).every((row) => isMapping(row) && Object.values(row).every((each) => typeof each === "number"));
