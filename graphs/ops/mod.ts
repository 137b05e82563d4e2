/** Every operation that a graph can be built with. */
export {
  abs,
  add,
  ceil,
  clip,
  cos,
  div,
  exp,
  floor,
  log,
  max,
  min,
  mul,
  neg,
  pow,
  reciprocal,
  sign,
  sin,
  sqrt,
  stopGradient,
  sub,
} from "./arithmetic.ts";
export { elu, erf, gelu, leakyRelu, relu, sigmoid, softplus, tanh } from "./activation.ts";
export { and, cast, equal, greater, greaterOrEqual, less, lessOrEqual, not, or, where } from "./compare.ts";
export { gemm, matmul, swapAxes } from "./linear.ts";
export {
  concat,
  expand,
  pad,
  reshape,
  slice,
  split,
  squeeze,
  transpose,
  unsqueeze,
  zerosLike,
  zerosOf,
} from "./shape.ts";
export { cumSum, logSumExp, logSumExpOf, maxOver, mean, minOver, sum } from "./reduce.ts";
export { layerNorm, softmax, unit } from "./normalize.ts";
export {
  argMax,
  argMin,
  denseRows,
  gather,
  gatherElements,
  gatherNd,
  scatterElementsAdd,
  scatterNd,
  scatterNdAdd,
  scatterNdMax,
  topK,
} from "./index.ts";
export { opTable } from "./table.ts";
