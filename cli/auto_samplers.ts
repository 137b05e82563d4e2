/**
 * The samplers that `--sampler auto` chooses from, with their default options: they need no side information, fit any
 * backbone or nearly so, and take no more than a few times the seconds of uniform draws. `enmf` has a loss of its own.
 */
export const autoSamplers: readonly string[] = ["rns", "pns", "dns", "cuco", "ahns", "enmf"];

/**
 * Is trained whole, however it stands at first: hard negatives teach fast and may overfit early, uniform ones teach slowly
 * and may be better in the end, and what is found had better be held against them.
 */
export const REFERENCE = "rns";
