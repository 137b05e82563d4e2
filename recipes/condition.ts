import { type DataFacts, factNames } from "./facts.ts";

/** Whether something holds of data. */
export type Condition = (facts: DataFacts) => boolean;

const relations: Readonly<Record<string, (a: number, b: number) => boolean>> = {
  "<": (a, b) => a < b,
  "<=": (a, b) => a <= b,
  ">": (a, b) => a > b,
  ">=": (a, b) => a >= b,
};

/**
 * Reads a condition: facts beside numbers, joined by "and".
 *
 * @throws TypeError naming the part that cannot be read.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { condition } from "./condition.ts";
 *
 * const holds = condition("density >= 0.01 and users < 5e4");
 * const data = { users: 6040, items: 3706, interactions: 8e5, density: 0.036, perUser: 132, perItem: 216 };
 * assert.deepEqual([holds(data), holds({ ...data, users: 1e6 })], [true, false]);
 * ```
 */
export function condition(text: string): Condition {
  const parts = text.split(/\s+and\s+/).map((part) => {
    const [, name, relation, number] = /^\s*(\w+)\s*(<=|>=|<|>)\s*(\S+)\s*$/.exec(part) ?? [];
    const fact = factNames.find((known) => known === name), limit = Number(number);
    if (fact && Number.isFinite(limit)) return (facts: DataFacts) => relations[relation!]!(facts[fact], limit);
    throw new TypeError(
      `Cannot read the condition "${text}": expected one of ${
        factNames.join(", ")
      } beside a number, such as "density >= 0.01", found "${part}"`,
    );
  });
  return (facts) => parts.every((holds) => holds(facts));
}
