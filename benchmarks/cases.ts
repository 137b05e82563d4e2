// What `deno task bench` measures.
import type { Case } from "./case.ts";

/** Published settings of AHNS, by dataset of ../shared/data. */
const AHNS = {
  "ahns-tool": { alpha: 1, beta: 0.1, pool: 32 },
  "ahns-sport": { alpha: 0.5, beta: 0.1, pool: 32 },
  "ahns-ml": { alpha: 0.1, beta: 0.4, pool: 16 },
} as const;
type Data = keyof typeof AHNS;

const BASE = {
  backbone: "mf",
  loss: "bpr",
  optimizer: "adam",
  provider: "wasm",
  threads: 1,
  evaluates: false,
} as const;
/** Its epochs are as many as the command line asks for, where it does not say. */
export type Part = Omit<Case, "epochs"> & Partial<Pick<Case, "epochs">>;
type Given = Readonly<Record<string, number | string>>;
const method = (data: string, sampler: string, options: Given, rest: Partial<Part> = {}): Part => ({
  ...{ ...BASE, data, sampler, options: { backbone: {}, sampler: options } },
  ...rest,
});
const ahns = (data: Data, rest?: Partial<Part>) => method(data, "ahns", AHNS[data], rest);
const datasets = Object.keys(AHNS) as Data[];

/** One thread beside one of PyTorch. `lazyAdam` is beside SparseAdam. */
export const training: readonly Part[] = [
  ...datasets.map((data) => ahns(data)),
  ...datasets.map((data) => ahns(data, { optimizer: "lazyAdam" })),
  ...datasets.map((data) => ahns(data, { provider: "native" })),
  method("ahns-ml", "rns", {}),
  method("ahns-ml", "dns", { pool: 16 }),
];

const threads = navigator.hardwareConcurrency;
/** All cores beside as many threads of PyTorch, which trains by rns in between. An evaluation is short: ten tell more. */
export const evaluation: readonly Part[] = (["wasm", "native"] as const).flatMap((provider) =>
  datasets.map((data) => method(data, "rns", {}, { provider, threads, evaluates: true, epochs: 10 }))
);

/** The settings of docs/results/divns-ml and divns-tool; its caches are built anew every fifth epoch. */
const diverse = { cache: 2, sampler: "map", block: 8, project: 16, refresh: 5 };
/** A training of some length: the first epochs are not like the others, as all users are due for a diverse set at once. */
const rounds = { epochs: 40 };

/** Methods that no peer here has, each beside the first on its data. */
export const methods: readonly (readonly Part[])[] = [
  [
    method("ahns-ml", "dns", { pool: 10 }, rounds),
    method("ahns-ml", "divns", { ...diverse, pool: 10, lambda: 0.9 }, rounds),
  ],
  [
    method("ahns-tool", "dns", { pool: 32 }, rounds),
    method("ahns-tool", "divns", { ...diverse, pool: 32 }, rounds),
  ],
  [ahns("ahns-tool"), ahns("ahns-tool", { threads })],
  [method("ahns-ml", "dns", { pool: 16 }), method("ahns-ml", "dns", { pool: 16 }, { threads })],
  [
    method("ahns-tool", "rns", {}),
    method("ahns-tool", "mixgcf", { pool: 16 }),
    method("ahns-tool", "rns", {}, { backbone: "lightgcn" }),
  ],
  [
    method("amazon-beauty-seq", "rns", {}),
    method("amazon-beauty-seq", "rns", {}, { backbone: "sasrec", loss: "bce" }),
  ],
];
