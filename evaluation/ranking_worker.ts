// Ranks a share of the users in a thread of its own; see ranking_pool.ts, which starts it.
import { type Model, openModel } from "../runtime/model.ts";
import { type Judge, openJudge } from "./judge.ts";
import type { RankingAnswer, RankingJob, ScoringModel } from "./ranking_job.ts";
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
let scoring: { readonly session: Model; readonly model: ScoringModel } | undefined;

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
      await scoring?.session.dispose();
      scoring = { session: await openModel(job.model.bytes), model: job.model };
      return {};
    }
    case "rank": {
      const { judge, blocks: { rows, columns }, items } = opened, { session, model } = scoring!;
      const query = { dtype: "float32", shape: model.shapes.query, data: job.query } as const;
      const found = await judge.find(job.users, rows, columns, async (_, visit) => {
        for (const [block, data] of model.items.entries()) {
          const given = { dtype: "float32", shape: model.shapes.items, data } as const, first = block * columns;
          const scores = (await session.run({ query, items: given })).scores!.data as Float32Array;
          if (first + columns > items) blank(scores, columns, items - first);
          visit(scores, first);
        }
      });
      return { found };
    }
  }
}

// in a worker of Deno, onnxruntime-web takes the location for one to load files from
if (navigator.userAgent.startsWith("Deno/")) Reflect.deleteProperty(globalThis, "location");

scope.onmessage = async ({ data }) => {
  const answered = await answer(data).catch((error: unknown): RankingAnswer => ({ error: `${error}` }));
  scope.postMessage(answered);
};
