import { choice, flag, integer, real } from "../options/option.ts";
import { among, evenly } from "../options/searched.ts";

/** Options of every backbone that reads histories. */
export const historyOptions = {
  dim: among(integer(64, "width of the vectors", { min: 1 }), 32, 64, 128),
  length: integer(50, "longest history that is read, T: its latest items", { min: 1 }),
  asks: choice(["all", "last"], "all", "what trains: the item after each of a history, or after its last alone"),
  windows: flag(false, "longer histories train in pieces of `length`, instead of their latest alone"),
  dropout: evenly(real(0.2, "share of elements dropped while training", { min: 0, max: 0.95 }), 0, 0.5),
  score: choice(["dot", "cosine"], "dot", "inner product or cosine"),
} as const;
