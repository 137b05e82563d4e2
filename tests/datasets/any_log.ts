import fc from "npm:fast-check@4.10.2";
import { interactions } from "../../datasets/interactions.ts";

/** Small interactions with times and ratings, repeats included. */
export const anyLog = fc.array(
  fc.record({
    user: fc.nat({ max: 5 }),
    item: fc.nat({ max: 7 }),
    time: fc.nat({ max: 9 }),
    rating: fc.integer({ min: 1, max: 5 }),
  }),
  { maxLength: 60 },
).map((rows) =>
  interactions({
    users: rows.map(({ user }) => user),
    items: rows.map(({ item }) => item),
    times: rows.map(({ time }) => time),
    ratings: rows.map(({ rating }) => rating),
    userCount: 6,
    itemCount: 8,
  })
);
