import { choice, text, type Values } from "../../options/option.ts";
import { compareOptions, entries } from "../study_options.ts";
import { outputOptions } from "../train_options.ts";

/** What is of the whole study: the table has one set of columns, and lies in one place. */
const { out: _out, metrics, json: _json, quiet: _quiet, ...ofData } = compareOptions;

/** What a study says of each of its datasets, or of all of them: the options of `compare`, and what is crossed. */
export const partOptions = {
  ...ofData,
  backbones: entries("backbones", "backbones, each with every sampler and loss"),
  losses: entries("losses", "losses, each with every sampler and backbone"),
  against: choice(
    ["auto", "samplers", "losses", "backbones", "first"],
    "auto",
    "what a method is tested against: the one with the first of these, else the same, or the first of all; auto is the " +
      "last of backbones, losses and samplers of which there are several",
  ),
} as const;
export type PartValues = Values<typeof partOptions>;

/** The keys of a study's file beside `data`, which may be a list, and `out`. */
export const fileOptions = { ...partOptions, metrics } as const;

/** What each command on a study may be told. */
export const studyOptions = {
  out: text(null, "folder of the study; without it, that which its file names, or runs/<name of the file>"),
  ...outputOptions,
} as const;
