import type { Value } from "../graphs/builder.ts";
import type { Loss, Scores } from "../losses/loss.ts";
import { SCOPES } from "./scopes.ts";

/** Scores that are not those of a step's rows and the negatives drawn for them. */
export type OwnScores = Omit<Scores, "vectors" | "frozen" | "denoiser" | "measure">;

/**
 * The recipe's loss of scores of one's own.
 *
 * @param whose they are, for the error.
 * @throws TypeError where the loss takes more than scores.
 */
export function lossOfScores(loss: Loss, scores: OwnScores, whose: string): Value {
  const refuse = (what: string) => {
    throw new TypeError(
      `Cannot combine ${whose} with this loss: it applies the loss to scores of its own, and the loss ${what}`,
    );
  };
  if (loss.frozen) refuse("compares with a frozen model's");
  if (loss.denoises) refuse("takes a denoiser's guesses");
  const { variables } = scores.graph, before = variables.size;
  const value = scores.graph.scope(SCOPES.loss, () =>
    loss({
      ...scores,
      get vectors() {
        return refuse("takes vectors");
      },
    }));
  if (variables.size > before) refuse("learns variables, which serve one use");
  return value;
}
