import { barring } from "../candidates.ts";
import { idsOf, type ParameterLimits, type Parameters } from "./parameters.ts";
import type { ServedModel } from "./served_model.ts";

/** Which items are not to be in an answer. */
export interface Barred {
  /** Ascending; undefined where all may be. */
  readonly barred?: Int32Array;
  /** How many of the ids that say so the model does not know. */
  readonly unknown: number;
}

/** What `without` and `among` of a request bar; ids that the model does not know are left out and counted. */
export function barredBy({ ids, itemOf }: ServedModel, given: Parameters, limits: ParameterLimits): Barred {
  let unknown = 0;
  const known = (parameter: "without" | "among") => {
    if (!(parameter in given)) return {};
    const all = idsOf(given, parameter, limits, 0), items = all.map(itemOf).filter((item) => item !== undefined);
    unknown += all.length - items.length;
    return { [parameter]: items };
  };
  const lists = { ...known("without"), ...known("among") };
  return Object.keys(lists).length === 0 ? { unknown } : { barred: barring(ids.items.length, lists), unknown };
}
