import type { AnyMethod } from "../options/method.ts";
import { adaptive } from "./adaptive.ts";
import { adasir } from "./adasir.ts";
import { advir } from "./advir.ts";
import { ahns } from "./ahns.ts";
import { ans } from "./ans.ts";
import { aobpr } from "./aobpr.ts";
import { attention } from "./attention.ts";
import { attributeDns } from "./attribute_dns.ts";
import { bir } from "./bir.ts";
import { bns } from "./bns.ts";
import { categoryBalanced } from "./category_balanced.ts";
import { cohorts } from "./cohorts.ts";
import { cuco } from "./cuco.ts";
import { dens } from "./dens.ts";
import { divns } from "./divns.ts";
import { dns } from "./dns.ts";
import { dnsMn } from "./dns_mn.ts";
import { embeddingGenerator } from "./embedding_generator.ts";
import { enmf } from "./enmf.ts";
import { full } from "./full.ts";
import { gnno } from "./gnno.ts";
import { inBatch } from "./in_batch.ts";
import { inverse } from "./inverse.ts";
import { fairneg } from "./fairneg.ts";
import { ips } from "./ips.ts";
import { irgan } from "./irgan.ts";
import { kbgan } from "./kbgan.ts";
import { kgpolicy } from "./kgpolicy.ts";
import { knowledgeWeights } from "./knowledge_weights.ts";
import { mcns } from "./mcns.ts";
import { mixed } from "./mixed.ts";
import { mixgcf } from "./mixgcf.ts";
import { multiBehaviour } from "./multi_behaviour.ts";
import { pns } from "./pns.ts";
import { predefined } from "./predefined.ts";
import { pris } from "./pris.ts";
import { realhns } from "./realhns.ts";
import { rns } from "./rns.ts";
import type { Policy } from "./sampler.ts";
import { sbpr } from "./sbpr.ts";
import { sharedNegatives } from "./shared_negatives.ts";
import { srns } from "./srns.ts";
import { triplh } from "./triplh.ts";
import { userSimilarity } from "./user_similarity.ts";
import { warp } from "./warp.ts";

/**
 * Every sampler, by name.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { samplers } from "./mod.ts";
 *
 * for (const [name, make] of Object.entries(samplers)) assert.equal(make.name, name);
 * assert.throws(() => samplers.dns({ pool: 0 }), /option "pool" takes a whole number of at least 1, found 0/);
 * ```
 */
export const samplers = {
  // static
  rns,
  predefined,
  pns,
  inverse,
  cohorts,
  "in-batch": inBatch,
  mixed,
  "shared-negatives": sharedNegatives,
  full,
  enmf,
  // dynamic
  dns,
  "dns-mn": dnsMn,
  adaptive,
  ahns,
  cuco,
  warp,
  aobpr,
  bns,
  pris,
  adasir,
  mcns,
  gnno,
  srns,
  "user-similarity": userSimilarity,
  triplh,
  mixgcf,
  dens,
  ans,
  divns,
  // adversarial
  irgan,
  kbgan,
  advir,
  "embedding-generator": embeddingGenerator,
  // importance re-weighting
  attention,
  "knowledge-weights": knowledgeWeights,
  ips,
  bir,
  // knowledge-enhanced
  sbpr,
  "attribute-dns": attributeDns,
  "category-balanced": categoryBalanced,
  "multi-behaviour": multiBehaviour,
  realhns,
  kgpolicy,
  fairneg,
} as const satisfies Readonly<Record<string, AnyMethod<Policy>>>;
