/**
 * Foil trains recommenders from implicit feedback with any negative-sampling policy, on ONNX graphs that it authors
 * itself and a stock onnxruntime-web runs, on WebGPU or WASM.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { adam, bpr, catalogue, dns, embeddedDataset, fullRanking, mf, openRuntime, train } from "./mod.ts";
 *
 * const data = await embeddedDataset(), backbone = mf({ dim: 32 });
 * const runtime = await openRuntime({ provider: "wasm", seed: 1 });
 * const ranking = await fullRanking(runtime, backbone, catalogue(data.train), data.valid!, { metrics: ["ndcg@20"] });
 * for await (
 *   const { epoch, loss } of train({
 *     runtime,
 *     data: data.train,
 *     backbone,
 *     sampler: dns({ pool: 8 }),
 *     loss: bpr(),
 *     optimizer: adam({ lr: 0.01 }),
 *     epochs: 2,
 *   })
 * ) assert(epoch < 2 && loss > 0);
 * const { metrics } = await ranking.evaluate();
 * assert(metrics["ndcg@20"]! > 0.2);
 * ```
 *
 * @module
 */

// random
export { Rng } from "./random/rng.ts";
export type { Permutation } from "./random/permutation.ts";

// graphs
export {
  type Attribute,
  type Attributes,
  blocksGradient,
  type Cotangent,
  GraphBuilder,
  type Initializer,
  type Node,
  notDifferentiable,
  type Op,
  RowGradient,
  Value,
  Variable,
  type Vjp,
} from "./graphs/builder.ts";
export type { DType, Shape, TensorData, TensorType } from "./graphs/tensor.ts";
export { gradients } from "./graphs/autodiff.ts";
export { encode, type EncodeOptions } from "./graphs/encode.ts";
export { decode, type Decoded, type DecodeOptions } from "./graphs/decode.ts";
export { print } from "./graphs/print.ts";
/**
 * How variables start.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { initializers, Rng } from "./mod.ts";
 *
 * const rng = new Rng(1, "user");
 * assert.deepEqual(initializers.filled(2)([1, 3], rng), Float32Array.of(2, 2, 2));
 * const drawn = initializers.xavierUniform([20, 4], rng); // the bound is the root of 6 / (20 + 4)
 * assert(drawn.length === 80 && drawn.every((x) => Math.abs(x) <= 0.5) && drawn.some((x) => Math.abs(x) > 0.4));
 * ```
 */
export * as initializers from "./graphs/initializers.ts";
/**
 * What graphs are built with. Each checks its operands as it is called.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { GraphBuilder, ops } from "./mod.ts";
 *
 * const g = new GraphBuilder(), x = g.input("x", "float32", [6, 8]), y = g.input("y", "float32", [8, 4]);
 * assert.deepEqual(ops.sum(ops.relu(ops.matmul(x, y)), [0]).shape, [4]);
 * assert.throws(() => ops.matmul(y, x), /Cannot multiply \[8,4\] by \[6,8\]/);
 * ```
 */
export * as ops from "./graphs/ops/mod.ts";

// runtime
export { openRuntime, type ProviderChoice, type RuntimeOptions } from "./runtime/providers.ts";
export type { Feeds, Plan, Program, Provider, Result, Runtime, SavedTensor, Update } from "./runtime/runtime.ts";
export type { UpdateInputs, UpdateOutputs, UpdateRule } from "./runtime/update.ts";
export { type HostTensor, type Model, openModel } from "./runtime/model.ts";

