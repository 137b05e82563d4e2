import assert from "node:assert/strict";
import { catalogue } from "../../datasets/catalogue.ts";
import { filled, zeros } from "../../graphs/initializers.ts";
import { softplus } from "../../graphs/ops/activation.ts";
import { add, mul, sub } from "../../graphs/ops/arithmetic.ts";
import { mean, sum } from "../../graphs/ops/reduce.ts";
import type { Loss } from "../../losses/loss.ts";
import { losses } from "../../losses/mod.ts";
import { lightgcn } from "../../models/lightgcn.ts";
import { sasrec } from "../../models/sasrec.ts";
import { mixgcf } from "../../samplers/mixgcf.ts";
import { rns } from "../../samplers/rns.ts";
import type { Negatives, Policy } from "../../samplers/sampler.ts";
import { sbpr } from "../../samplers/sbpr.ts";
import { isModel } from "../../training/scopes.ts";
import { sgd } from "../../training/optimizers.ts";
import { trainingStep } from "../../training/step.ts";
import { opened } from "../samplers/drawn.ts";
import { anyMetadata } from "../samplers/metadata.ts";
import { smallLog, smallRun } from "./small_run.ts";
import { historiesFor } from "./some_histories.ts";

const ranking: Loss = ({ positive, negative }) => mean(softplus(sub(negative, positive)));
const still = { optimizer: sgd({ lr: 0 }), epochs: 1 };

Deno.test("a frozen model has no dropout: it is asked what it was, not trained", () => {
  const of = catalogue(smallLog().train),
    noises = [lightgcn({ dim: 2, dropout: 0.3 }), sasrec({ dim: 4, dropout: 0.3 })]
      .map((backbone) => {
        const { graph } = trainingStep({
          ...{ backbone, sampler: opened(rns(), of, 4), loss: losses.sdpo(), catalogue: of },
          ...{ batchSize: 4, padded: false, l2: 0, ...historiesFor(backbone, of) },
        });
        return [...graph.noises.keys()];
      });
  for (const names of noises) {
    assert(names.length > 0 && names.every((name) => !name.startsWith("frozen/")), `${names}`);
  }
});

Deno.test("a frozen model is the model as training started, and again after every so many epochs", async () => {
  /** How far the model has come from its frozen copy, in squared score. */
  const drift = (refresh: number): Loss =>
    Object.assign<Loss, { frozen: { refresh: number } }>(({ positive, negative, frozen }) => {
      const apart = sub(positive, frozen!.positive);
      return add(mean(softplus(sub(negative, positive))), mul(0, mean(mul(apart, apart))));
    }, { frozen: { refresh } });
  const frozenAfter = async (epochs: number, refresh: number) => {
    const { saved, error } = await smallRun({ loss: drift(refresh), epochs });
    assert.equal(error, undefined);
    return saved.get("frozen/item")!.data;
  };
  const start = (await smallRun({ ...still, loss: ranking })).saved.get("item")!.data;
  const after = async (epochs: number) => (await smallRun({ loss: drift(0), epochs })).saved.get("item")!.data;
  assert.deepEqual(await frozenAfter(4, 0), start);
  assert.deepEqual(await frozenAfter(1, 2), start);
  assert.deepEqual(await frozenAfter(4, 2), await after(2));
  assert.deepEqual(await frozenAfter(4, 3), await after(3));
});

Deno.test("an adversary climbs in its own epochs, and only there; the model falls in the others", async () => {
  const climbs = [1, 2];
  const loss: Loss = Object.assign<Loss, Pick<Required<Loss>, "adversary">>((scores) => {
    const grip = scores.graph.variable("grip", [1], filled(1));
    return add(ranking(scores), mul(0.1, sum(grip)));
  }, { adversary: { learningRate: 0.5, ascends: (epoch) => climbs.includes(epoch) } });
  const after = async (epochs: number) => (await smallRun({ loss, epochs })).saved;
  const [one, two, three, four] = [await after(1), await after(2), await after(3), await after(4)];
  const grip = (of: typeof one) => of.get("loss/grip")!.data[0]!;
  assert.equal(grip(one), 1);
  assert(grip(two) > 1 && grip(three) > grip(two), `${grip(two)}, ${grip(three)}`);
  assert.equal(grip(four), grip(three));
  assert.deepEqual(three.get("user"), one.get("user"));
  assert.notDeepEqual(four.get("user"), three.get("user"));
});

Deno.test("a sampler's variables move at its own rate under Adam, as the model's where it names none", async () => {
  const withGate = (learningRate?: number): Policy => (setting) => {
    const plain = rns()(setting);
    return {
      ...plain,
      ...learningRate !== undefined && { learningRate },
      select: (step, proposed) => ({
        ...plain.select(step, proposed) as Negatives,
        auxiliary: sum(step.graph.variable("gate", [1], zeros)),
      }),
    };
  };
  const gate = async (rate?: number) =>
    (await smallRun({ ...still, sampler: withGate(rate) })).saved.get("sampler/gate")!.data[0]!;
  assert.equal(await gate(), 0);
  const steps = (await smallRun(still)).reports[0]!.steps;
  // under a constant gradient Adam moves by its rate at every step
  assert(Math.abs(await gate(0.25) + 0.25 * steps) < 1e-4, `${await gate(0.25)} after ${steps} steps`);
});

Deno.test("what is neither sampler's, loss's nor frozen is the model's", () => {
  assert.deepEqual(["user", "item#m", "sampler/gate", "loss/grip#v", "frozen/user"].map(isModel), [
    true,
    true,
    false,
    false,
    false,
  ]);
});

Deno.test("what cannot be combined says why before anything runs", async () => {
  const compares: Loss = Object.assign<Loss, { frozen: { refresh: number } }>(ranking, { frozen: { refresh: 0 } });
  const { error } = await smallRun({ loss: compares, sampler: mixgcf() });
  assert.match(
    `${error}`,
    /TypeError: Cannot combine this loss with this sampler: .* scores items by id, and .* synthesised/,
  );
  const learns: Loss = (scores) => add(ranking(scores), sum(scores.graph.variable("grip", [1], zeros)));
  const { train } = smallLog(), metadata = anyMetadata(train.userCount, train.itemCount);
  const measures: Loss = ({ vectors }) => mean(mul(vectors.query, vectors.query));
  for (const [loss, why] of [[compares, /frozen model's/], [measures, /takes vectors/]] as const) {
    assert.match(`${(await smallRun({ loss, sampler: sbpr(), metadata: anyMetadata(12, 20) })).error}`, why);
  }
  const { error: twice } = await smallRun({ loss: learns, sampler: sbpr(), metadata });
  assert.match(`${twice}`, /TypeError: Cannot combine this sampler with this loss: .* the loss learns variables/);
});
