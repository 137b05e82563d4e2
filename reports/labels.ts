/** Where a label is to stand: at a corner of a point, in pixels, y downwards. */
export interface Labelled {
  readonly label: string;
  readonly x: number;
  readonly y: number;
}

/** Where it stands: its base line, and which of its ends is there. */
export interface PlacedLabel {
  readonly x: number;
  readonly y: number;
  readonly anchor: "start" | "end";
}

interface Box {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

/** Of text of 12 pixels. */
const LINE = 14, LETTER = 6.7;
/** How far, and how often, a label is moved off its point. */
const STEP = 7, STEPS = 40;

/** How far a point is from a box. */
const distance = ({ left, right, top, bottom }: Box, { x, y }: { readonly x: number; readonly y: number }) =>
  Math.hypot(Math.max(left - x, 0, x - right), Math.max(top - y, 0, y - bottom));
const overlap = (a: Box, b: Box) => a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;

/**
 * Labels at corners of their points, within bounds, clear of marks and of each other, and nearest to their own where there is
 * room: further and further off until one is.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { placedLabels } from "./labels.ts";
 *
 * const points = [{ label: "a", x: 50, y: 50 }, { label: "b", x: 60, y: 53 }];
 * const [a, b] = placedLabels(points, { left: 0, right: 100, top: 0, bottom: 100 });
 * assert.deepEqual([a, b], [{ x: 43, y: 43, anchor: "end" }, { x: 67, y: 46, anchor: "start" }]);
 * ```
 */
export function placedLabels(points: readonly Labelled[], within: Box): readonly PlacedLabel[] {
  const taken: Box[] = points.map(({ x, y }) => ({ left: x - 5, right: x + 5, top: y - 5, bottom: y + 5 }));
  return points.map((point) => {
    const corners = cornersOf(point);
    const free = corners.filter(({ box }) =>
      box.left >= within.left && box.right <= within.right && box.top >= within.top && box.bottom <= within.bottom &&
      !taken.some((other) => overlap(box, other))
    );
    const isOwn = ({ box }: Corner) => points.every((other) => distance(box, other) >= distance(box, point));
    const { box, label } = free.find(isOwn) ?? free[0] ?? corners.at(-1)!;
    taken.push(box);
    return label;
  });
}

interface Corner {
  readonly box: Box;
  readonly label: PlacedLabel;
}

/** Where a label may stand, the best first. */
function cornersOf({ label, x, y }: Labelled): readonly Corner[] {
  const wide = label.length * LETTER;
  return Array.from({ length: STEPS }, (_, step) => step * STEP).flatMap((off) =>
    [y - 7 - off, y + 15 + off].flatMap((line) =>
      [x + 7, x - 7 - wide].map((left): Corner => ({
        box: { left, right: left + wide, top: line - LINE + 3, bottom: line + 3 },
        label: left > x ? { x: left, y: line, anchor: "start" } : { x: x - 7, y: line, anchor: "end" },
      }))
    )
  );
}
