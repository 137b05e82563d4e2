import { isMapping } from "../options/mapping.ts";

/** An object in JSON. @throws TypeError naming where it stands, as `"a.json", line 2`, and what is there instead. */
export function jsonObject(text: string, where: string): Record<string, unknown> {
  let found: unknown, why = "";
  try {
    found = JSON.parse(text);
  } catch (error) {
    why = ` (${(error as Error).message})`;
  }
  if (isMapping(found)) return found;
  throw new TypeError(`Cannot read ${where}: expected a JSON object, found ${JSON.stringify(text.slice(0, 40))}${why}`);
}
