import { methodSpec, shortName } from "../options/method_spec.ts";
import type { TrainValues } from "./train_options.ts";

/** The names of what is trained, in the order of a run's name. */
export const namedParts = ({ backbone, sampler, loss }: TrainValues): string[] =>
  Object.entries({ backbone, sampler, loss }).map(([kind, given]) => shortName(methodSpec(kind, given)));

/** The options of a command as a YAML file that `--config` reads back: not how it talks, nor whether it goes on. */
export function savedConfig(values: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const { json: _json, quiet: _quiet, resume: _resume, ...rest } = values;
  return Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== null));
}
