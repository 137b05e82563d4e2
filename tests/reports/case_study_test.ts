import assert from "node:assert/strict";
import { casesOf, typicalUsers } from "../../reports/case_study.ts";
import { casePage } from "../../reports/case_page.ts";

/** Users 0 and 2 of three were tested, on four items. */
const tested = {
  users: Int32Array.of(0, 2),
  met: { offsets: Int32Array.of(0, 2, 3), items: Int32Array.of(3, 0, 1) },
  metCounts: Int32Array.of(5, 1),
  held: { offsets: Int32Array.of(0, 2, 3), items: Int32Array.of(1, 2, 0) },
};
const names = {
  users: ["ann", "bob", "<cat>"],
  items: ["a", "b", "c", "d"],
  titles: ["Ant & Bee", "<b>B</b>", null, "Dove"],
};
const kept = (...items: number[]) => ({ users: tested.users, items: Int32Array.from(items), length: 2 });
const methods = [{ label: "rns", kept: kept(1, 3, 3, -1) }, { label: "dns", kept: kept(3, 1, 0, 1) }];

Deno.test("a case has what was met, each method's list with its hits, and what no list had", () => {
  const [ann, cat] = casesOf(tested, methods, names, { rows: [0, 1], top: 10 });
  assert.deepEqual(ann, {
    user: "ann",
    met: [{ id: "d", title: "Dove" }, { id: "a", title: "Ant & Bee" }],
    metCount: 5,
    heldCount: 2,
    missed: [{ id: "c", title: null }],
    lists: [
      { method: "rns", items: [{ id: "b", title: "<b>B</b>", hit: true }, { id: "d", title: "Dove", hit: false }] },
      { method: "dns", items: [{ id: "d", title: "Dove", hit: false }, { id: "b", title: "<b>B</b>", hit: true }] },
    ],
  });
  assert.deepEqual(cat!.lists.map(({ items }) => items.map(({ id, hit }) => [id, hit])), [
    [["d", false]],
    [["a", true], ["b", false]],
  ]);
  const [first] = casesOf(tested, methods, names, { rows: [0], top: 1 });
  assert.deepEqual([first!.met.map(({ id }) => id), first!.lists.map(({ items }) => items.length)], [["a"], [1, 1]]);
});

Deno.test("titles and ids that hold markup are words on the page", () => {
  const { text } = casePage(casesOf(tested, methods, names, { rows: [0, 1], top: 10 }), "Chosen <by hand>.");
  assert(!text.includes("<b>B</b>") && text.includes("&lt;b&gt;B&lt;/b&gt;"));
  assert(
    text.includes("User &lt;cat&gt;") && text.includes("Ant &amp; Bee") && text.includes("Chosen &lt;by hand&gt;"),
  );
  assert.equal(text.match(/✓ hit/g)!.length, 3);
  assert.match(text, /Met 5 items, the last of them:/);
});

Deno.test("typical users are spread over lengths of history, no user twice", () => {
  assert.deepEqual(typicalUsers(Int32Array.of(1, 2, 3, 4, 5), 1), [2]);
  assert.deepEqual(typicalUsers(Int32Array.of(4, 4), 3), [0, 1]); // of equal ones the first
  assert.deepEqual(typicalUsers(Int32Array.of(), 3), []);
});
