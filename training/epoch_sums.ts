import type { TensorData } from "../graphs/tensor.ts";

/** Sums over steps, by output of a step: `loss`, `auxiliary` and what was measured. */
export type Sums = Readonly<Record<string, number>>;

/** What the sampler, the loss or a side task measures, and the output of a step that brings it. */
interface Measure {
  readonly name: string;
  readonly output: string;
}

/** An epoch's losses and measures, summed step by step. */
export class EpochSums {
  readonly #measures: readonly Measure[];
  readonly #sums: Record<string, number>;

  /** Goes on from the sums of the steps before. */
  constructor(measures: readonly Measure[], before: Sums) {
    this.#measures = measures;
    this.#sums = { ...before };
  }

  get sofar(): Sums {
    return this.#sums;
  }

  /** Adds what a step gave. @throws RangeError where its loss is not finite, naming epoch and step. */
  add(outputs: Readonly<Record<string, TensorData>>, epoch: number, step: number): void {
    const loss = Number(outputs.loss![0]) + Number(outputs.auxiliary?.[0] ?? 0);
    if (!Number.isFinite(loss)) {
      const hint = epoch === 0 && step === 0
        ? "nothing was learnt before it: it is what the backbone starts from, or a weight decay (--l2) of that"
        : "a smaller learning rate often helps";
      throw new RangeError(`Training stopped: the loss is ${loss} at epoch ${epoch}, step ${step}; ${hint}`);
    }
    for (const output of ["loss", "auxiliary", ...this.#measures.map(({ output }) => output)]) {
      const value = outputs[output]?.[0];
      if (value !== undefined) this.#sums[output] = (this.#sums[output] ?? 0) + Number(value);
    }
  }

  /** What is reported of an epoch of `steps` steps: its loss summed, all else averaged. */
  over(steps: number): EpochTotals {
    const mean = (output: string) => this.#sums[output]! / steps;
    return {
      lossSum: this.#sums.loss!,
      ...this.#sums.auxiliary !== undefined && { auxiliary: mean("auxiliary") },
      ...this.#measures.length > 0 && {
        measures: Object.fromEntries(this.#measures.map(({ name, output }) => [name, mean(output)])),
      },
    };
  }
}

/** An epoch's losses and measures. */
export interface EpochTotals {
  readonly lossSum: number;
  /** What is lost beside it, averaged over steps. */
  readonly auxiliary?: number;
  /** What the sampler and the loss measured, and side tasks lost, averaged likewise. */
  readonly measures?: Readonly<Record<string, number>>;
}
