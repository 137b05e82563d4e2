import { choice, type Values } from "../options/option.ts";

/** What is ranked, and what means are over: shared by `train`, `evaluate` and `compare`. */
export const rankedAsOptions = {
  mask: choice(
    ["seen", "none"],
    "seen",
    "what is left out of the lists: what the user has met by then, or nothing, as some papers on sequences have it",
  ),
  average: choice(
    ["users", "events"],
    "users",
    "what metrics are means over: users, or held-out interactions, each ranked by itself",
  ),
} as const;
export type RankedAsValues = Values<typeof rankedAsOptions>;

/** As the library has it. */
export const rankedAs = ({ mask, average }: RankedAsValues) => ({
  maskSeen: mask === "seen",
  byEvent: average === "events",
});

/** What stands above a table of full ranking where it is not as usual; empty where it is. */
export const rankedAsText = ({ mask, average }: RankedAsValues): string =>
  [
    ...mask === "none" ? ["history is not masked: lists have what the user has met, too"] : [],
    ...average === "events" ? ["means are over held-out interactions, each ranked by itself"] : [],
  ].join("; ");
