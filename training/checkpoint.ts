import type { SavedTensor } from "../runtime/runtime.ts";
import type { Best, EpochReport } from "./recipe.ts";

/** All it takes to go on with a run as if it had never stopped: random draws depend on the position alone. */
export interface Checkpoint {
  /** The epoch under way, and how many of its steps are done. */
  readonly epoch: number;
  readonly step: number;
  /** Sums over those steps, by output of a step: `loss`, `auxiliary` and what was measured. */
  readonly sums: Readonly<Record<string, number>>;
  /** Of the epochs that are done. */
  readonly reports: readonly EpochReport[];
  /** Evaluations since the best one. */
  readonly waited: number;
  readonly best: Best | null;
  /** Variables and optimiser states. */
  readonly tensors: ReadonlyMap<string, SavedTensor>;
  /** Variables as they were after the best epoch. */
  readonly bestTensors: ReadonlyMap<string, SavedTensor>;
  /** What the sampler keeps between steps. */
  readonly samplerState: Readonly<Record<string, Int32Array | Float32Array>>;
}
