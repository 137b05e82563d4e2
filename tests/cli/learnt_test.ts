import assert from "node:assert/strict";
import { learnt } from "../../cli/learnt.ts";
import { catalogue } from "../../datasets/catalogue.ts";
import { interactions } from "../../datasets/interactions.ts";
import { mf } from "../../models/mf.ts";
import { sasrec } from "../../models/sasrec.ts";
import { twoTower } from "../../models/two_tower.ts";

Deno.test("of who met nothing in training something is known by an earlier run, by what is read of users, or by nothing", () => {
  const log = interactions({ users: [0, 0], items: [1, 2], userCount: 3, itemCount: 4 });
  const second = { offsets: Int32Array.of(0, 0, 1, 1), targets: Int32Array.of(3) };
  const known = (run: Parameters<typeof learnt>[0]) => [0, 1, 2].map(learnt(run));
  const met = catalogue(log), backbone = mf();
  assert.deepEqual(known({ backbone, catalogue: met }), [true, false, false]);
  assert.deepEqual(known({ backbone, catalogue: met, past: second }), [true, true, false]);

  const attributes = { ...second, targets: Int32Array.of(0), names: ["tall"] };
  const ofItems = { ...attributes, offsets: Int32Array.of(0, 1, 1, 1, 1) };
  for (
    const [metadata, right] of [
      [{ attributes: ofItems }, [true, false, false]], // a user's tower starts from the id alone
      [{ userAttributes: attributes }, [true, true, false]],
      [{ behaviours: [{ ...second, name: "views" }] }, [true, true, false]],
      [{ source: { ...second, items: 9 } }, [true, true, false]],
    ] as const
  ) assert.deepEqual(known({ backbone: twoTower(), catalogue: catalogue(log, metadata) }), right);

  assert.deepEqual(known({ backbone: sasrec(), catalogue: met }), [true, true, true]);
});
