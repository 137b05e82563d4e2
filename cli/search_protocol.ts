import type { Protocol } from "../studies/protocol.ts";

/** What a search sees of a protocol: no test, not even to count false negatives. */
export function withoutTest({ testing: _testing, data: { test: _test, ...data }, ...protocol }: Protocol): Protocol {
  return { ...protocol, data };
}
