import { losses } from "../losses/mod.ts";
import { type AnyMethod, find } from "../options/method.ts";
import { type MethodSpec, methodSpec, shortName } from "../options/method_spec.ts";
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

/** The names of what is trained, in the order of a run's name. */
export const namedParts = ({ backbone, sampler, loss }: Pick<PartValues, "backbone" | "sampler" | "loss">): string[] =>
  Object.entries({ backbone, sampler, loss }).map(([kind, given]) => shortName(methodSpec(kind, given)));

/**
 * What of the options of a run, or of a method of a study, decides its numbers: parts as they are settled, whatever else
 * there is as it is given. What it starts from, by `init`, decides too, but not by where that lies.
 */
export function decisiveOptions(
  values: PartValues & Pick<TrainValues, "visit" | "exclude" | "distinct" | "init">,
): ReturnType<typeof settledParts> & Readonly<Record<string, unknown>> {
  const { freeze: _freeze, lr: _lr, init: _init, visit, exclude, distinct, ...others } = values;
  return {
    ...others,
    // not where they are as they were before there was a choice: runs that are under way go on
    ...visit !== "interactions" && { visit },
    ...exclude !== "train" && { exclude },
    ...distinct && { distinct },
    ...settledParts(values), // what is frozen is in the backbone, the learning rate in the optimiser
  };
}

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
