const SPACE = 32;

/**
 * How many words, parted by blanks and line ends, there are.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { countTokens } from "./tokens.ts";
 *
 * assert.equal(countTokens(new TextEncoder().encode("0 10  11\n1\n")), 4);
 * ```
 */
export function countTokens(bytes: Uint8Array): number {
  let tokens = 0, blank = true;
  for (const byte of bytes) {
    if (blank && byte > SPACE) tokens++;
    blank = byte <= SPACE;
  }
  return tokens;
}
