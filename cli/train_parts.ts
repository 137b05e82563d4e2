import { methodSpec, shortName } from "../options/method_spec.ts";
import { partSpecs } from "../recipes/parts.ts";
import { makeBackbone, settledBackbone } from "./backbone_spec.ts";
import { madeMethod, settledMethod } from "./methods.ts";
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
  const { sampler, loss, optimizer } = partSpecs(values);
  return {
    ...{ batchSize, dropLast, visit, epochs, l2, exclude, distinct, seed, evaluateEvery, patience },
    drawAhead: workers !== 1,
    backbone: makeBackbone(values),
    sampler: madeMethod("sampler", sampler),
    loss: madeMethod("loss", loss),
    optimizer: madeMethod("optimizer", optimizer),
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
  const { sampler, loss, optimizer } = partSpecs(values);
  return {
    backbone: settledBackbone(values),
    sampler: settledMethod("sampler", sampler),
    loss: settledMethod("loss", loss),
    optimizer: settledMethod("optimizer", optimizer),
  };
}
