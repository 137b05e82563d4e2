/** The thread that trains, so that the page stays awake: nothing of it needs a server but the files it is made of. */
import {
  adam,
  bpr,
  catalogue,
  embeddedDataset,
  fullRanking,
  innerVectors,
  mf,
  openNearest,
  openRuntime,
  parseDataset,
  samplers,
  splitByRatio,
  train,
} from "../../mod.ts";
import type { Asked, DroppedLog, Told } from "./messages.ts";

/** The part of a worker's global scope that this uses. */
interface Scope {
  readonly location: { readonly href: string };
  onmessage: (event: { readonly data: Asked }) => void;
  postMessage(told: Told): void;
}
const page = globalThis as unknown as Scope;

const METRIC = "ndcg@20", LISTED = 10;
/** Names the best unseen items of a user. */
let recommend: ((user: number) => Promise<Told>) | undefined;

/** The embedded dataset, or a fifth of a log held out at random. */
async function load(log: DroppedLog | undefined) {
  if (!log) {
    const data = await embeddedDataset(new URL("synthetic/", page.location.href));
    return { ...data, held: data.valid! };
  }
  const data = await parseDataset(log.file, { train: log }),
    { train, test } = splitByRatio(data.train, { test: 0.2 }, 0);
  return { ...data, train, held: test! };
}

async function run({ sampler, epochs, log }: Extract<Asked, { kind: "train" }>): Promise<void> {
  const data = await load(log), { train: interactions, held, userIds, itemIds } = data;
  const runtime = await openRuntime({ seed: 1 }), backbone = mf({ dim: 32 }), seen = catalogue(interactions);
  page.postMessage({
    kind: "data",
    name: data.name,
    users: userIds.names,
    items: seen.items,
    interactions: interactions.users.length,
    runs: `${runtime.provider}: ${runtime.reason}`,
  });
  const ranking = await fullRanking(runtime, backbone, seen, held, { metrics: [METRIC], workers: 1 });
  const recipe = { runtime, data: interactions, backbone, loss: bpr(), optimizer: adam({ lr: 0.01 }), epochs };
  const chosen = samplers[sampler as keyof typeof samplers];
  for await (const { epoch, loss } of train({ ...recipe, sampler: chosen(), batchSize: 1024 })) {
    const { metrics } = await ranking.evaluate();
    page.postMessage({ kind: "epoch", epoch, loss, ndcg: metrics[METRIC]! });
  }
  const users = await innerVectors(runtime, backbone, seen, "users");
  const nearest = await openNearest(await innerVectors(runtime, backbone, seen, "items"));
  recommend = async (user) => {
    const met = seen.positives.subarray(seen.offsets[user], seen.offsets[user + 1]);
    const vector = users.data.subarray(user * users.width, (user + 1) * users.width);
    const { ids, scores } = await nearest.search(vector, LISTED, () => met);
    const unseen = [...ids].slice(0, seen.items - met.length);
    return { kind: "list", items: unseen.map((id, at) => ({ item: itemIds.names[id]!, score: scores[at]! })) };
  };
  page.postMessage({ kind: "done" });
}

page.onmessage = async ({ data: asked }) => {
  try {
    if (asked.kind === "train") await run(asked);
    else if (recommend) page.postMessage(await recommend(asked.user));
  } catch (error) {
    page.postMessage({ kind: "failed", why: (error as Error).message });
  }
};
