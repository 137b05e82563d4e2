import { resolve } from "../options/option.ts";
import { methodText } from "./method_spec.ts";
import { methodOptions, type MethodValues, type SharedValues } from "./study_options.ts";

/** A method of a study, under the name that the table has for it. */
export interface StudyMethod {
  readonly label: string;
  readonly values: MethodValues;
}

/**
 * Reads the methods of a study. In text they are parted by `;`, or by `,` where no option follows; each is
 * `label=sampler:options name=value ...`, of which only the sampler must be there. In YAML a method may be a mapping of
 * the same names.
 *
 * @throws TypeError where a method has an option that there is not, or two have one label.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { readMethods } from "./study_methods.ts";
 *
 * const shared = { backbone: "mf", freeze: null, loss: "bpr", optimizer: "adam", lr: null, l2: 0, epochs: 9 };
 * const found = readMethods(["rns,ahns:p=-1,pool=8", "slow=rns lr=0.001"], { ...shared, batchSize: 8, dropLast: false });
 * assert.deepEqual(found.map(({ label }) => label), ["rns", "ahns:p=-1,pool=8", "slow"]);
 * assert.deepEqual([found[1]!.values.sampler, found[2]!.values.lr], ["ahns:p=-1,pool=8", 0.001]);
 * ```
 */
export function readMethods(given: readonly unknown[], shared: SharedValues): readonly StudyMethod[] {
  const written = given.flatMap((each) => typeof each === "string" ? parted(each).map(fromText) : [fromYaml(each)]);
  const methods = written.map(({ label, own }): StudyMethod => {
    // a learning rate for all is not one for an optimiser of the method's own
    const below = own.optimizer === undefined ? shared : { ...shared, lr: null };
    const known = Object.fromEntries(
      Object.entries(below).filter(([name, value]) => name in methodOptions && value !== null),
    );
    return { label, values: resolve(label, methodOptions, { ...known, ...own }) };
  });
  for (const [at, { label }] of methods.entries()) {
    if (methods.findIndex((other) => other.label === label) === at) continue;
    throw new TypeError(
      `Cannot compare two methods that are both "${label}": give one a label, as in "other=${label}"`,
    );
  }
  return methods;
}

interface Written {
  readonly label: string;
  readonly own: Readonly<Record<string, unknown>>;
}

/** Text with several methods, in pieces of one each. */
function parted(text: string): string[] {
  if (/[;\n]/.test(text)) return text.split(/[;\n]/).map((each) => each.trim()).filter(Boolean);
  const found: string[] = [];
  for (const piece of text.split(",").map((each) => each.trim()).filter(Boolean)) {
    // `top=2` after `dns:pool=8` is its next option; where there is a colon, or none before, a method begins
    const [head = ""] = piece.split(/\s/), option = head.includes("=") && !head.includes(":");
    if (option && found.at(-1)?.includes(":")) found.push(`${found.pop()},${piece}`);
    else found.push(piece);
  }
  return found;
}

/** `label=sampler:options name=value ...` */
function fromText(text: string): Written {
  const [head = "", ...rest] = text.replaceAll(/\s*,\s*/g, ",").split(/\s+/);
  const [, label, sampler] = /^([^=:]+)=(.+)$/.exec(head) ?? [];
  const own = rest.map((pair) => {
    const at = pair.indexOf("=");
    if (at > 0) return [pair.slice(0, at), pair.slice(at + 1)];
    throw new TypeError(
      `Cannot read method "${text}": after the sampler come settings written name=value, found "${pair}"`,
    );
  });
  return { label: label ?? [head, ...rest].join(" "), own: { sampler: sampler ?? head, ...Object.fromEntries(own) } };
}

/** A mapping such as `{ label: SSM, sampler: { name: rns, negatives: 32 }, loss: infonce }`. */
function fromYaml(given: unknown): Written {
  if (typeof given !== "object" || given === null || Array.isArray(given)) {
    throw new TypeError(`Cannot read a method: expected text or a mapping, found ${JSON.stringify(given)}`);
  }
  const method = "name" in given ? { sampler: given } : given as Record<string, unknown>;
  const { label, ...rest } = Object.fromEntries(Object.entries(method).map(([key, value]) => [key, methodText(value)]));
  if (rest.sampler === undefined) {
    throw new TypeError(`Cannot read method ${JSON.stringify(given)}: "sampler" says which sampler it has`);
  }
  const { sampler, ...others } = rest;
  const shown = [sampler, ...Object.entries(others).map(([key, value]) => `${key}=${value}`)].join(" ");
  return { label: typeof label === "string" ? label : shown, own: rest };
}
