import assert from "node:assert/strict";
import { catalogue } from "../../datasets/catalogue.ts";
import { losses } from "../../losses/mod.ts";
import type { Loss } from "../../losses/loss.ts";
import type { Backbone } from "../../models/backbone.ts";
import { backbones } from "../../models/mod.ts";
import type { AnyMethod } from "../../options/method.ts";
import { samplers } from "../../samplers/mod.ts";
import type { Policy } from "../../samplers/sampler.ts";
import { type Optimizer, optimizers } from "../../training/optimizers.ts";
import { trainingStep } from "../../training/step.ts";
import { opened } from "../samplers/drawn.ts";
import { anyMetadata } from "../samplers/metadata.ts";
import { smallBackbone } from "../models/small_backbone.ts";
import { lossFor } from "../training/matching.ts";
import { historiesFor } from "../training/some_histories.ts";
import { smallLog, smallRun } from "../training/small_run.ts";

type Registry<T> = Readonly<Record<string, AnyMethod<T>>>;
const registries: Readonly<Record<string, Registry<unknown>>> = { samplers, backbones, losses, optimizers };

for (const [registry, methods] of Object.entries(registries)) {
  for (const [name, method] of Object.entries(methods)) {
    Deno.test(`${name} of ${registry} says what it is in a sentence and whose it is`, () => {
      assert.equal(method.name, name);
      assert.match(method.summary, /^[\w-].*\.$/);
      assert.doesNotMatch(method.summary, /\n/);
      assert.match(method.citation, /\d{4}/);
    });

    Deno.test(`the options of ${name} take their own defaults, typed and as text, and nothing else is an option`, () => {
      for (const [option, { default: value, help, takes, read }] of Object.entries(method.options)) {
        assert(help.length > 0 && takes.length > 0, option);
        if (value === null) continue;
        assert.equal(read(value), value, option);
        assert.equal(read(`${value}`), value, option);
        assert.equal(read({}), undefined, `${option} refuses an object`);
      }
      const makes = (given: Readonly<Record<string, unknown>>) => typeof method(given);
      const defaults = Object.fromEntries(Object.entries(method.options).map(([option, of]) => [option, of.default]));
      const texts = Object.fromEntries(
        Object.entries(defaults).flatMap(([option, value]) => value === null ? [] : [[option, `${value}`]]),
      );
      for (const given of [{}, defaults, texts]) assert.equal(makes(given), makes({}));
      assert.throws(() => method({ nonsense: 1 }), new RegExp(`Cannot make "${name}": it has no option "nonsense"`));
    });

    Deno.test(`what tune draws the options of ${name} from is what they take, and makes one, wherever it is drawn`, () => {
      const spaces = Object.entries(method.options).filter(([, { space }]) => space !== undefined);
      for (const share of [0, 0.5, 1 - 2 ** -32]) {
        const drawn = spaces.map(([option, { space, read }]) => {
          const value = space!.at(share);
          assert.equal(read(value), value, `${option}=${value}`);
          assert(space!.has(value), `${option}=${value}`);
          return [option, value];
        });
        method(Object.fromEntries(drawn));
      }
    });
  }
}

const { train: log } = smallLog(), of = catalogue(log, anyMetadata(log.userCount, log.itemCount)), ROWS = 5;
const together = (policy: Policy, backbone: Backbone, loss: Loss) => {
  const sampler = opened(policy, of, ROWS);
  return {
    sampler,
    ...trainingStep({
      ...{ backbone, sampler, loss, catalogue: of, batchSize: ROWS, padded: true, l2: 0.1 },
      ...historiesFor(backbone, of),
    }),
  };
};
const everyLoss = Object.values<AnyMethod<Loss>>(losses), everyBackbone = Object.values<AnyMethod<Backbone>>(backbones);
const everyPair = everyBackbone.flatMap((backbone) => everyLoss.map((loss) => [backbone, loss] as const));
/** Each loss once, on backbones in turn, each backbone at least once, and a denoiser with its loss. */
const ranking = everyBackbone.filter(({ name }) => name !== "preferdiff");
const ofScores = everyLoss.filter(({ name }) => name !== "preferdiff");
const somePairs = [
  ...Array.from(
    { length: Math.max(ofScores.length, ranking.length) },
    (_, at) => [ranking[at % ranking.length]!, ofScores[at % ofScores.length]!] as const,
  ),
  [backbones.preferdiff, losses.preferdiff] as const,
];
/**
 * Distances score 0 at most: no negative exceeds the margin of a loss that is made for cosines, and none is pushed away.
 * What moves points of the hyperboloid moves no inner products. And a network lowers all scores at once, under heavy
 * negatives to where a loss without logarithms is flat.
 */
const unsuited = (backbone: string, loss: string) =>
  backbone === "hmf"
    ? loss === "ccl"
    : loss === "triplet-lorentz" || (loss === "pointwise" && ["mlp", "neumf"].includes(backbone));
