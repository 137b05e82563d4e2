import { isMapping } from "../../options/mapping.ts";
import { Refusal } from "./refusal.ts";

/** What may be asked with. */
export interface ParameterLimits {
  /** Items in an answer, at most. */
  readonly maxTop: number;
  /** Items that somebody new has met, or in another list, at most. */
  readonly maxItems: number;
  /** Bytes of a body, at most. */
  readonly maxBody: number;
}

/** What a request says, by name; lists come from bodies only. */
export type Parameters = Readonly<Record<string, unknown>>;

/** Items in an answer where a request does not say. */
const USUAL_TOP = 10;

/** The parameters of a URL. @throws Refusal naming one that comes twice. */
export function ofQuery(url: URL): Parameters {
  const found: Record<string, string> = {};
  for (const [name, value] of url.searchParams) {
    if (Object.hasOwn(found, name)) throw new Refusal(400, `"${name}" is given twice`, { parameter: name });
    found[name] = value;
  }
  return found;
}

/** The parameters of a body: a JSON object of no more than so many bytes, that is waited for until it is too `late`. */
export async function ofBody(request: Request, { maxBody }: ParameterLimits, late: AbortSignal): Promise<Parameters> {
  const type = request.headers.get("content-type")?.split(";")[0]?.trim().toLowerCase();
  if (type !== undefined && type !== "application/json") {
    throw new Refusal(415, `a body is application/json, found ${JSON.stringify(type)}`);
  }
  const tooLong = () => new Refusal(413, `a body has at most ${maxBody} bytes`, { headers: { connection: "close" } });
  if (Number(request.headers.get("content-length") ?? 0) > maxBody) throw tooLong();
  const parts: Uint8Array<ArrayBuffer>[] = [];
  let size = 0;
  const reader = request.body?.getReader();
  const giveUp = () => void reader?.cancel().catch(() => {});
  late.addEventListener("abort", giveUp, { once: true });
  try {
    for (let part; reader && (part = await reader.read()).value;) {
      size += part.value.length;
      if (size > maxBody) throw tooLong();
      parts.push(part.value as Uint8Array<ArrayBuffer>);
    }
  } catch (error) {
    throw error instanceof Refusal ? error : new Refusal(400, "the body did not come whole");
  }
  let found: unknown;
  try {
    found = JSON.parse(await new Blob(parts).text());
  } catch (error) {
    throw new Refusal(400, `the body is no JSON: ${(error as Error).message}`);
  }
  if (isMapping(found)) return found as Parameters;
  throw new Refusal(400, 'the body is a JSON object, such as {"items":["a","b"],"n":10}');
}

/** @throws Refusal naming a parameter that is none of `known`. */
export function checkKnown(given: Parameters, known: readonly string[]): void {
  const parameter = Object.keys(given).find((name) => !known.includes(name));
  if (parameter === undefined) return;
  const names = known.map((name) => `"${name}"`).join(", ");
  throw new Refusal(400, `there is no parameter "${parameter}"; there are ${names || "none"}`, { parameter });
}

/** How many items are asked for. */
export function topOf({ n }: Parameters, { maxTop }: ParameterLimits): number {
  if (n === undefined) return Math.min(USUAL_TOP, maxTop);
  const top = typeof n === "number" ? n : typeof n === "string" && /^\d+$/.test(n) ? Number(n) : NaN;
  if (Number.isInteger(top) && top >= 1 && top <= maxTop) return top;
  throw new Refusal(400, `"n" is a whole number from 1 to ${maxTop}, found ${shown(n)}`, { parameter: "n" });
}

/** An id of the log; in a body it may be a number of up to 2^53. */
export function idOf(given: Parameters, parameter: string): string {
  const id = given[parameter];
  if (typeof id === "string" && id !== "") return id;
  if (isExact(id)) return String(id);
  throw new Refusal(400, `"${parameter}" is an id, found ${shown(id)}`, { parameter });
}

/** Whether an id is a number that JSON has with all its digits: larger ones are others by now, and are given as text. */
const isExact = (id: unknown): id is number =>
  typeof id === "number" && (Number.isSafeInteger(id) || !Number.isInteger(id));

/** Ids of items: a list in a body, which may be empty where so few are enough, parted by commas in a URL. */
export function idsOf(
  given: Parameters,
  parameter: string,
  { maxItems }: ParameterLimits,
  least: 0 | 1 = 1,
): readonly string[] {
  const list = given[parameter], parts = typeof list === "string" ? list.split(",") : Array.isArray(list) ? list : null;
  const ids = parts?.map((id) => isExact(id) ? String(id) : id) ?? [null];
  if (ids.length < least || !ids.every((id): id is string => typeof id === "string" && id !== "")) {
    throw new Refusal(400, `"${parameter}" is a list of ids, found ${shown(list)}`, { parameter });
  }
  if (ids.length <= maxItems) return ids;
  throw new Refusal(400, `"${parameter}" has at most ${maxItems} ids, found ${ids.length}`, { parameter });
}

/** A value as an error shows it: its beginning. */
const shown = (value: unknown): string => (JSON.stringify(value) ?? "nothing").slice(0, 60);
