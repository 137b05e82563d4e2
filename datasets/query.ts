/** What is asked of a database: a query, or a whole table; neither is its one table of interactions. */
export interface Query {
  readonly sql?: string;
  readonly table?: string;
}

/**
 * A name as SQL quotes it.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { quotedName } from "./query.ts";
 *
 * assert.equal(quotedName('my "plays"'), '"my ""plays"""');
 * ```
 */
export const quotedName = (name: string): string => `"${name.replaceAll('"', '""')}"`;