// datasets
export { type InteractionColumns, type Interactions, interactions } from "./datasets/interactions.ts";
export { type Catalogue, catalogue } from "./datasets/catalogue.ts";
export type { Dataset, Parts } from "./datasets/dataset.ts";
export { type Ids, namedIds, numberedIds } from "./datasets/ids.ts";
export { InputError } from "./datasets/input_error.ts";
export { loadDataset, type LoadOptions, loadQuery } from "./datasets/load.ts";
export type { OpenOptions } from "./datasets/open_log.ts";
export type { TextOptions } from "./datasets/log.ts";
export type { AssembleOptions } from "./datasets/assemble.ts";
export type { Piece, Position } from "./datasets/fields.ts";
export type { IdTable } from "./datasets/id_table.ts";
export type { Sequences } from "./datasets/sequences.ts";
export { type DatasetOptions, type DatasetSources, parseDataset } from "./datasets/parse.ts";
export type { Query } from "./datasets/query.ts";
export type { ColumnChoice, Format, ParseOptions, Scan, Titles } from "./datasets/format.ts";
export { formats } from "./datasets/formats.ts";
export type { IdTables, Rows } from "./datasets/rows.ts";
export type { Source } from "./datasets/source.ts";
export { sampleUsers } from "./datasets/sample_users.ts";
export { skewed, type SkewedOptions } from "./datasets/skewed.ts";
export {
  carveValidation,
  leaveOneOut,
  type Shares,
  splitByRatio,
  splitByTime,
  splitByUser,
  splitByUserTime,
} from "./datasets/split.ts";
export { filterDataset, kCore, type Kept } from "./datasets/filter.ts";
export type { MetadataProfile, PairsProfile } from "./datasets/metadata_profile.ts";
export { type Before, type Few, type PartProfile, type Profile, profile, type Quantiles } from "./datasets/profile.ts";
export { type PopularityCurve, popularityCurve } from "./datasets/popularity_curve.ts";
export { type TimeProfile, timeProfile } from "./datasets/time_profile.ts";
export { type RecommendedProtocol, recommendedProtocol } from "./datasets/recommended_protocol.ts";
export type { Overlap } from "./datasets/overlap.ts";
export { type Cohort, COHORTS, type Cohorts, cohorts, type CohortSizes } from "./datasets/cohorts.ts";
export { synthetic, type SyntheticDataset, type SyntheticOptions } from "./datasets/synthetic.ts";
export { type Affinity, trueAffinity } from "./datasets/affinity.ts";
export { embeddedDataset } from "./datasets/embedded.ts";
export type {
  Attributes as ItemAttributes,
  Behaviour,
  ItemVectors,
  KnowledgeGraph,
  Metadata,
  Relation,
  SourceDomain,
} from "./datasets/metadata.ts";
export { type MetadataFiles, type MetadataOptions, withMetadata } from "./datasets/with_metadata.ts";
export { type Entries, relation } from "./datasets/relation.ts";
export { invert } from "./datasets/invert.ts";
export { contains } from "./datasets/contains.ts";
export { jaccard } from "./datasets/jaccard.ts";
export { socialItems } from "./datasets/social_items.ts";
export { type Met, SeenItems } from "./datasets/negatives.ts";
export { AliasTable } from "./datasets/alias_table.ts";
export {
  type Batch,
  batchAt,
  batchCount,
  type BatchingOptions,
  epochOrder,
  type EpochRows,
} from "./datasets/batching.ts";
export type { Asks, HistoryBatch, HistoryCaps } from "./datasets/histories.ts";
export type { HistoryWants } from "./datasets/history_batches.ts";
export { type Names, writeAdjacency, writeSequences, writeTsv } from "./datasets/write.ts";

// options
export { type About, type AnyMethod, define, type Method } from "./options/method.ts";
export {
  choice,
  flag,
  integer,
  type Limits,
  type Option,
  type Options,
  type Ordered,
  real,
  type Values,
} from "./options/option.ts";
export { among, byMagnitude, evenly } from "./options/searched.ts";
export { type Ends, oneOf, reals, type Space, wholes } from "./options/space.ts";

// backbones
export type {
  Backbone,
  BatchValues,
  Coordinate,
  Coordinates,
  Denoiser,
  Encoder,
  HistoryValues,
  SideTask,
} from "./models/backbone.ts";
export { backbones } from "./models/mod.ts";
export { mf } from "./models/mf.ts";
export { gmf } from "./models/gmf.ts";
export { mlp } from "./models/mlp.ts";
export { neumf } from "./models/neumf.ts";
export { lightgcn } from "./models/lightgcn.ts";
export { ngcf } from "./models/ngcf.ts";
export { hmf } from "./models/hmf.ts";
export { vbpr } from "./models/vbpr.ts";
export { twoTower } from "./models/two_tower.ts";
export { multiBehaviourMf } from "./models/multi_behaviour_mf.ts";
export { crossDomainMf } from "./models/cross_domain_mf.ts";
export { sasrec } from "./models/sasrec.ts";
export { gru4rec } from "./models/gru4rec.ts";
export { avgpool } from "./models/avgpool.ts";
export { cosine } from "./models/cosine.ts";
export { external, type ExternalBackbone, type ExternalOptions } from "./models/external.ts";
export type { Seam, Understanding, UnderstandOptions } from "./models/external/understand.ts";
export type { Part as ModelPart, Widths as ModelWidths } from "./models/external/widths.ts";
export type { GivenNames, Names as ModelNames } from "./models/external/names.ts";
export type { Cut as ModelCut } from "./models/external/cut.ts";
export type { Parameter as ModelParameter, Patterns as ModelPatterns } from "./models/external/parameters.ts";
export type { FileAttribute, FileInput, FileLimits, FileNode, FileSignature, ModelFile } from "./graphs/model_file.ts";
export type { FileTensor, UnreadTensor } from "./graphs/file_tensor.ts";
export { dot } from "./models/scoring.ts";

// samplers
export type {
  Draw,
  DrawnAhead,
  Feed,
  Negatives,
  Neighbours,
  Objective,
  Policy,
  Probe,
  Proposed,
  Sampler,
  Setting,
  Step,
  TaskStep,
  Vectors,
} from "./samplers/sampler.ts";
export { samplers } from "./samplers/mod.ts";
export { rns } from "./samplers/rns.ts";
export { pns } from "./samplers/pns.ts";
export { dns } from "./samplers/dns.ts";
export { ahns } from "./samplers/ahns.ts";
export { drawRows, pickLargest, pickSmallest } from "./samplers/candidates.ts";
export { uniformRows } from "./samplers/uniform_rows.ts";
export { batchStream, otherStream, rowStream } from "./samplers/streams.ts";

