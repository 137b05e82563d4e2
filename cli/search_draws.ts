import { methodText } from "../options/method_spec.ts";
import { oneOf, type Space } from "../options/space.ts";
import { Rng } from "../random/rng.ts";
import type { Kind } from "./methods.ts";
import {
  type Axis,
  type Choice,
  type GivenValues,
  kinds,
  LR,
  type SearchAxes,
  type TrialValues,
} from "./search_axes.ts";
import { trainOptions } from "./train_options.ts";

/** What was drawn for a trial. */
export interface Configuration {
  readonly values: TrialValues;
  /** The options that were drawn, by their names in the space. */
  readonly drawn: Readonly<Record<string, unknown>>;
}

/** Draws in a row that bring nothing new before a space counts as drawn from to its end. */
const PATIENCE = 1000;

/**
 * Configurations at random, none twice, until there are no others or `count`. Each option is drawn from a stream of its
 * own, so that another one beside it leaves it as it is. In the first one options are what they usually are, where their
 * spaces have that: a search begins with what it is to improve on.
 */
export function drawConfigurations(
  axes: SearchAxes,
  given: GivenValues,
  seed: number,
  count: number,
): readonly Configuration[] {
  const found = new Map<string, Configuration>();
  while (found.size < count) {
    const trial = found.size;
    for (let attempt = 0; found.size === trial; attempt++) {
      if (attempt === PATIENCE) return [...found.values()];
      const usually = trial === 0 && attempt === 0;
      const drawn = configuration(
        axes,
        given,
        (name, space, usual) =>
          usually && space.has(usual) ? usual : space.at(new Rng(seed, `tune ${name}`).seek(trial, attempt).uniform()),
      );
      const key = JSON.stringify(drawn.values);
      if (!found.has(key)) found.set(key, drawn);
    }
  }
  return [...found.values()];
}

function configuration(
  { methods, general }: SearchAxes,
  given: GivenValues,
  value: (name: string, space: Space, usual: unknown) => unknown,
): Configuration {
  const drawn: Record<string, unknown> = {};
  const take = ({ name, space, usual }: Axis) => drawn[name] = value(name, space, usual);
  const texts = kinds.map((kind) => {
    const choices = methods[kind],
      chosen = value(kind, oneOf(...choices), choices[0]) as Choice,
      { spec, axes } = chosen;
    if (choices.length > 1) drawn[kind] = methodText({ ...spec.options, name: spec.name });
    const own = axes.map((axis) => [axis.name.slice(axis.name.indexOf(".") + 1), take(axis)] as const);
    const options = { ...spec.options, ...Object.fromEntries(own.filter(([option]) => option !== LR)) };
    return [kind, String(methodText({ ...options, name: spec.name }))];
  });
  general.forEach(take);
  const number = (name: "lr" | "l2" | "batchSize") => (drawn[name] ?? given[name]) as number | null;
  return {
    drawn,
    values: {
      ...Object.fromEntries(texts) as Record<Kind, string>,
      lr: number("lr"),
      l2: number("l2") ?? trainOptions.l2.default,
      batchSize: number("batchSize") ?? trainOptions.batchSize.default,
    },
  };
}

/** A line for each option that is drawn. */
export function axesText({ methods, general }: SearchAxes): readonly string[] {
  const line = (of: string) => ({ name, space }: Axis) => `${name}${of}: ${space.text}`;
  return [
    ...kinds.flatMap((kind) => {
      const choices = methods[kind], several = choices.length > 1;
      const names = choices.map(({ spec }) => methodText({ ...spec.options, name: spec.name }));
      return [
        ...several ? [`${kind}: ${names.join(", ")}`] : [],
        ...choices.flatMap(({ spec, axes }) => axes.map(line(several ? ` of ${spec.name}` : ""))),
      ];
    }),
    ...general.map(line("")),
  ];
}
