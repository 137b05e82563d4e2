import assert from "node:assert/strict";
import { duration } from "../../cli/output.ts";
import { run } from "../../cli/program.ts";
import { inFolder } from "./foil.ts";
import { SMALL_LOG, trainArgs } from "./trained_run.ts";

/** What a command line shows on a terminal. */
async function shown(args: readonly string[]): Promise<{ readonly code: number; readonly text: string }> {
  let text = "";
  const told = console.error, { stderr } = Deno;
  const terminal = {
    isTerminal: () => true,
    writeSync: (bytes: Uint8Array) => (text += new TextDecoder().decode(bytes), bytes.length),
  };
  Object.assign(stderr, terminal);
  console.error = (...parts: unknown[]) => text += `${parts.join(" ")}\n`;
  try {
    return { code: await run(args), text };
  } finally {
    console.error = told;
    for (const name of Object.keys(terminal)) delete (stderr as unknown as Record<string, unknown>)[name];
  }
}

Deno.test("on a terminal an error has a line of its own, whatever was drawn of what was under way", () =>
  inFolder(async (folder) => {
    await Deno.writeTextFile(`${folder}/log.csv`, SMALL_LOG);
    const diverging = ["--optimizer", "sgd", "--lr", "1000", "--l2", "5", "--batch-size", "4"];
    const { code, text } = await shown(trainArgs(folder, "run", ...diverging));
    assert.equal(code, 1);
    assert.match(text, /epoch 0 .* to go/, "progress was drawn");
    // deno-lint-ignore no-control-regex -- what takes a line away on a terminal
    assert.match(text, /\r\x1b\[Kerror: Training stopped: the loss is \w+ at epoch 0, step [1-9]/);
  }));

Deno.test("seconds are told as people read them, rounded before they are parted", () => {
  const told = [0.4, 59.4, 59.6, 187, 3599.6, 3600, 7500].map(duration);
  assert.deepEqual(told, ["0s", "59s", "1m00s", "3m07s", "1h00m", "1h00m", "2h05m"]);
});