// losses
export { type Loss, meanOverRows, type Scores } from "./losses/loss.ts";
export { meanOfTerms, sumOfTerms } from "./losses/negative_terms.ts";
export { losses } from "./losses/mod.ts";
export { bpr } from "./losses/bpr.ts";

// training
export { adagrad, adam, adamw, lazyAdam, type Optimizer, optimizers, sgd } from "./training/optimizers.ts";
export type { ItemsReport, NegativesReport } from "./training/negatives_report.ts";
export type { ByPositive } from "./training/score_bins.ts";
export type { Best, EpochReport, Recipe, Seconds } from "./training/recipe.ts";
export type { Checkpoint } from "./training/checkpoint.ts";
export { train } from "./training/trainer.ts";
export { type CarriedOver, carriedOver, type OnData } from "./training/carried_over.ts";
export { type StepRecipe, type TrainingStep, trainingStep } from "./training/step.ts";
export { recommenderModel, type RecommenderOptions, scoresModel } from "./training/recommender.ts";
export { decodeWeights, encodeWeights } from "./training/weights_file.ts";
export { decodeSafetensors, encodeSafetensors, type SafeTensors, type Tensor } from "./training/safetensors.ts";

// evaluation
export {
  type Evaluation,
  type Evaluator,
  fullRanking,
  rankBy,
  type RankingOptions,
  type UserSample,
} from "./evaluation/full_ranking.ts";
export type { KeptLists, ListsKept } from "./evaluation/kept_lists.ts";
export { type Metric, metrics, type RankedUser } from "./evaluation/metrics.ts";
export { type MetricAt, parseMetric } from "./evaluation/parse_metric.ts";
export type { Ties } from "./evaluation/ties.ts";
export type { CohortHits } from "./evaluation/cohort_metrics.ts";
export { type Spread, spread } from "./evaluation/catalogue_metrics.ts";
export { type Blocks, blocksFor, floatsPerScore, openScorer, type Scorer, type Visit } from "./evaluation/scorer.ts";
export type { ProductShape } from "./runtime/product_kernel.ts";
export type { ScoringGraph, ScoringModel } from "./evaluation/ranking_job.ts";
export { type Nearest, openNearest } from "./evaluation/nearest.ts";
export type { Side as VectorSide } from "./evaluation/representations.ts";
export { innerVectors, itemDirections, type Vectors as IdVectors } from "./evaluation/vectors.ts";
export { type FoldInOptions, lengthBesideBias, openFoldIn } from "./evaluation/fold_in.ts";
export { TopK, type Ways } from "./evaluation/top_k.ts";
export { rankModel } from "./evaluation/rank_model.ts";
export { ease, type EaseOptions } from "./evaluation/ease.ts";
export { itemKnn, type ItemKnnOptions } from "./evaluation/item_knn.ts";
export { ials, type IalsOptions } from "./evaluation/ials.ts";

// studies
export { type Held, heldIn, type Protocol } from "./studies/protocol.ts";
export { runTrial, testTrial, type TrialRecipe } from "./studies/trial.ts";
export { refitted } from "./studies/refitted.ts";

// recipes
export { loadRecipe, recipeNames } from "./recipes/load.ts";
export { type NamedRecipe, parseRecipe, type SettledRecipe, settledRecipe, type Variant } from "./recipes/recipe.ts";
export { type DataFacts, factsOf } from "./recipes/facts.ts";
export { type ChosenRecipe, chosenRecipe } from "./recipes/chosen.ts";
export type { RecipeOptions } from "./recipes/options.ts";
export { madeRecipe } from "./recipes/parts.ts";
export { type Baseline, baselines, type ScoresOf, testBaseline } from "./studies/baselines.ts";
export {
  type Against,
  type Cell,
  compared,
  type ComparedRow,
  compareToFirst,
  type Contender,
  type Measured,
} from "./studies/comparison.ts";
export { type Budget, type Job, leaderOf, randomSearch, type Standing, type Strategy } from "./studies/strategy.ts";
export { halving, type HalvingOptions, type Thinning } from "./studies/halving.ts";
export { asha } from "./studies/asha.ts";
export { type RungOptions, rungsOf } from "./studies/rungs.ts";
export { type Search, search, type SearchStep } from "./studies/search.ts";

// statistics
export { type Summary, summary } from "./statistics/summary.ts";
export { type PairedT, pairedT } from "./statistics/paired_t.ts";
export { type Wilcoxon, wilcoxon } from "./statistics/wilcoxon.ts";
export { holm } from "./statistics/holm.ts";
