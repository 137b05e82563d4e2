// Ranks a share of the users in a thread of its own; see ranking_pool.ts, which starts it.
import { type BlockScores, openBlockScores } from "./block_scores.ts";
import { type Judge, openJudge } from "./judge.ts";
import type { RankingAnswer, RankingJob, ScoringModel } from "./ranking_job.ts";
import type { ProductShape } from "../runtime/product_kernel.ts";
import { queue } from "../runtime/queue.ts";
import { blank, type Blocks } from "./scorer.ts";

/** The part of a worker's global scope that this uses. */
interface Scope {
  onmessage: (event: { readonly data: RankingJob }) => void;
  postMessage(answer: RankingAnswer): void;
}
const scope = globalThis as unknown as Scope;

interface Opened {
  readonly judge: Judge;
  readonly blocks: Blocks;
  readonly items: number;
}
let opened: Opened;
let scoring: { readonly scores: BlockScores; readonly model: ScoringModel } | undefined;

async function answer(job: RankingJob): Promise<RankingAnswer> {
  switch (job.kind) {
    case "open": {
      const seen = {
        ...job.seen,
        metadata: {},
        sequences: () => ({ offsets: new Int32Array(1), items: new Int32Array() }),
      };
      opened = { judge: openJudge(seen, job.held, job.options), blocks: job.blocks, items: seen.items };
      return {};
    }
    case "model": {
      const { model } = job, { by } = model;
      if (scoring && !("bytes" in by) && sameProducts(by, scoring.model.by)) scoring = { ...scoring, model };
      else {
        await scoring?.scores.dispose();
        scoring = { scores: await openBlockScores(by), model };
      }
      return {};
    }
    case "rank": {
      const { judge, blocks: { rows, columns }, items } = opened, { scores: { of, ways }, model } = scoring!;
      const found = await judge.find(job.users, rows, columns, async (users, visit) => {
        const row = job.users.indexOf(users[0]!); // all of them, or one whose scores are looked at again
        for (const [block, data] of model.items.entries()) {
          const scores = await of(job.query, data), first = block * columns;
          if (first + columns > items) blank(scores, columns, items - first);
          visit(scores.subarray(row * columns), first, ways);
        }
      });
      return { found };
    }
  }
}

const sameProducts = (by: ProductShape, other: ScoringModel["by"]): boolean =>
  !("bytes" in other) && by.rows === other.rows && by.columns === other.columns && by.width === other.width;

const failed = (error: unknown): RankingAnswer =>
  error instanceof RangeError ? { error: error.message, outOfRange: true } : { error: `${error}` };

const inOrder = queue(); // what one job scores lies where the next one's will
scope.onmessage = ({ data }) => void inOrder(async () => scope.postMessage(await answer(data).catch(failed)));
