// What one process measures (foil.ts), and what it says.
export interface Case {
  /** A folder of a dataset, or `embedded`. */
  readonly data: string;
  readonly backbone: string;
  readonly sampler: string;
  readonly loss: string;
  readonly optimizer: "adam" | "lazyAdam";
  readonly provider: "wasm" | "native";
  readonly options?: Readonly<Record<"backbone" | "sampler", Readonly<Record<string, number | string>>>>;
  readonly epochs: number;
  /** Threads of the provider, and of ranking; of more than one, one draws candidates ahead. */
  readonly threads: number;
  /** Whether each epoch is followed by a full ranking of the test users. */
  readonly evaluates: boolean;
}

export interface Measured {
  /** Seconds of each epoch. */
  readonly training: readonly number[];
  readonly evaluating: readonly number[];
  /** Reading the dataset's files, and merely splitting them into lines and fields, in seconds. */
  readonly loading: number;
  readonly splitting: number;
  readonly lossSum: number;
  readonly peakMiB: number;
}
