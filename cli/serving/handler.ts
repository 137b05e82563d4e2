import type { Ask } from "../answers.ts";
import type { Ranked } from "../recommendations.ts";
import { barredBy } from "./barred.ts";
import {
  checkKnown,
  idOf,
  idsOf,
  ofBody,
  ofQuery,
  type ParameterLimits,
  type Parameters,
  topOf,
} from "./parameters.ts";
import { json, Refusal } from "./refusal.ts";
import type { ServedModel } from "./served_model.ts";

export interface Limits extends ParameterLimits {
  /** Requests under way, at most. */
  readonly maxRequests: number;
  /** Characters of a URL, at most. */
  readonly maxUrl: number;
  /** Milliseconds until an answer, at most. */
  readonly timeout: number;
}

/** What a service answers by, now. */
export interface Serving {
  readonly model: ServedModel;
  /** What `/health` says beside the model. */
  readonly news: Readonly<Record<string, unknown>>;
}

/** Answers requests. */
export interface Handler {
  /** Never throws. */
  answer(request: Request): Promise<Response>;
  /** Takes no more requests than are under way, and waits for those. */
  drain(): Promise<void>;
}

/** Answers requests by the model that `now` gives when a request has been read. */
export function handler(now: () => Serving, limits: Limits): Handler {
  const counts = { answered: 0, refused: 0, failed: 0 }, drained = Promise.withResolvers<void>();
  let inFlight = 0, stopping = false;
  const settle = () => {
    if (stopping && inFlight === 0) drained.resolve();
  };
  const respond = async (request: Request): Promise<Response> => {
    if (request.url.length > limits.maxUrl) throw new Refusal(414, `a URL has at most ${limits.maxUrl} characters`);
    const url = urlOf(request), route = routes[url.pathname];
    if (!route) throw new Refusal(404, `there is no ${url.pathname}; there are ${Object.keys(routes).join(", ")}`);
    if (!route.methods.includes(request.method)) {
      const allow = route.methods.join(", ");
      throw new Refusal(405, `${url.pathname} takes ${allow}, found ${request.method}`, { headers: { allow } });
    }
    const { asked } = route;
    if (!asked) {
      const { model, news } = now(), { users, items } = model.ids;
      checkKnown(ofQuery(url), []);
      const about = { backbone: model.backbone, users: users.length, items: items.length, loaded: model.loaded };
      return json(stopping ? 503 : 200, {
        status: stopping ? "stopping" : "ok",
        model: about,
        requests: { ...counts, inFlight },
        ...news,
      });
    }
    if (stopping) throw new Refusal(503, "the service is stopping", { headers: { connection: "close" } });
    if (inFlight >= limits.maxRequests) {
      throw new Refusal(503, `${limits.maxRequests} requests are under way`, { headers: { "retry-after": "1" } });
    }
    inFlight++;
    let reading = request.method === "POST";
    const late = new AbortController();
    const work = (async () => {
      const query = ofQuery(url), body = reading ? await ofBody(request, limits, late.signal) : {};
      const twice = Object.keys(body).find((name) => Object.hasOwn(query, name));
      if (twice !== undefined) {
        throw new Refusal(400, `${JSON.stringify(twice)} is in the URL and in the body: give one`, {
          parameter: twice,
        });
      }
      const given = { ...query, ...body };
      reading = false;
      return json(200, await asked(now().model, given, limits));
    })().finally(() => {
      inFlight--;
      settle();
    });
    return await within(limits.timeout, work, () => {
      late.abort();
      return reading
        ? new Refusal(408, `the body did not come within ${limits.timeout} ms`, { headers: { connection: "close" } })
        : new Refusal(503, `no answer within ${limits.timeout} ms`, { headers: { "retry-after": "1" } });
    });
  };
  const answer = async (request: Request): Promise<Response> => {
    try {
      const response = await respond(request);
      counts.answered++;
      return response;
    } catch (error) {
      if (error instanceof Refusal) {
        const { status, message, more: { parameter, headers } } = error;
        counts.refused++;
        return json(status, { error: message, ...parameter !== undefined && { parameter } }, headers);
      }
      counts.failed++;
      console.error(`error: ${request.method} ${urlOf(request).pathname}: ${(error as Error).message}`);
      return json(500, { error: "the model could not be asked" });
    }
  };
  return {
    answer,
    drain() {
      stopping = true;
      settle();
      return drained.promise;
    },
  };
}

