import type { Value } from "../builder.ts";
import { add, div, mul, sqrt, sub } from "../ops/arithmetic.ts";
import { reshape } from "../ops/shape.ts";
import { type ImportCall, type Importer, numberOf, oneOf } from "./importer.ts";

/**
 * Batch normalisation as in inference (Ioffe & Szegedy, ICML 2015, algorithm 2): with the mean and variance that the
 * file has, which stay as they are. Channels are axis 1.
 */
function batchNormalization(inputs: readonly Value[], call: ImportCall): Value {
  if (numberOf(call, "training_mode", 0) === 1) {
    throw new TypeError("training_mode=1 is not known; export the model in its inference form");
  }
  const [x, ...channels] = inputs as [Value, ...Value[]], tail = x.shape.slice(2).map(() => 1);
  const [scale, bias, mean, variance] = channels.map((each) => reshape(each, [...each.shape, ...tail])) as [
    Value,
    Value,
    Value,
    Value,
  ];
  return add(mul(sub(x, mean), div(scale, sqrt(add(variance, numberOf(call, "epsilon", 1e-5))))), bias);
}

export const normalizations: Readonly<Record<string, Importer>> = {
  BatchNormalization: oneOf(batchNormalization),
};
