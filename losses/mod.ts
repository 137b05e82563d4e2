import type { AnyMethod } from "../options/method.ts";
import { advinfonce } from "./advinfonce.ts";
import { bce } from "./bce.ts";
import { bpr } from "./bpr.ts";
import { bprMax } from "./bpr_max.ts";
import { ccl } from "./ccl.ts";
import { dcl } from "./dcl.ts";
import { gbce } from "./gbce.ts";
import { hinge } from "./hinge.ts";
import { infonce } from "./infonce.ts";
import type { Loss } from "./loss.ts";
import { napo } from "./napo.ts";
import { pointwise } from "./pointwise.ts";
import { preferdiff } from "./preferdiff.ts";
import { sdpo } from "./sdpo.ts";
import { softmaxRho } from "./softmax_rho.ts";
import { tripletLorentz } from "./triplet_lorentz.ts";

/**
 * Every loss, by name.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { losses } from "./mod.ts";
 *
 * for (const [name, make] of Object.entries(losses)) assert.equal(make.name, name);
 * assert.throws(() => losses.bpr({ form: "pair" as "pairs" }), /takes one of joint, pairs, sigmoid, found "pair"/);
 * ```
 */
export const losses = {
  bpr,
  bce,
  gbce,
  pointwise,
  hinge,
  infonce,
  ccl,
  "softmax-rho": softmaxRho,
  dcl,
  advinfonce,
  sdpo,
  napo,
  "triplet-lorentz": tripletLorentz,
  "bpr-max": bprMax,
  preferdiff,
} as const satisfies Readonly<Record<string, AnyMethod<Loss>>>;
