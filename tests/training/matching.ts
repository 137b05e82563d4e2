import type { Loss } from "../../losses/loss.ts";
import { losses } from "../../losses/mod.ts";
import type { Backbone } from "../../models/backbone.ts";
import { backbones } from "../../models/mod.ts";
import type { AnyMethod } from "../../options/method.ts";

const { preferdiff } = losses, { preferdiff: denoising } = backbones;

/** A loss that trains a backbone: bpr, of a denoiser its own. */
export const lossFor = ({ name }: AnyMethod<Backbone>): Loss => name === denoising.name ? preferdiff() : losses.bpr();

/** A backbone that a loss trains: mf, of a denoiser's loss one that has it. */
export const backboneFor = ({ name }: AnyMethod<Loss>): AnyMethod<Backbone> =>
  name === preferdiff.name ? denoising : backbones.mf;
