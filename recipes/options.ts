import { epochRows } from "../datasets/batching.ts";
import { choice, flag, integer, optionalReal, real, text } from "../options/option.ts";
import { among, byMagnitude } from "../options/searched.ts";

/** Options of training by name, as flags and YAML have them; methods are written name:option=value,option=value. */
export type RecipeOptions = Readonly<Record<string, string | number | boolean>>;

/** What a recipe may say. */
export const recipeOptions = {
  backbone: text("mf", "scoring model, such as mf:dim=64; see `list`; or an ONNX file, or a .ts file of your own"),
  sampler: text(
    "dns",
    "negative sampler, such as ahns:alpha=1,beta=0.1,pool=32; see `list`; or a .ts file of your own; auto tries several and trains the best",
  ),
  loss: text("bpr", "loss; see `list`; or a .ts file of your own"),
  optimizer: text("adam", "optimiser, such as lazyAdam:lr=0.01; see `list`"),
  lr: optionalReal("learning rate; the same as the optimiser's option lr", { min: 0 }),
  epochs: integer(100, "at most so many", { min: 1 }),
  batchSize: among(integer(2048, "interactions a step", { min: 1 }), 512, 1024, 2048, 4096),
  dropLast: flag(false, "leave out an epoch's last batch if it is not full, as the papers' code does"),
  visit: choice(
    epochRows,
    "interactions",
    "what an epoch's rows are: each interaction once, or as many draws of a user, each with one of the user's positives",
  ),
  l2: byMagnitude(real(1e-4, "weight decay of the vectors a step uses", { min: 0 }), 1e-6, 1e-2),
  evaluateEvery: integer(5, "epochs between evaluations", { min: 1 }),
  patience: integer(10, "evaluations in a row below the best before it stops", { min: 1 }),
  refit: flag(
    false,
    "once the best epoch is picked, train anew on what was held out for that as well, for as many epochs",
  ),
} as const;
