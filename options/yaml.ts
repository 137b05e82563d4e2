import { CORE_SCHEMA, dump, load } from "npm:js-yaml@5.5.0";

/** Numbers, truth values and null are read as such; dates stay text. */
const schema = CORE_SCHEMA;

/**
 * Reads YAML.
 *
 * @throws Error naming line and column where it is none, or there is nothing in it.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { readYaml } from "./yaml.ts";
 *
 * assert.deepEqual(readYaml("lr: 1e-3\nsplits: [2020-01-01]"), { lr: 0.001, splits: ["2020-01-01"] });
 * ```
 */
export const readYaml = (text: string): unknown => load(text, { schema });

/** A value as YAML; what it has that YAML has not is left out. */
export const yamlText = (value: unknown): string => dump(value, { schema, skipInvalid: true, lineWidth: 120 });
