/** Ops whose result is of the shape of their input alone: a batch's length tells nothing of what it holds. */
export const MEASURING: ReadonlySet<string> = new Set(["Shape", "Size"]);
/** Ops that keep elements and their order, and give them other axes. */
export const RESHAPING: ReadonlySet<string> = new Set(["Reshape", "Squeeze", "Unsqueeze"]);
