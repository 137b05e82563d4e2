import type { Loss } from "../losses/loss.ts";
import { losses } from "../losses/mod.ts";
import type { Backbone } from "../models/backbone.ts";
import { backbones } from "../models/mod.ts";
import { makeMethod, type MethodSpec, methodSpec } from "../options/method_spec.ts";
import { resolve, type Values } from "../options/option.ts";
import { samplers } from "../samplers/mod.ts";
import type { Policy } from "../samplers/sampler.ts";
import { type Optimizer, optimizers } from "../training/optimizers.ts";
import { type RecipeOptions, recipeOptions } from "./options.ts";

/** The parts of training that are methods of a registry each, beside the backbone. */
export type PartSpecs = Pick<Values<typeof recipeOptions>, "sampler" | "loss" | "optimizer" | "lr">;

/** What specifies sampler, loss and optimiser. */
export const partSpecs = (specs: PartSpecs): Readonly<Record<"sampler" | "loss" | "optimizer", MethodSpec>> => ({
  sampler: methodSpec("sampler", specs.sampler),
  loss: methodSpec("loss", specs.loss),
  optimizer: optimizerSpec(specs),
});

/** The optimiser, with the learning rate that is given beside it. */
function optimizerSpec({ optimizer, lr }: Pick<PartSpecs, "optimizer" | "lr">): MethodSpec {
  const spec = methodSpec("optimizer", optimizer);
  return lr === null ? spec : { ...spec, options: { ...spec.options, lr } };
}

/**
 * What `train` takes of a recipe's options: methods are made, numbers are read, what is left out has its default.
 *
 * @throws TypeError naming what is not known.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { madeRecipe } from "./parts.ts";
 *
 * const { batchSize, l2, visit, epochs } = madeRecipe({ backbone: "mf:dim=8", lr: 0.01, visit: "users", epochs: 3 });
 * assert.deepEqual([batchSize, l2, visit, epochs], [2048, 1e-4, "users", 3]);
 * ```
 */
export function madeRecipe(options: RecipeOptions) {
  const values = resolve("recipe", recipeOptions, options),
    { backbone, epochs, batchSize, dropLast, visit, l2 } = values,
    { sampler, loss, optimizer } = partSpecs(values);
  return {
    backbone: makeMethod<Backbone>(backbones, "backbone", methodSpec("backbone", backbone)),
    sampler: makeMethod<Policy>(samplers, "sampler", sampler),
    loss: makeMethod<Loss>(losses, "loss", loss),
    optimizer: makeMethod<Optimizer>(optimizers, "optimizer", optimizer),
    ...{ epochs, batchSize, dropLast, visit, l2, evaluateEvery: values.evaluateEvery, patience: values.patience },
  };
}
