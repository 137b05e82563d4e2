import { div, stopGradient } from "../graphs/ops/arithmetic.ts";
import { less, where } from "../graphs/ops/compare.ts";
import { gatherElements } from "../graphs/ops/index.ts";
import { softmax } from "../graphs/ops/normalize.ts";
import { concat, slice } from "../graphs/ops/shape.ts";
import { define } from "../options/method.ts";
import { choice, integer, real, text } from "../options/option.ts";
import { drawRows, finiteOr, LARGEST, uniformRows } from "./candidates.ts";
import { drawSlots } from "./draw_slots.ts";
import { moveLaw } from "./fairneg/group_law.ts";
import { drawFair, itemGroups } from "./fairneg/item_groups.ts";
import { requireAttributes } from "./requirements.ts";
import type { Policy } from "./sampler.ts";

