import type { Seconds } from "./recipe.ts";

/** What an epoch's time goes into: laps, each of them told at its end what it was. */
export class Stopwatch {
  readonly #spent: Record<keyof Seconds, number> = { sampling: 0, scoring: 0, updating: 0, evaluating: 0 }; // milliseconds
  #since = performance.now();

  /** Begins a lap; what was before it is nobody's. */
  start(): void {
    this.#since = performance.now();
  }

  /** Ends a lap, and begins the next. Of it, `updating` milliseconds went into updates. */
  lap(into: keyof Seconds, updating = 0): void {
    const now = performance.now();
    this.#spent[into] += now - this.#since - updating;
    this.#spent.updating += updating;
    this.#since = now;
  }

  seconds(): Seconds {
    const { sampling, scoring, updating, evaluating } = this.#spent;
    return {
      sampling: sampling / 1000,
      scoring: scoring / 1000,
      updating: updating / 1000,
      evaluating: evaluating / 1000,
    };
  }
}
