import { methodSpec, shortName } from "./method_spec.ts";
import type { TrainValues } from "./train_options.ts";

/** The names of what is trained, in the order of a run's name. */
export const namedParts = ({ backbone, sampler, loss }: TrainValues): string[] =>
  Object.entries({ backbone, sampler, loss }).map(([kind, given]) => shortName(methodSpec(kind, given)));

/** The options as a YAML file that `--config` reads back. */
export function savedConfig(values: TrainValues): Record<string, unknown> {
  const { json: _json, quiet: _quiet, resume: _resume, ...rest } = values;
  return Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== null));
}
