/** The original names of dense ids: `names[id]` is what the source called `id`. */
export interface Ids {
  readonly names: readonly string[];
  /** The dense id of a name, or undefined where there is none. */
  indexOf(name: string): number | undefined;
}

/**
 * Ids of these names, in this order.
 *
 * @throws RangeError where a name comes twice (when {@link Ids.indexOf} is first asked).
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { namedIds } from "./ids.ts";
 *
 * const ids = namedIds(["B00A", "B00B"]);
 * assert.equal(ids.indexOf("B00B"), 1);
 * assert.equal(ids.indexOf("B00C"), undefined);
 * ```
 */
export function namedIds(names: readonly string[]): Ids {
  let index: Map<string, number> | undefined;
  const build = () => {
    const built = new Map(names.map((name, id) => [name, id]));
    if (built.size === names.length) return built;
    const id = names.findIndex((name, at) => built.get(name) !== at);
    throw new RangeError(
      `Cannot number ids by name: "${names[id]}" is the name of both ${id} and ${built.get(names[id]!)}`,
    );
  };
  return { names, indexOf: (name) => (index ??= build()).get(name) };
}

/** Ids whose names are their own numbers: "0", "1", ... */
export const numberedIds = (count: number): Ids => namedIds(Array.from({ length: count }, (_, id) => String(id)));
