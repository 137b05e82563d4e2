import type { Met } from "../../datasets/negatives.ts";
import type { Value } from "../../graphs/builder.ts";
import { leakyRelu } from "../../graphs/ops/activation.ts";
import { add, div, mul, stopGradient } from "../../graphs/ops/arithmetic.ts";
import { and, less, not, where } from "../../graphs/ops/compare.ts";
import { argMax, gather, gatherElements, topK } from "../../graphs/ops/index.ts";
import { matmul } from "../../graphs/ops/linear.ts";
import { softmax } from "../../graphs/ops/normalize.ts";
import { reshape, unsqueeze } from "../../graphs/ops/shape.ts";
import { finiteOr, LARGEST } from "../candidates.ts";
import { drawSlots } from "../draw_slots.ts";
import { logProbability } from "../kbgan.ts";
import type { Step } from "../sampler.ts";
import { hasMet } from "../has_met.ts";

/** The item that an exploration step leads to, and how likely the policy was to take it. */
export interface Stepped {
  readonly id: Value; // [R, 1]
  readonly logP: Value; // [R, 1]
}

/** How the walk goes on: from items `from` [R, 1], with `uniform` [R, 2 width] in the place of what is no negative. */
export type StepForward = (from: Value, uniform: Value, name: string) => Stepped;

/** What both forms of the policy share. */
export interface Walking {
  readonly step: Step;
  /** What is no negative of its user: what was met in training, unless the run excludes otherwise. */
  readonly excluded: Met;
  readonly firstUser: number;
  /** Where each node's steps may lead. */
  readonly steps: Value; // [nodes, 2 width]
  readonly vectors: Value; // [nodes, D]
  readonly temperature: number;
  /** How many of the items two hops away are left after pruning. */
  readonly kept: number;
}

/**
 * The paper's step: draw a neighbour; of its neighbours, keep those that the recommender scores highest; draw one of
 * them. Entities, users and train positives are replaced by the row's uniform negatives before anything is kept.
 */
export function drawnStep(walking: Walking): StepForward {
  const { step, excluded, kept } = walking, { graph, rows } = step, { hop, rate } = hops(walking);
  return (from, uniform, name) => {
    const near = hop(from), first = draw(rate(from, near), `${name}/first`);
    const via = gatherElements(near, first.id, 1), far = hop(via); // [R, 1], [R, 2 width]
    const item = and(less(far, graph.constant(Int32Array.of(step.catalogue.items))), not(hasMet(step, excluded, far)));
    const candidates = where(item, far, uniform);
    const best = gatherElements(
      candidates,
      topK(rank(step, candidates), Math.min(kept, candidates.shape[1]!)).slots,
      1,
    );
    const second = draw(rate(via, best), `${name}/second`);
    return { id: gatherElements(best, second.id, 1), logP: add(first.logP, second.logP) };
  };

  function draw(ratings: Value, name: string): Stepped {
    const id = drawSlots(stopGradient(softmax(ratings, 1)), graph.noise(name, [rows, 1]));
    return { id, logP: logProbability(ratings, id) };
  }
}

/**
 * The released code's step: the neighbour of the largest rating, not drawn; of its neighbours, those of the largest
 * ratings are kept, and the recommender's favourite is taken. What it leads to may be a train positive.
 */
export function greedyStep(walking: Walking): StepForward {
  const { step, kept } = walking, { items } = step.catalogue, { hop, rate } = hops(walking);
  return (from, uniform) => {
    const near = hop(from), nearRatings = rate(from, near), first = argMax(nearRatings, 1);
    const via = gatherElements(near, first, 1), far = hop(via), farRatings = rate(via, far);
    const candidates = where(less(far, step.graph.constant(Int32Array.of(items))), far, uniform);
    const slots = topK(stopGradient(farRatings), Math.min(kept, far.shape[1]!)).slots;
    const best = argMax(rank(step, gatherElements(candidates, slots, 1)), 1);
    const second = gatherElements(slots, best, 1);
    const logP = add(logProbability(nearRatings, first), logProbability(farRatings, second));
    return { id: gatherElements(candidates, second, 1), logP };
  };
}

/** The recommender's scores of candidates, detached; what is not finite comes last. */
const rank = (step: Step, candidates: Value) => finiteOr(stopGradient(step.score(step.items(candidates))), -LARGEST);

/** Where nodes [R, 1] may go, and h_u . LeakyReLU(h_x * h_y) / temperature for each y of `among`: both [R, n]. */
function hops({ step: { rows, graph, userIds }, firstUser, steps, vectors, temperature }: Walking) {
  const user = gather(vectors, add(userIds, graph.constant(Int32Array.of(firstUser)))); // h_u, [R, D]
  return {
    hop: (from: Value) => gather(steps, reshape(from, [rows])),
    rate: (from: Value, among: Value) => {
      const joint = leakyRelu(mul(gather(vectors, from), gather(vectors, among))); // [R, n, D]
      return div(reshape(matmul(joint, unsqueeze(user, 2)), among.shape), temperature);
    },
  };
}
