import { neededNodes } from "../../graphs/inline.ts";
import type { FileTensor } from "../../graphs/file_tensor.ts";
import type { ModelFile } from "../../graphs/model_file.ts";
import { failing } from "./names.ts";
import { named } from "../named.ts";

/** An initialiser that scores depend on, and what becomes of it. */
export interface Parameter extends FileTensor {
  readonly name: string;
  /** Why it stays as it is; absent where it is trained. */
  readonly kept?: "frozen" | "running statistic" | "scalar" | "integer" | "no gradient";
  /** Whether training starts from new random elements. */
  readonly fresh?: true;
}

/** Patterns of names; `*` stands for any characters. */
export interface Patterns {
  /** Initialisers that stay as they are. */
  readonly freeze?: readonly string[];
  /** Matrices that are drawn anew, Xavier-uniform. */
  readonly fresh?: readonly string[];
}

/** The name of the variable that an initialiser becomes. */
export const variableName = (initializer: string): string => `external/${named(initializer)}`;

/**
 * The initialisers that the scores take. float32 ones are trained, but for those that `freeze` names, the means and
 * variances of batch normalisation, and scalars, which are constants of formulas (an epsilon, an exponent).
 *
 * @throws TypeError where a pattern matches no initialiser, one of `fresh` no matrix that is trained, or an initialiser
 * holds NaN.
 */
export function parametersOf(
  file: ModelFile,
  scores: string,
  { freeze = [], fresh = [] }: Patterns,
): readonly Parameter[] {
  const read = new Set<string>(), statistics = new Set<string>(), alias = new Map<string, string>();
  for (const { type, inputs, outputs } of neededNodes(file, () => false, [scores])) {
    for (const name of inputs) read.add(name);
    if (type === "BatchNormalization") inputs.slice(3, 5).forEach((name) => statistics.add(name));
    if (type === "Identity") alias.set(outputs[0]!, inputs[0]!);
  }
  for (const name of [...statistics]) if (alias.has(name)) statistics.add(alias.get(name)!);
  const names = [...file.initializers.keys()].filter((name) => read.has(name));
  const matching = (patterns: readonly string[], among: readonly string[], kind: string, what: string) =>
    new Set(patterns.flatMap((pattern) => {
      const found = among.filter(glob(pattern));
      if (found.length > 0) return found;
      return failing(file.source)(
        `no ${kind} is called "${pattern}", which is to be ${what}; there are ${among.join(", ")}`,
      );
    }));
  for (const name of names) {
    const { data } = file.initializers.get(name)!;
    if (data instanceof Float32Array && data.some(Number.isNaN)) {
      failing(file.source)(`initialiser "${name}" holds NaN, which all that it reaches becomes`);
    }
  }
  const frozen = matching(freeze, names, "initialiser", "frozen");
  const all = names.map((name): Parameter => {
    const tensor = file.initializers.get(name)!;
    const kept = tensor.dtype !== "float32"
      ? "integer"
      : frozen.has(name)
      ? "frozen"
      : statistics.has(name)
      ? "running statistic"
      : tensor.shape.length === 0
      ? "scalar"
      : undefined;
    return { name, ...tensor, ...kept && { kept } };
  });
  const matrices = all.filter(({ kept, shape }) => !kept && shape.length === 2).map(({ name }) => name);
  const drawn = matching(fresh, matrices, "matrix that is trained", "drawn anew");
  return all.map((parameter) => drawn.has(parameter.name) ? { ...parameter, fresh: true } : parameter);
}

/** @throws TypeError where nothing is trained, saying why. */
export function checkTrained({ source, nodes }: ModelFile, parameters: readonly Parameter[]): void {
  if (parameters.some(({ kept }) => kept === undefined)) return;
  const floats = Map.groupBy(parameters.filter(({ dtype }) => dtype === "float32"), ({ kept }) => kept!);
  const written = nodes.find(({ type, attributes: { value } }) =>
    type === "Constant" && typeof value === "object" && "data" in value && value.data instanceof Float32Array &&
    value.data.length > 1
  );
  const why = Array.from(floats, ([kept, all]) => `${kept}: ${all.length}`).join(", ") || "none is float32";
  throw new TypeError(
    `Cannot train "${source}": of its initialisers none is trained (${why})` +
      (written ? `; elements that a node holds, as Constant "${written.outputs[0]}" does, are no initialisers` : ""),
  );
}

/** `*` stands for any characters. */
function glob(pattern: string): (name: string) => boolean {
  const parts = pattern.split("*").map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  const expression = new RegExp(`^${parts.join(".*")}$`);
  return (name) => expression.test(name);
}
