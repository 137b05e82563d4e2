import { type MethodSpec, methodSpec } from "../options/method_spec.ts";
import type { Options } from "../options/option.ts";
import type { Space } from "../options/space.ts";
import { autoSamplers } from "./auto_samplers.ts";
import { isFile } from "./backbone_spec.ts";
import { type Kind, methodOf } from "./methods.ts";
import { DEFAULT, spaceOf, type SpaceSpec } from "./space_spec.ts";
import { parted } from "./study_methods.ts";
import { trainOptions, type TrainValues } from "./train_options.ts";

/** Options of a trial that may be drawn, as `train` takes them. */
export type TrialValues = Pick<
  TrainValues,
  "backbone" | "sampler" | "loss" | "optimizer" | "lr" | "l2" | "batchSize"
>;
/** What they are where they are not drawn; null is not given. */
export type GivenValues = { readonly [K in keyof TrialValues]: TrialValues[K] | null };

/** One option that is drawn. */
export interface Axis {
  /** As the space has it: `sampler.pool`, `lr`. */
  readonly name: string;
  readonly space: Space;
  /** What it is where nothing is searched. */
  readonly usual: unknown;
}

/** A method that may be drawn, and those of its options that are. */
export interface Choice {
  readonly spec: MethodSpec;
  readonly axes: readonly Axis[];
}

/** What a search draws. */
export interface SearchAxes {
  /** Of each kind one method or several. */
  readonly methods: Readonly<Record<Kind, readonly Choice[]>>;
  /** What is no method's. */
  readonly general: readonly Axis[];
}

export const kinds = ["backbone", "sampler", "loss", "optimizer"] as const satisfies readonly Kind[];
/** Options of `train` that are no method's. */
const GENERAL = ["l2", "batchSize"] as const;
/** What `train` calls the optimiser's learning rate. */
export const LR = "lr";
const OPTIMIZER_LR = "optimizer.lr";
/** Stands for the samplers that `train` chooses from. */
export const AUTO = "auto";

/**
 * What is drawn of the options that are given.
 *
 * @param fixedKind a kind none of whose options is drawn.
 * @throws TypeError naming what there is none of.
 */
export function searchAxes(given: GivenValues, written: SpaceSpec, fixedKind?: Kind): SearchAxes {
  const spec = new Map([...written].map(([name, values]) => [name === OPTIMIZER_LR ? LR : name, values]));
  const known = new Set<string>([DEFAULT, ...kinds]);
  const axisOf = (
    name: string,
    options: Options,
    option: string,
    { fixed, several = false }: { readonly fixed: boolean; readonly several?: boolean },
  ): readonly Axis[] => {
    const { space: own, default: usual, takes } = options[option]!, values = spec.get(name);
    known.add(name);
    if (!spec.has(name)) return own && !fixed && spec.has(DEFAULT) ? [{ name, space: own, usual }] : [];
    if (fixed && several) return []; // of one of the methods: that one has it as it is given
    if (fixed) throw new TypeError(`Cannot search "${name}": it is given, too; leave out one of the two`);
    const space = values == null ? own : spaceOf(name, values, options[option]!);
    if (space) return [{ name, space, usual }];
    throw new TypeError(`Cannot search "${name}": it has no space of its own; say one, "${name}=..." (${takes})`);
  };
  const choicesOf = (kind: Kind): readonly Choice[] => {
    const drawn = spec.get(kind);
    if (drawn === null) throw new TypeError(`Cannot search "${kind}": say which, as "${kind}=a,b"`);
    const named = parted(drawn ?? given[kind] ?? "");
    const all = new Set(named.flatMap((text) => kind === "sampler" && text === AUTO ? autoSamplers : [text]));
    return [...all].map((text) => {
      const method = methodSpec(kind, text), options = optionsOf(kind, method);
      const axes = Object.keys(options).flatMap((option) => {
        const rate = kind === "optimizer" && option === LR;
        const fixed = kind === fixedKind || option in method.options || (rate && given.lr !== null);
        return axisOf(rate ? LR : `${kind}.${option}`, options, option, { fixed, several: all.size > 1 });
      });
      return { spec: method, axes };
    });
  };
  const methods = {
    backbone: choicesOf("backbone"),
    sampler: choicesOf("sampler"),
    loss: choicesOf("loss"),
    optimizer: choicesOf("optimizer"),
  };
  const general = GENERAL.flatMap((name) => axisOf(name, trainOptions, name, { fixed: given[name] !== null }));
  for (const name of spec.keys()) if (!known.has(name)) throw unknown(name, methods);
  return { methods, general };
}

const optionsOf = (kind: Kind, method: MethodSpec): Options => isFile(method) ? {} : methodOf(kind, method).options;

function unknown(name: string, methods: SearchAxes["methods"]): TypeError {
  const [head = "", option] = name.split("."), kind = kinds.find((each) => each === head);
  if (kind === undefined || option === undefined) {
    const there = [LR, ...GENERAL, ...kinds.flatMap((each) => [each, `${each}.<option>`])];
    return new TypeError(`Cannot search "${name}": there is no such option; there are ${there.join(", ")}`);
  }
  const has = methods[kind].map(({ spec }) => {
    const options = Object.keys(optionsOf(kind, spec));
    return `"${spec.name}" has ${options.map((each) => `"${each}"`).join(", ") || "none"}`;
  });
  return new TypeError(`Cannot search "${name}": no ${kind} of this search has it; ${has.join("; ")}`);
}