/** Where a request is sent to. @throws Refusal where its `host` makes no URL of it. */
function urlOf({ url }: Request): URL {
  const found = URL.parse(url);
  if (found) return found;
  throw new Refusal(400, `the host and path make no URL: ${JSON.stringify(url.slice(0, 60))}`);
}

interface Route {
  readonly methods: readonly string[];
  /** What the model says; without it, the request is about the service itself. */
  readonly asked?: (model: ServedModel, given: Parameters, limits: Limits) => Promise<unknown>;
}

const routes: Readonly<Record<string, Route | undefined>> = {
  "/recommend": {
    methods: ["GET", "HEAD", "POST"],
    async asked(model, given, limits) {
      checkKnown(given, ["user", "items", "n", "without", "among"]);
      if (("user" in given) === ("items" in given)) {
        throw new Refusal(400, '"user" says for whom, or "items" what somebody new has met: give one of them', {
          parameter: "user" in given ? "items" : "user",
        });
      }
      const top = topOf(given, limits), [about, ask] = askOf(model, given, limits);
      const { unknown, ...barred } = barredBy(model, given, limits);
      const items = shown(model, await model.recommend({ ...ask, ...barred }, top));
      return { ...about, items, ...unknown > 0 && { unknown } };
    },
  },
  "/similar": {
    methods: ["GET", "HEAD"],
    async asked(model, given, limits) {
      checkKnown(given, ["item", "n", "without", "among"]);
      const item = idOf(given, "item"), top = topOf(given, limits), to = known("item", item, model.itemOf);
      const { unknown, barred } = barredBy(model, given, limits);
      return { item, items: shown(model, await model.similar(to, top, barred)), ...unknown > 0 && { unknown } };
    },
  },
  "/health": { methods: ["GET", "HEAD"] },
};

/** Who asks, in the request's words and in the model's. */
function askOf(model: ServedModel, given: Parameters, limits: Limits): readonly [Record<string, unknown>, Ask] {
  if ("user" in given) {
    const user = idOf(given, "user");
    return [{ user }, { user: known("user", user, model.userOf) }];
  }
  if (model.noNew !== undefined) throw new Refusal(400, model.noNew, { parameter: "items" });
  const given_ = idsOf(given, "items", limits);
  return [{ given: given_ }, { met: given_.map((id) => known("items", id, model.itemOf)) }];
}

/** The number of an id. @throws Refusal where the model knows none. */
function known(parameter: string, name: string, numberOf: (name: string) => number | undefined): number {
  const found = numberOf(name);
  if (found !== undefined) return found;
  throw new Refusal(404, `the model does not know ${JSON.stringify(name.slice(0, 60))}`, { parameter });
}

const shown = ({ ids: { items, titles } }: ServedModel, list: readonly Ranked[]) =>
  list.map(({ item, score }) => {
    const title = titles?.[item];
    return { item: items[item]!, score, ...title && { title } };
  });

/** What `work` gives, or a refusal where that takes longer. */
async function within<T>(ms: number, work: Promise<T>, refusal: () => Refusal): Promise<T> {
  const late = Promise.withResolvers<never>(), timer = setTimeout(() => late.reject(refusal()), ms);
  try {
    return await Promise.race([work, late.promise]);
  } finally {
    clearTimeout(timer);
    work.catch(() => {}); // whoever came too late is told nothing
  }
}
