import { type AxisEntry, methodOf, readEntries, recipeSettings, type StudyMethod } from "../study_methods.ts";
import type { SharedValues } from "../study_options.ts";
import type { PartValues } from "./options.ts";

/** What is crossed, the outermost first. */
const AXES = ["backbone", "loss", "sampler"] as const;
const SAMPLER = AXES.indexOf("sampler");
const PLURAL = { backbone: "backbones", loss: "losses", sampler: "samplers" } as const;

/** No entry: what holds for all, under no name. */
const SHARED: readonly AxisEntry[] = [{ label: "", own: {} }];

/**
 * Each backbone with each loss with each sampler, called by those of which there are several. Settings of a sampler
 * override those of its loss, these those of its backbone, these those that hold for all.
 *
 * @throws TypeError where an entry has a setting of its own of what is crossed with it.
 */
export function crossed(values: PartValues, shared: SharedValues): readonly StudyMethod[] {
  const { backbones, losses, samplers } = values, given = [backbones, losses, samplers];
  const axes = AXES.map((axis, at) => given[at] ? readEntries(axis, given[at]) : SHARED);
  const several = axes.map(({ length }) => length > 1);
  axes.forEach((entries, at) => entries.forEach((entry) => checkOwn(entry, at, several)));
  const places = axes.reduce<readonly (readonly number[])[]>(
    (found, entries) => found.flatMap((place) => [...entries.keys()].map((at) => [...place, at])),
    [[]],
  );
  const entriesAt = (place: readonly number[]) => place.map((at, axis) => axes[axis]![at]!);
  const labelAt = (place: readonly number[]) => {
    const labels = entriesAt(place).map(({ label }) => label);
    return several.includes(true) ? labels.filter((_, axis) => several[axis]).join(" / ") : labels[SAMPLER]!;
  };
  return places.map((place) => {
    const label = labelAt(place), reference = labelAt(referenceOf(place, values.against, several));
    return { label, ...methodOf(label, shared, entriesAt(place)), against: reference === label ? null : reference };
  });
}
/** @throws TypeError where an entry has a setting of its own of what is crossed with it; samplers have an axis alone. */
function checkOwn({ label, own: given, recipe }: AxisEntry, at: number, several: readonly boolean[]): void {
  const own = { ...recipe && recipeSettings(recipe), ...given };
  for (const [of, other] of AXES.entries()) {
    if (of === at || own[other] === undefined || !(several[of] || of === SAMPLER)) continue;
    throw new TypeError(
      `Cannot cross ${AXES[at]} "${label}" with ${PLURAL[other]}: it has a ${other} of its own, "${own[other]}"`,
    );
  }
}

/** What a method is tested against: the same but for the first of one axis, or of all. */
function referenceOf(
  place: readonly number[],
  against: PartValues["against"],
  several: readonly boolean[],
): readonly number[] {
  if (against === "first") return place.map(() => 0);
  const named = AXES.findIndex((axis) => PLURAL[axis] === against);
  const compared = named >= 0 ? named : Math.max(0, several.lastIndexOf(true));
  return place.map((at, axis) => axis === compared ? 0 : at);
}
