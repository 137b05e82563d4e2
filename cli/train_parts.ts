import { losses } from "../losses/mod.ts";
import { type AnyMethod, find } from "../options/method.ts";
import { type MethodSpec, methodSpec } from "../options/method_spec.ts";
import { resolve } from "../options/option.ts";
import { madeParts, optimizerSpec } from "../recipes/parts.ts";
import { samplers } from "../samplers/mod.ts";
import { optimizers } from "../training/optimizers.ts";
import { makeBackbone, settledBackbone } from "./backbone_spec.ts";
import type { TrainValues } from "./train_options.ts";

/** The options that name a recipe's parts. */
export type PartValues = Pick<TrainValues, "backbone" | "freeze" | "sampler" | "loss" | "optimizer" | "lr">;

/** The options that a recipe is made of. */
export type RecipeValues =
  & PartValues
  & Pick<TrainValues, "batchSize" | "dropLast" | "visit" | "epochs" | "l2" | "exclude" | "distinct">
  & Pick<TrainValues, "seed" | "evaluateEvery" | "patience" | "workers">;

/** Makes what options name. @throws TypeError naming what is not known. */
export function makeRecipe(values: RecipeValues) {
  const { batchSize, dropLast, visit, epochs, l2, exclude, distinct, seed, evaluateEvery, patience, workers } = values;
  return {
    ...{ batchSize, dropLast, visit, epochs, l2, exclude, distinct, seed, evaluateEvery, patience },
    drawAhead: workers !== 1,
    backbone: makeBackbone(values),
    ...madeParts(values),
  };
}

/** How rows and negatives are drawn where it is not as it was before there was a choice: runs that are under way go on. */
export const decisiveDrawing = (
  { visit, exclude, distinct }: Pick<TrainValues, "visit" | "exclude" | "distinct">,
) => ({
  ...visit !== "interactions" && { visit },
  ...exclude !== "train" && { exclude },
  ...distinct && { distinct },
});

/** The parts with every option in it, defaults too: two ways to write the same parts give the same. */
export function settledParts(values: PartValues) {
  const settled = (registry: Readonly<Record<string, AnyMethod<unknown>>>, kind: string, spec: MethodSpec) => {
    const { name, options } = spec;
    return { name, options: resolve(name, find(registry, kind, name).options, options) };
  };
  return {
    backbone: settledBackbone(values),
    sampler: settled(samplers, "sampler", methodSpec("sampler", values.sampler)),
    loss: settled(losses, "loss", methodSpec("loss", values.loss)),
    optimizer: settled(optimizers, "optimizer", optimizerSpec(values)),
  };
}
