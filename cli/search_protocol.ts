import type { Protocol } from "../studies/protocol.ts";
import type { OpenedProtocol } from "./protocol_options.ts";
import type { Named } from "./start.ts";

/** What a search sees of a protocol: no test, not even to count false negatives. */
export function withoutTest({ testing: _testing, data: { test: _test, ...data }, ...protocol }: Protocol): Protocol {
  return { ...protocol, data };
}

/** What a search sees of data: their names, and of the protocol no test. */
export const searched = (
  { protocol, data: { userIds, itemIds } }: OpenedProtocol,
): { readonly protocol: Protocol; readonly names: Named } => ({
  protocol: withoutTest(protocol),
  names: { userIds, itemIds },
});
