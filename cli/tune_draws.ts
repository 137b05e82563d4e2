import { resolve } from "../options/option.ts";
import { withDataFor } from "./backbone_spec.ts";
import { searchAxes } from "./search_axes.ts";
import { axesText, type Configuration, drawConfigurations } from "./search_draws.ts";
import { DEFAULT, spaceSpec } from "./space_spec.ts";
import type { Drawn } from "./search_trial.ts";
import { makeRecipe } from "./train_parts.ts";
import { trainOptions, type TrainValues } from "./train_options.ts";
import type { TuneValues } from "./tune_options.ts";

/** Configurations where none are said, and at most so many where minutes are. */
const USUAL = 27, MOST = 1000;

/** What `tune` is to try. @throws TypeError where the space, or a configuration of it, cannot be. */
export function readDraws(given: TuneValues) {
  // what weights are there for is what they were trained as
  const fixed = given.init === null ? undefined : "backbone";
  const axes = searchAxes(given, spaceSpec(given.space ?? [DEFAULT]), fixed), space = axesText(axes);
  if (space.length === 0) throw new TypeError("Cannot tune: nothing is left to be drawn; --space says what is");
  const values = withDataFor(given, axes.methods.backbone.map(({ spec }) => spec.name));
  const count = given.trials ?? (given.minutes === null ? USUAL : MOST);
  const draws = drawConfigurations(axes, given, given.seed, count)
    .map(({ values: own, drawn }): Drawn => ({ values: trainValues(values, own), drawn }));
  draws.forEach((draw) => makeRecipe(draw.values)); // what cannot be made is said before data are read
  return { space, draws, values };
}

/** The options of `train` for one trial: in the order that `train` has them, so that their digest is the same. */
function trainValues(values: TuneValues, own: Configuration["values"]): TrainValues {
  const shared = Object.entries(values).filter(([name, value]) => Object.hasOwn(trainOptions, name) && value !== null);
  return resolve("train", trainOptions, { ...Object.fromEntries(shared), ...own, select: "valid", out: null });
}
