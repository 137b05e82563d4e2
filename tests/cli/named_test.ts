import assert from "node:assert/strict";
import { denseIds } from "../../cli/named.ts";
import { inFolder } from "./foil.ts";

const NAMES = ["lead", " lead", "a,b", "y "];
const inList = async (list: string) => [...(await denseIds("user", { list, file: null }, NAMES, "run"))!];

Deno.test("an id is taken as it is written, and without the spaces around it where there is none with them", async () => {
  assert.deepEqual(await inList(" lead"), [1]);
  assert.deepEqual(await inList("a,b"), [2]);
  assert.deepEqual(await inList("lead, lead,a,b,  lead,y ,y "), [0, 1, 2, 0, 3, 3]);
  await assert.rejects(inList("lead, y"), /Cannot find user "y": run "run" knows none/);
  await inFolder(async (folder) => {
    const file = `${folder}/ids.txt`;
    await Deno.writeTextFile(file, " lead\r\n\n  lead\na,b\r\ny \n");
    assert.deepEqual([...(await denseIds("item", { list: null, file }, NAMES, "run"))!], [1, 0, 2, 3]);
  });
});
