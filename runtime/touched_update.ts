import type { RowGradient, Variable } from "../graphs/builder.ts";
import { sizeOf } from "../graphs/tensor.ts";
import type { Block, Space } from "./arena.ts";
import { type GradientRows, type HostUpdate, rowAdder, ruleKernel } from "./host_update.ts";
import { GRADIENT, scalarsAt } from "./rule_formula.ts";
import type { UpdateRule } from "./update.ts";

/**
 * The update of the rows that a step touches. Their sums lie one after the other, a row for each different id, so that
 * memory is that of a batch, not of the table, and sums stay near each other.
 */
export function touchedUpdate(
  variable: Variable,
  { parts }: RowGradient,
  rule: UpdateRule,
  arena: Space,
  parameter: Block,
  states: readonly Block[],
): HostUpdate {
  const kernel = ruleKernel(rule, arena, GRADIENT);
  const count = variable.shape[0] ?? 1, width = sizeOf(variable.shape) / Math.max(1, count);
  const lengths = parts.map(({ ids }) => sizeOf(ids.shape));
  const most = Math.min(count, lengths.reduce((total, length) => total + length, 0));
  const sums = arena.allocate(most * width),
    add = rowAdder(arena, sums, width),
    touched = touchedRows(arena, count, most);
  const slots = lengths.map((length) => new Int32Array(length));
  const tables = [parameter, ...states];
  let rows = 0;
  return {
    take(gradient) {
      const given = gradient as readonly GradientRows[];
      rows = touched.number(given.map(({ ids }) => ids), slots);
      given.forEach((part, at) => add({ ...part, ids: slots[at]! }, at));
    },
    apply(step) {
      const scalars = scalarsAt(rule, step);
      arena.fetch(rows, tables.map((table) => ({ ids: touched.ids, table })), width, (first, count) => {
        const ids = touched.ids + first * Int32Array.BYTES_PER_ELEMENT;
        const summed = sums.byteOffset + first * width * Float32Array.BYTES_PER_ELEMENT;
        const [own, ...kept] = tables.map(({ byteOffset }) => byteOffset);
        kernel({ ids, count, length: width }, [own!, summed, ...kept], scalars);
      });
    },
  };
}

/** Numbers the ids of a step in the order of coming, each once: at most `most` of them, below `rows`. */
function touchedRows(arena: Space, rows: number, most: number) {
  const slotOf = new Int32Array(rows).fill(-1), found = arena.allocate(most);
  return {
    /** Where the different ids are, by number. */
    ids: found.byteOffset,
    /** Writes the number of each id into `slots`; returns how many different ones there are. */
    number(parts: readonly Int32Array[], slots: readonly Int32Array[]): number {
      const distinct = found.ints();
      let count = 0;
      parts.forEach((ids, part) => {
        const into = slots[part]!;
        for (let at = 0; at < ids.length; at++) {
          const id = ids[at]!;
          let slot = slotOf[id]!;
          if (slot < 0) {
            slot = slotOf[id] = count;
            distinct[count++] = id;
          }
          into[at] = slot;
        }
      });
      for (let at = 0; at < count; at++) slotOf[distinct[at]!] = -1;
      return count;
    },
  };
}
