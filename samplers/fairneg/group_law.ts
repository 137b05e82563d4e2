import { ontoSimplex } from "./onto_simplex.ts";

/** How likely negatives of each group are, and where that is heading. */
export interface GroupLaw {
  readonly p: Float32Array; // [Z]
  readonly v: Float32Array; // [Z]
}

/** How a law follows the groups' losses. */
export interface GroupStep {
  readonly rate: number;
  readonly momentum: number;
  readonly compat: "paper" | "code";
}

/**
 * Moves a law in place after an epoch of mean losses l_z, NaN where a group has no positive: groups with a loss above the
 * average g_z = l_z - mean l get fewer negatives, by v <- momentum v + (1 - momentum) g and p <- p - rate v, projected
 * onto the simplex. The released code keeps g where v belongs, clips p, and gives the last group what is missing to 1,
 * which here does not fall below 0.
 */
export function moveLaw({ p, v }: GroupLaw, losses: readonly number[], { rate, momentum, compat }: GroupStep): void {
  const known = losses.filter((loss) => !Number.isNaN(loss));
  const average = known.reduce((a, b) => a + b, 0) / known.length;
  const slopes = losses.map((loss) => Number.isNaN(loss) ? 0 : loss - average);
  const heading = slopes.map((g, z) => momentum * v[z]! + (1 - momentum) * g);
  const moved = heading.map((h, z) => p[z]! - rate * h);
  v.set(compat === "code" ? slopes : heading);
  p.set(compat === "code" ? withResidual(moved) : ontoSimplex(moved));
}

/** Clipped to [0, 1], the last filled up or cut so that all sum to 1, as far as it can. */
function withResidual(x: readonly number[]): number[] {
  const clipped = x.map((value) => Math.min(1, Math.max(0, value))), others = clipped.slice(0, -1);
  return [...others, Math.max(0, 1 - others.reduce((a, b) => a + b, 0))];
}
