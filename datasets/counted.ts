/**
 * A number of things, for notes and messages.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { counted } from "./counted.ts";
 *
 * assert.deepEqual([counted(1, "row"), counted(3, "entity", "entities")], ["1 row", "3 entities"]);
 * ```
 */
export const counted = (count: number, one: string, many = `${one}s`): string => `${count} ${count === 1 ? one : many}`;
