import type { GraphBuilder, Value } from "../graphs/builder.ts";
import { prune } from "../graphs/prune.ts";
import { phasePlan } from "./host_phase.ts";
import { gatheredRows, isFed } from "./table_rows.ts";

/** Values by their names in the graph. */
export const named = (values: Iterable<Value>): Record<string, Value> =>
  Object.fromEntries(Array.from(values, (value) => [value.name, value]));

/**
 * The ids that are worth computing in a session of their own, before the one that computes `asked`: those of negatives
 * that the graph chooses by score, say. What is gathered by them the host can then take where it lies, as it does by fed
 * ids, in place of feeding a session the whole table. Empty where that would compute more than it spares, as where both
 * sessions would run one network.
 */
export function earlyIds(graph: GraphBuilder, asked: Readonly<Record<string, Value>>): ReadonlySet<Value> {
  const { nodes } = prune(graph, Object.values(asked)), computed = new Set<Value>();
  for (const node of nodes) {
    const rows = gatheredRows(node);
    if (rows && !isFed(rows.ids) && !rows.ids.data) computed.add(rows.ids);
  }
  const dependsOnOthers = (ids: Value) =>
    // on rows that are gathered by computed ids
    prune(graph, [ids]).nodes.some((node) => computed.has(gatheredRows(node)?.ids as Value));
  const early = new Set([...computed].filter((ids) => !dependsOnOthers(ids)));
  if (early.size === 0) return early;
  const together = phasePlan(graph, asked).elements;
  const apart = phasePlan(graph, named(early)).elements + phasePlan(graph, asked, early).elements;
  return apart < together ? early : new Set();
}
