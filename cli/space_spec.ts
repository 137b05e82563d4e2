import { isMapping } from "../options/mapping.ts";
import { methodText } from "../options/method_spec.ts";
import type { Option } from "../options/option.ts";
import { oneOf, type Space } from "../options/space.ts";
import { LIST } from "./flags.ts";

/** What is searched, as it is given: each option's name, and what it is drawn from, null where it has a space of its own. */
export type SpaceSpec = ReadonlyMap<string, string | null>;

/** Stands for every option with a space of its own that is not given. */
export const DEFAULT = "default";

/** The option `space`: text in pieces, or from YAML a mapping or a list; each piece is `name` or `name=values`. */
export const spaceOption: Option<readonly string[] | null> = {
  default: null,
  help:
    'what is searched: "lr=log:1e-4..1e-2; sampler.pool=4,8,16; backbone.dim"; a name alone has a space of its own; ' +
    `"${DEFAULT}" stands for all that do and are not given, as does leaving this out`,
  takes: `${LIST} options and what they are drawn from`,
  read: (given) => {
    const pieces = Array.isArray(given) ? given.map(pieceOf) : isMapping(given) ? piecesOf(given) : pieceOf(given);
    const flat = [pieces].flat(2);
    return flat.every((piece) => typeof piece === "string")
      ? flat.flatMap((piece) => piece.split(/[;\n]/)).map((piece) => piece.trim()).filter(Boolean)
      : undefined;
  },
};

const pieceOf = (given: unknown) => isMapping(given) ? piecesOf(given) : typeof given === "string" ? given : undefined;
/** `{ "sampler.pool": [4, 8] }` for `sampler.pool=4,8`. */
const piecesOf = (given: Record<string, unknown>) =>
  Object.entries(given).map(([name, values]) =>
    values === null ? name : `${name}=${[values].flat().map(methodText).join(",")}`
  );

/** The pieces by name, in camelCase. @throws TypeError where one is named twice, or nothing stands behind its `=`. */
export function spaceSpec(pieces: readonly string[]): SpaceSpec {
  const found = new Map<string, string | null>();
  for (const piece of pieces) {
    const at = piece.indexOf("="), written = at < 0 ? piece : piece.slice(0, at).trim();
    const name = written.replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());
    const values = at < 0 ? null : piece.slice(at + 1).trim();
    if (found.has(name)) throw new TypeError(`Cannot search "${name}": the space names it twice`);
    if (values === "" || (name === DEFAULT && values !== null)) {
      throw new TypeError(
        `Cannot search "${name}": expected such as 4,8,16 or 0..1 or log:1e-4..1e-2, found "${piece}"`,
      );
    }
    found.set(name, values);
  }
  return found;
}

/**
 * The space that is written for an option: `4,8,16`, `0..0.5` or `log:1e-4..1e-2`.
 *
 * @throws TypeError naming the option, what it takes and what was found.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { integer } from "../options/option.ts";
 * import { spaceOf } from "./space_spec.ts";
 *
 * const pool = integer(16, "candidates", { min: 1 });
 * assert.deepEqual(spaceOf("sampler.pool", "4,8", pool).at(0.5), 8);
 * assert.throws(() => spaceOf("sampler.pool", "0..8", pool), /"sampler.pool".* takes a whole number of at least 1, found "0"/);
 * ```
 */
export function spaceOf(name: string, written: string, option: Option<unknown>): Space {
  const value = (text: string) => {
    const found = option.read(text.trim());
    if (found !== undefined) return found;
    throw new TypeError(`Cannot search "${name}" in "${written}": it takes ${option.takes}, found "${text.trim()}"`);
  };
  const [, log, from, to] = /^(log:)?(.*?)\.\.(.*)$/.exec(written) ?? [];
  if (from === undefined || to === undefined) return oneOf(...new Set(written.split(",").map(value)));
  const low = value(from), high = value(to);
  if (!option.between || typeof low !== "number" || typeof high !== "number") {
    throw new TypeError(`Cannot search "${name}" between two ends, as "${written}": it takes ${option.takes}`);
  }
  if (low >= high) throw new TypeError(`Cannot search "${name}" in "${written}": ${low} is not below ${high}`);
  if (log !== undefined && low <= 0) {
    throw new TypeError(`Cannot search "${name}" in "${written}": logarithms begin above 0, found ${low}`);
  }
  return option.between({ low, high, log: log !== undefined });
}
