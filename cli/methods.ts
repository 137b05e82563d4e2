import { createHash } from "node:crypto";
import { createRequire } from "node:module";
import { resolve as absolute } from "node:path";
import type { Loss } from "../losses/loss.ts";
import { losses } from "../losses/mod.ts";
import type { Backbone } from "../models/backbone.ts";
import { backbones } from "../models/mod.ts";
import { type AnyMethod, find, isDefined } from "../options/method.ts";
import { isModule, type MethodSpec, ofModule } from "../options/method_spec.ts";
import { resolve } from "../options/option.ts";
import { samplers } from "../samplers/mod.ts";
import type { Policy } from "../samplers/sampler.ts";
import { type Optimizer, optimizers } from "../training/optimizers.ts";
import { readBytesNow } from "./files.ts";

/** What a method of each kind makes. */
interface Made {
  readonly backbone: Backbone;
  readonly sampler: Policy;
  readonly loss: Loss;
  readonly optimizer: Optimizer;
}
export type Kind = keyof Made;
type Methods<T> = Readonly<Record<string, AnyMethod<T>>>;

const registries: { readonly [K in Kind]: Methods<Made[K]> } = {
  backbone: backbones,
  sampler: samplers,
  loss: losses,
  optimizer: optimizers,
};

/** What tells that a method of a file makes a kind; a sampler from a loss nothing does. */
const makes: { readonly [K in Kind]: (made: unknown) => boolean } = {
  backbone: (made) => hasFunction(made, "build"),
  sampler: (made) => typeof made === "function",
  loss: (made) => typeof made === "function",
  optimizer: (made) => hasFunction(made, "next"),
};
const hasFunction = (made: unknown, name: string): boolean =>
  typeof made === "object" && made !== null && typeof (made as Record<string, unknown>)[name] === "function";

/** The method of that name: one of Foil's, or one of somebody's own in a file. @throws Error naming what is not known. */
export function methodOf<K extends Kind>(kind: K, { name }: Pick<MethodSpec, "name">): AnyMethod<Made[K]> {
  if (!isModule({ name })) return find<AnyMethod<Made[K]>>(registries[kind], kind, name);
  const { file, method } = ofModule(name), methods = methodsIn(file, kind), names = Object.keys(methods);
  const [only = ""] = names;
  if (method === undefined && names.length > 1) {
    throw new TypeError(
      `Cannot read the ${kind} "${file}": it has ${names.length} methods; say which, as in "${file}#${only}", of ${
        names.join(", ")
      }`,
    );
  }
  return find(methods, `method of "${file}" called`, method ?? only) as AnyMethod<Made[K]>;
}

/** Makes what a specification asks for. @throws Error naming what is not known. */
export function madeMethod<K extends Kind>(kind: K, spec: MethodSpec): Made[K] {
  const made = methodOf(kind, spec)(spec.options);
  if (makes[kind](made)) return made;
  throw new TypeError(`Cannot take "${spec.name}" as a ${kind}: what it makes is none`);
}

/**
 * A method with every option in it, defaults too: two ways to write the same give the same. One in a file counts by what
 * is in that file, not in those that it imports.
 */
export function settledMethod(kind: Kind, spec: MethodSpec): MethodSpec {
  const { name } = spec, method = methodOf(kind, spec), options = resolve(name, method.options, spec.options);
  return { name: isModule(spec) ? `${method.name} ${digestOfFile(ofModule(name).file, kind)}` : name, options };
}

/** What is in a file, in short. */
export const digestOfFile = (path: string, kind: Kind): string =>
  createHash("sha256").update(readBytesNow(path, `the ${kind}`)).digest("hex");

/** The methods that a file of TypeScript or JavaScript exports, by the names that they have. */
export function methodsIn(file: string, kind = "methods"): Methods<unknown> {
  readBytesNow(file, `the ${kind}`); // which says better than loading that there is no such
  const exported = loaded(file, kind), own = exported.filter(isDefined);
  if (own.length > 0) return Object.fromEntries(own.map((method) => [method.name, method]));
  const here = new URL("../mod.ts", import.meta.url).href;
  const foreign = exported.some((value) => typeof value === "function" && "citation" in value && "options" in value);
  throw new TypeError(
    `Cannot read the ${kind} "${file}": ${
      foreign
        ? `what it exports is made by another copy of Foil; import from "${here}"`
        : `it exports nothing that define(...) of "${here}" made`
    }`,
  );
}

/** What a module exports, read and run at once: whoever makes a method does not wait. */
function loaded(file: string, kind: string): readonly unknown[] {
  const path = absolute(file);
  try {
    return Object.values(createRequire(path)(path) as Record<string, unknown>);
  } catch (error) {
    const { message, code } = error as Error & { readonly code?: string };
    const why = code === "ERR_REQUIRE_ASYNC_MODULE"
      ? "it, or what it imports, has an await outside of functions"
      : message.replace(/\nRequire stack:.*$/s, "");
    throw new TypeError(`Cannot read the ${kind} "${file}": ${why}`, { cause: error });
  }
}
