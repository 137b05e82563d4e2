import assert from "node:assert/strict";
import { catalogue } from "../../datasets/catalogue.ts";
import { losses } from "../../losses/mod.ts";
import type { Loss } from "../../losses/loss.ts";
import type { Backbone } from "../../models/backbone.ts";
import { backbones } from "../../models/mod.ts";
import type { AnyMethod } from "../../options/method.ts";
import { samplers } from "../../samplers/mod.ts";
import type { Sampler } from "../../samplers/sampler.ts";
import { optimizers } from "../../training/optimizers.ts";
import { trainingStep } from "../../training/step.ts";
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
      const texts = Object.fromEntries(Object.entries(defaults).map(([option, value]) => [option, `${value}`]));
      for (const given of [{}, defaults, texts]) assert.equal(makes(given), makes({}));
      assert.throws(() => method({ nonsense: 1 }), new RegExp(`Cannot make "${name}": it has no option "nonsense"`));
    });
  }
}

const of = catalogue(smallLog().train), ROWS = 5;
const together = (sampler: Sampler, backbone: Backbone, loss: Loss) =>
  trainingStep({ backbone, sampler, loss, catalogue: of, batchSize: ROWS, padded: true, l2: 0.1 });

for (const [name, make] of Object.entries<AnyMethod<Sampler>>(samplers)) {
  for (const negatives of "negatives" in make.options ? [1, 3] : [undefined]) {
    const sampler = make({ negatives }), count = negatives === undefined ? "its" : `${negatives}`;

    Deno.test(`${name} gives ${count} negatives a row in the shapes that its interface states`, () => {
      for (const backbone of Object.values<AnyMethod<Backbone>>(backbones)) {
        const { graph, negatives: given, loss } = together(sampler, backbone(), losses.bpr());
        const [rows, found, ...representation] = given.items.shape;
        assert(rows === ROWS || rows === 1);
        assert.equal(representation.length, 2);
        if (negatives !== undefined) assert.equal(found, negatives);
        if (given.ids) assert.deepEqual([given.ids.shape, given.ids.dtype], [[rows, found], "int32"]);
        if (given.mask) assert.deepEqual(given.mask.shape, [ROWS, found]);
        for (const each of [given.weight, given.logQ]) {
          if (each) assert([1, ROWS].includes(each.shape[0]!) && [1, found].includes(each.shape[1]));
        }
        if (given.positiveLogQ) assert.deepEqual(given.positiveLogQ.shape, [ROWS, 1]);
        assert.deepEqual(loss.shape, []);
        for (const [proposed, columns] of Object.entries(sampler.proposes)) {
          assert(Number.isInteger(columns) && columns > 0);
          assert.deepEqual(graph.inputs.get(`sampler/${proposed}`)?.shape, [ROWS, columns]);
        }
      }
    });
  }

  Deno.test(`${name} trains every backbone under every loss: the loss falls and stays finite`, async () => {
    for (const backbone of Object.values<AnyMethod<Backbone>>(backbones)) {
      for (const loss of Object.values<AnyMethod<Loss>>(losses)) {
        const { error, reports } = await smallRun({ sampler: make(), backbone: backbone(), loss: loss(), epochs: 8 });
        assert.equal(error, undefined);
        assert(reports.at(-1)!.loss < 0.9 * reports[0]!.loss, `${reports.map((report) => report.loss)}`);
      }
    }
  });
}

for (const [name, make] of Object.entries<AnyMethod<Backbone>>(backbones)) {
  Deno.test(`every variable of ${name} has a gradient in a training step`, () => {
    for (const [option, { default: value }] of [["", { default: 0 }] as const, ...Object.entries(make.options)]) {
      const backbone = make(typeof value === "boolean" ? { [option]: !value } : {});
      const { graph, gradients } = together(samplers.rns(), backbone, losses.bpr());
      assert.deepEqual([...gradients.keys()], [...graph.variables.values()]);
    }
  });
}
