import { type AnyMethod, find } from "./method.ts";

/** A method and its options, as a person writes them: `ahns:alpha=1,pool=32`. */
export interface MethodSpec {
  readonly name: string;
  readonly options: Readonly<Record<string, unknown>>;
}

/**
 * Reads a method's name and options.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { methodSpec } from "./method_spec.ts";
 *
 * assert.deepEqual(methodSpec("sampler", "dns:pool=8"), { name: "dns", options: { pool: "8" } });
 * ```
 */
export function methodSpec(kind: string, given: string | null): MethodSpec {
  if (!given) throw new TypeError(`Cannot read "${kind}": expected a name such as dns or dns:pool=8, found nothing`);
  const [name = "", ...rest] = given.split(":"), pairs = rest.join(":").split(",").filter((pair) => pair !== "");
  const options = new Map<string, string>();
  for (const pair of pairs) {
    const at = pair.indexOf("="), option = pair.slice(0, at).trim();
    if (at <= 0) {
      throw new TypeError(`Cannot read "${kind}": options are written name=value, found "${pair}" in "${given}"`);
    }
    if (options.has(option)) throw new TypeError(`Cannot read "${kind}": "${option}" is given twice in "${given}"`);
    options.set(option, pair.slice(at + 1).trim());
  }
  return { name: name.trim(), options: Object.fromEntries(options) };
}

/** What runs are called by: a method's name, or that of its file. */
export const shortName = ({ name }: Pick<MethodSpec, "name">): string => {
  const { file, method } = ofModule(name);
  return method ?? file.slice(file.lastIndexOf("/") + 1).replace(/\.(onnx|[jt]s)$/, "");
};

/** Whether a method is one of somebody's own, in a file of TypeScript or JavaScript: `mine.ts`, `mine.ts#semi-hard`. */
export const isModule = ({ name }: Pick<MethodSpec, "name">): boolean => /\.[jt]s(#|$)/.test(name);

/** The file that such a name says, and which of its methods where it says that. */
export function ofModule(name: string): { readonly file: string; readonly method?: string } {
  const [, file = name, method] = /^(.*\.[jt]s)#(.*)$/.exec(name) ?? [];
  return { file, ...method !== undefined && { method } };
}

/** A method as text: YAML may say `{ name: ahns, alpha: 1 }` for `ahns:alpha=1`. Anything else stays as it is. */
export function methodText(given: unknown): unknown {
  if (typeof given !== "object" || given === null || !("name" in given)) return given;
  const { name, ...options } = given as Record<string, unknown>;
  const pairs = Object.entries(options).map(([option, value]) => `${option}=${shown(value)}`);
  return pairs.length > 0 ? `${name}:${pairs.join(",")}` : name;
}

const shown = (value: unknown) => typeof value === "object" ? JSON.stringify(value) : String(value);

/** Makes the method that a specification asks for. @throws TypeError naming what it does not know. */
export function makeMethod<T>(registry: Readonly<Record<string, AnyMethod<T>>>, kind: string, spec: MethodSpec): T {
  return find(registry, kind, spec.name)(spec.options);
}