/** Losses with a margin or a floor that only cosines reach. */
const MADE_FOR_COSINES = ["ccl", "dcl"];
interface Pace {
  readonly epochs: number;
  readonly optimizer: Optimizer;
}
const usual: Pace = { epochs: 12, optimizer: optimizers.adam({ lr: 0.05 }) };
/** What noise teaches, and networks, are learnt by shorter steps, and more of them. */
const slow: Readonly<Record<string, Pace>> = {
  preferdiff: { epochs: 60, optimizer: optimizers.adam({ lr: 0.01 }) },
  sasrec: { epochs: 60, optimizer: optimizers.adam({ lr: 0.01 }) },
  mlp: { epochs: 24, optimizer: optimizers.adam({ lr: 0.03 }) },
  "two-tower": { epochs: 24, optimizer: optimizers.adam({ lr: 0.02 }) },
};
/** Of a catalogue of 20 items a pool of 16 is nearly all: the hardest of so many teach a history's network little. */
const milder: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  dns: { pool: 4 },
  "dns-mn": { pool: 4, top: 2 },
  adaptive: { inBatch: 4, uniform: 4, top: 4 },
  "attribute-dns": { pool: 2 },
};
/** The words that a combination is refused with, if it is. */
const refused = (build: () => unknown) => {
  try {
    build();
    return undefined;
  } catch (error) {
    assert(error instanceof TypeError && /^Cannot combine /.test(error.message), `${error}`);
    return error.message;
  }
};

for (const [name, make] of Object.entries<AnyMethod<Policy>>(samplers)) {
  for (const count of "negatives" in make.options ? [1, 3] : [undefined]) {
    Deno.test(`${name} gives ${count ?? "its"} negatives a row in the shapes that its interface states`, () => {
      for (const backbone of Object.values<AnyMethod<Backbone>>(backbones)) {
        if (refused(() => together(make(), backbone(), lossFor(backbone)))) continue;
        const { graph, negatives: given, loss, sampler } = together(
          make(count === undefined ? {} : { negatives: count }),
          backbone(),
          lossFor(backbone),
        );
        assert.deepEqual(loss.shape, []);
        for (const [proposed, feed] of Object.entries(sampler.proposes)) {
          const shape = typeof feed === "number" ? [ROWS, feed] : feed.shape;
          assert(shape.every((size) => Number.isInteger(size) && size > 0));
          assert.deepEqual(graph.inputs.get(`sampler/${proposed}`)?.shape, shape);
        }
        if ("objective" in given) continue;
        const [rows, found, ...representation] = given.items.shape;
        assert(rows === ROWS || rows === 1);
        assert.equal(representation.length, 2);
        if (given.ids) assert.deepEqual([given.ids.shape, given.ids.dtype], [[rows, found], "int32"]);
        if (given.mask) assert.deepEqual(given.mask.shape, [ROWS, found]);
        for (const each of [given.weight, given.logQ]) {
          if (each) assert([1, ROWS].includes(each.shape[0]!) && [1, found].includes(each.shape[1]));
        }
        for (const each of [given.positiveLogQ, given.positiveWeight]) {
          if (each) assert.deepEqual(each.shape, [ROWS, 1]);
        }
      }
    });
  }

  Deno.test(`${name} can be built with every backbone and every loss, or says why not`, () => {
    const built = everyPair.filter(([backbone, loss]) => !refused(() => together(make(), backbone(), loss())));
    assert(built.length > 0, "no combination can be built");
  });

  Deno.test(`${name} learns to rank, under every loss and on every backbone`, async () => {
    for (const [backbone, loss] of somePairs) {
      if (unsuited(backbone.name, loss.name)) continue;
      const cosines = MADE_FOR_COSINES.includes(loss.name) && backbone.options.score?.takes.includes("cosine")
        ? { score: "cosine" }
        : {};
      const small = smallBackbone(backbone, cosines);
      if (refused(() => together(make(), small, loss()))) continue;
      const run = {
        sampler: make(small.history ? milder[name] : {}),
        backbone: small,
        loss: loss(),
        metadata: of.metadata,
        ...slow[backbone.name] ?? usual,
      };
      const { error, accuracy, reports } = await smallRun({ ...run, measured: true });
      const where = `${backbone.name}, ${loss.name}`;
      assert.equal(error, undefined, `${where}: ${error}`);
      assert.equal(reports.length, run.epochs);
      assert(accuracy! > 0.6, `${where}: ${accuracy} of pairs are ordered right`);
    }
  });
}

for (const [name, make] of Object.entries<AnyMethod<Backbone>>(backbones)) {
  Deno.test(`every variable of ${name} has a gradient in a training step`, () => {
    for (const [option, { default: value }] of [["", { default: 0 }] as const, ...Object.entries(make.options)]) {
      const backbone = make(typeof value === "boolean" ? { [option]: !value } : {});
      const { graph, gradients } = together(samplers.rns(), backbone, lossFor(make));
      assert.deepEqual([...gradients.keys()], [...graph.variables.values()]);
    }
  });
}
