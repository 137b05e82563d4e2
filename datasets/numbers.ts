const ZERO = 48, NINE = 57, DOT = 46, MINUS = 45;
/** Up to this many digits are exact in a float64. */
const EXACT_DIGITS = 15;
const DECIMAL = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;
const ISO_TIME = /^\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?)?(Z|[+-]\d{2}(:?\d{2})?)?$/;

/**
 * The decimal number written in `bytes[start..stop)`, or NaN. Common numbers never become strings.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { parseNumber } from "./numbers.ts";
 *
 * const bytes = new TextEncoder().encode("4.5 five");
 * assert.equal(parseNumber(bytes, 0, 3), 4.5);
 * assert.equal(parseNumber(bytes, 4, 8), NaN);
 * ```
 */
export function parseNumber(bytes: Uint8Array, start: number, stop: number): number {
  let at = bytes[start] === MINUS ? start + 1 : start;
  const first = at;
  let digits = 0, scale = 1, dots = 0;
  for (; at < stop; at++) {
    const byte = bytes[at]!;
    if (byte >= ZERO && byte <= NINE) {
      digits = digits * 10 + byte - ZERO;
      if (dots > 0) scale *= 10;
    } else if (byte === DOT && dots === 0) dots++;
    else break;
  }
  const plain = at === stop && stop - first - dots > 0 && stop - first - dots <= EXACT_DIGITS;
  if (plain) return (first > start ? -digits : digits) / scale;
  const text = new TextDecoder().decode(bytes.subarray(start, stop));
  const value = DECIMAL.test(text) ? Number(text) : NaN;
  return Number.isFinite(value) ? value : NaN;
}

/** What {@link parseTime} reads, in messages. */
export const TIME = "a number or a date such as 2024-05-25 or 2024-05-25T12:30:00Z";

/** As {@link parseNumber}; an ISO 8601 date, with or without a time of day, counts as seconds since 1970 (UTC). */
export function parseTime(bytes: Uint8Array, start: number, stop: number): number {
  const number = parseNumber(bytes, start, stop);
  if (number === number) return number;
  const text = new TextDecoder().decode(bytes.subarray(start, stop));
  if (!ISO_TIME.test(text) || !isDay(text)) return NaN;
  const written = text.replace(" ", "T").replace(/T.*[+-]\d{2}$/, "$&:00"); // +02 is +02:00
  const zoned = /[Z]$|T.*[+-]\d{2}:?\d{2}$/.test(written) || !written.includes("T");
  return Date.parse(zoned ? written : `${written}Z`) / 1000;
}

/** Whether the month that a date begins with has that day: 30 February would be read as a day of March. */
function isDay(date: string): boolean {
  const [year, month, day] = date.slice(0, 10).split("-").map(Number) as [number, number, number];
  return day <= new Date(Date.UTC(year, month, 0)).getUTCDate();
}
