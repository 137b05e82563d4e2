import type { Backbone } from "../../models/backbone.ts";
import type { AnyMethod } from "../../options/method.ts";

/** Options that make a model small, for the few pairs that tests have to learn from. */
const SMALL = { dim: 4, mlpDim: 4, hidden: "32", layers: 2 };
/** Of those with several parts, which share the width, and of noise, in which a narrow vector is lost. */
const PARTED: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  "two-tower": { dim: 8 },
  "multi-behaviour-mf": { dim: 8 },
  preferdiff: { dim: 16 },
};

/** A small backbone: of those options, the ones that it has, and others given. */
export const smallBackbone = (make: AnyMethod<Backbone>, also: Readonly<Record<string, unknown>> = {}): Backbone => {
  const size = Object.entries(SMALL).filter(([option]) => option in make.options);
  return make({ ...PARTED[make.name] ?? Object.fromEntries(size), ...also });
};
