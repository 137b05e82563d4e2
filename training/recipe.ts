import type { EpochRows } from "../datasets/batching.ts";
import type { Interactions } from "../datasets/interactions.ts";
import type { Metadata } from "../datasets/metadata.ts";
import type { Loss } from "../losses/loss.ts";
import type { Backbone } from "../models/backbone.ts";
import type { Runtime, SavedTensor } from "../runtime/runtime.ts";
import type { Policy } from "../samplers/sampler.ts";
import type { Checkpoint } from "./checkpoint.ts";
import type { NegativesReport } from "./negatives_report.ts";
import type { Optimizer } from "./optimizers.ts";

/**
 * All that a training run depends on. Two runs of equal recipes on one provider give the same bytes; on
 * WebGPU, which adds up in no fixed order, they differ by rounding.
 */
export interface Recipe {
  readonly runtime: Runtime;
  /** The interactions to learn from. */
  readonly data: Interactions;
  /** What else is known of its users and items: some backbones and samplers need it. */
  readonly metadata?: Metadata;
  readonly backbone: Backbone;
  readonly sampler: Policy;
  readonly loss: Loss;
  readonly optimizer: Optimizer;
  /** Interactions a step, R. Default 2048. */
  readonly batchSize?: number;
  /** Leave out an epoch's last batch if it is not full. Default false: it is padded. */
  readonly dropLast?: boolean;
  /**
   * What the rows of an epoch are: each interaction once, or as many draws of a user, evenly among those who have something
   * to train on, each with one of the user's positives, evenly too (He et al., SIGIR 2020, their code). A backbone that
   * reads histories takes the first alone. Default "interactions".
   */
  readonly visit?: EpochRows;
  /** At most so many epochs. Default 100. */
  readonly epochs?: number;
  /** Stop after so many of them; what goes by their number goes by `epochs` all the same. Default: all. */
  readonly until?: number;
  /** Weight decay of the rows a step uses. Default 1e-4. */
  readonly l2?: number;
  /** Pairs that are never drawn as a negative of their user; none: items are drawn from all. Default: `data`. */
  readonly excluded?: readonly Interactions[];
  /** Whether the uniform candidates that a row draws at a time differ, where there are enough. Default false: they may repeat. */
  readonly distinct?: boolean;
  /** Decides the order of interactions and every draw; the runtime's own seed decides the initial variables. Default 0. */
  readonly seed?: number;
  /** Metrics of the model as it stands, larger is better; see `fullRanking`. Without it the last epoch is the result. */
  readonly evaluate?: () => Promise<Readonly<Record<string, number>>>;
  /** The metric that decides which epoch is best. Needed with `evaluate`. */
  readonly selectBy?: string;
  /** Evaluate after epochs 0, n, 2n, ... and the last. Default 5. */
  readonly evaluateEvery?: number;
  /** Stop after so many evaluations in a row below the best; an equal one counts as the best, as in the papers' code. Default 10. */
  readonly patience?: number;
  /** Look at the negatives that are used and report what they were. Default true. */
  readonly diagnose?: boolean;
  /**
   * Have a thread of its own draw the next batch's uniform candidates while a step runs, where there is a second core and
   * they are many. Numbers do not depend on it. Default true.
   */
  readonly drawAhead?: boolean;
  /** Interactions not trained on: a negative among them is a false one. */
  readonly heldOut?: readonly Interactions[];
  /**
   * What variables start as: those of an earlier model, say, as `carriedOver` has them. Those that are not in it start as
   * the backbone says.
   */
  readonly initial?: ReadonlyMap<string, SavedTensor>;
  /** Where an earlier run stopped. */
  readonly resume?: Checkpoint;
  /**
   * Called after epochs 0, n, 2n, ... of `evaluateEvery` and the last, whether they are evaluated or not, and when `signal`
   * stops the run, with all it takes to go on from there.
   */
  readonly keep?: (checkpoint: Checkpoint) => Promise<void>;
  /** Stops the run after the current step. */
  readonly signal?: AbortSignal;
  /** Called after each step, for progress bars. */
  readonly onStep?: (step: { readonly epoch: number; readonly step: number; readonly steps: number }) => void;
}

/** Seconds spent in an epoch, by what they were spent on. */
export interface Seconds {
  /** Drawing, and what a sampler keeps. */
  readonly sampling: number;
  /** Scores, loss and gradients. On WebGPU updates too: they are part of the graph. */
  readonly scoring: number;
  /** Updates; 0 on WebGPU. */
  readonly updating: number;
  /** Ranking for metrics, and looking at the negatives. */
  readonly evaluating: number;
}

/** Seconds of training itself. */
export const trainingSeconds = ({ sampling, scoring, updating }: Seconds): number => sampling + scoring + updating;

/** What one epoch did. */
export interface EpochReport {
  /** From 0. */
  readonly epoch: number;
  readonly steps: number;
  /** The loss, averaged over steps. */
  readonly loss: number;
  /** The loss, summed over steps: what the papers' logs print. */
  readonly lossSum: number;
  /** What is lost beside it, averaged over steps: a generator's loss, a gate's, those of the backbone's side tasks. */
  readonly auxiliary?: number;
  /**
   * What the sampler and the loss measured, averaged over steps: `eta` of advinfonce, `fallback` of predefined; and what
   * each side task of the backbone lost.
   */
  readonly measures?: Readonly<Record<string, number>>;
  readonly seconds: Seconds;
  /** What the negatives were, where the sampler draws or makes any. */
  readonly negatives?: NegativesReport;
  /** Where the epoch was evaluated. */
  readonly metrics?: Readonly<Record<string, number>>;
  /** The best evaluated epoch so far. */
  readonly best?: Best;
}

/** The epoch that a run's result is. */
export interface Best {
  readonly epoch: number;
  readonly metrics: Readonly<Record<string, number>>;
}
