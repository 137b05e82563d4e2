import type { Dataset } from "../datasets/dataset.ts";
import { TIES } from "../evaluation/ties.ts";
import { choice, integer, type Values } from "../options/option.ts";
import { type Held, heldIn } from "../studies/protocol.ts";

/** What is ranked, and what means are over: shared by `train`, `evaluate` and `compare`. */
export const rankedAsOptions = {
  mask: choice(
    ["seen", "train", "none"],
    "seen",
    "what is left out of the lists: seen, what the user has met by then; train, that without what was held out to select by; or nothing",
  ),
  average: choice(
    ["users", "events"],
    "users",
    "what metrics are means over: users, or held-out interactions, each ranked by itself",
  ),
  ties: choice(
    TIES,
    "by-id",
    "where held-out items stand among items of the same score: by their ids; optimistic, before all others; pessimistic, behind them",
  ),
  evaluateUsers: integer(
    0,
    "rank for so many of the users with held-out items, drawn by --split-seed, not for all; 0 is all",
    { min: 0 },
  ),
} as const;
export type RankedAsValues = Values<typeof rankedAsOptions>;

/** As the library has it. */
export const rankedAs = (
  { mask, average, ties, evaluateUsers, splitSeed }: RankedAsValues & { readonly splitSeed: number },
) => ({
  maskSeen: mask !== "none",
  byEvent: average === "events",
  ties,
  ...evaluateUsers > 0 && { sample: { users: evaluateUsers, seed: splitSeed } },
});

/** What is known when test is ranked: what was held out to select by stays in the lists where train alone is masked. */
export const testedIn = (data: Dataset, { mask }: Pick<RankedAsValues, "mask">): Held | undefined =>
  heldIn(data, "test", { keepsValid: mask === "train" });

/** What is said of another order of ties than the usual one. */
export const tiesText = {
  optimistic: "of items of the same score those held out are first (optimistic)",
  pessimistic: "of items of the same score those held out are last (pessimistic)",
} as const;

/** What stands above a table of full ranking where it is not as usual; empty where it is. `alsoRead` stays in the lists. */
export const rankedAsText = (
  { mask, average, ties, evaluateUsers }: RankedAsValues,
  { alsoRead = [] }: Pick<Held, "alsoRead">,
): string =>
  [
    ...mask === "none" ? ["history is not masked: lists have what the user has met, too"] : [],
    ...alsoRead.length > 0
      ? ["what was held out to select by is not masked: it is in the lists of test, as misses"]
      : [],
    ...average === "events" ? ["means are over held-out interactions, each ranked by itself"] : [],
    ...ties === "by-id" ? [] : [tiesText[ties]],
    ...evaluateUsers > 0 ? [`ranked for at most ${evaluateUsers} users`] : [],
  ].join("; ");

/** What records say of it. */
export const rankedAsRecord = ({ mask, average, ties, evaluateUsers }: RankedAsValues): Record<string, unknown> => ({
  mask,
  average,
  ...ties !== "by-id" && { ties },
  ...evaluateUsers > 0 && { evaluateUsers },
});
