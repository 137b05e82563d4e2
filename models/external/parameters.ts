import { neededNodes } from "../../graphs/inline.ts";
import type { FileTensor } from "../../graphs/file_tensor.ts";
import type { ModelFile } from "../../graphs/model_file.ts";
import { failing } from "./names.ts";

/** An initialiser that scores depend on, and what becomes of it. */
export interface Parameter extends FileTensor {
  readonly name: string;
  /** Why it stays as it is; absent where it is trained. */
  readonly kept?: "frozen" | "running statistic" | "scalar" | "integer" | "no gradient";
}

/** The name of the variable that an initialiser becomes; "#" begins what optimisers keep. */
export const variableName = (initializer: string): string => `external/${initializer.replaceAll("#", "%23")}`;

/**
 * The initialisers that the scores take. float32 ones are trained, but for those that `freeze` names, the means and
 * variances of batch normalisation, and scalars, which are constants of formulas (an epsilon, an exponent).
 *
 * @throws TypeError where a pattern of `freeze` matches no initialiser.
 */
export function parametersOf(file: ModelFile, scores: string, freeze: readonly string[]): readonly Parameter[] {
  const read = new Set<string>(), statistics = new Set<string>(), alias = new Map<string, string>();
  for (const { type, inputs, outputs } of neededNodes(file, () => false, [scores])) {
    for (const name of inputs) read.add(name);
    if (type === "BatchNormalization") inputs.slice(3, 5).forEach((name) => statistics.add(name));
    if (type === "Identity") alias.set(outputs[0]!, inputs[0]!);
  }
  for (const name of [...statistics]) if (alias.has(name)) statistics.add(alias.get(name)!);
  const patterns = freeze.map((pattern) => ({ pattern, matches: glob(pattern) }));
  const names = [...file.initializers.keys()].filter((name) => read.has(name));
  const idle = patterns.find(({ matches }) => !names.some(matches));
  if (idle) {
    failing(file.source)(
      `no initialiser is called "${idle.pattern}", which is to be frozen; there are ${names.join(", ")}`,
    );
  }
  return names.map((name): Parameter => {
    const tensor = file.initializers.get(name)!;
    const kept = tensor.dtype !== "float32"
      ? "integer"
      : patterns.some(({ matches }) => matches(name))
      ? "frozen"
      : statistics.has(name)
      ? "running statistic"
      : tensor.shape.length === 0
      ? "scalar"
      : undefined;
    return { name, ...tensor, ...kept && { kept } };
  });
}

/** `*` stands for any characters. */
function glob(pattern: string): (name: string) => boolean {
  const parts = pattern.split("*").map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  const expression = new RegExp(`^${parts.join(".*")}$`);
  return (name) => expression.test(name);
}
