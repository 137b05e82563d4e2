import { markdown } from "./comparison_text.ts";
import { duration, openOutput } from "./output.ts";
import { checkOwnFolder } from "./own_folder.ts";
import { describe, OPTIMISTIC } from "./protocol_options.ts";
import { exists } from "./files.ts";
import { savedConfig } from "./run_folder.ts";
import { type Findings, tablesOf } from "./studies/findings.ts";
import { inProcess } from "./studies/in_process.ts";
import { aboutTable, STUDY, writePart } from "./studies/part_folder.ts";
import { runTasks } from "./studies/run_tasks.ts";
import { planned } from "./studies/study.ts";
import { inTurn } from "./study_claim.ts";
import { comparison, loadComparison, openComparison } from "./study_comparison.ts";
import { readMethods } from "./study_methods.ts";
import type { CompareValues } from "./study_options.ts";
import { withRecipes } from "./study_recipes.ts";
import { writeTable } from "./study_table.ts";
import { writeUsers } from "./tested_lists.ts";

/** `compare`: trains methods under one protocol, and tests them against the first. Returns the exit code. */
export async function compareCommand(values: CompareValues, signal: AbortSignal): Promise<number> {
  const output = openOutput(values), started = performance.now();
  if (values.samplers === null) {
    throw new TypeError("Cannot compare: --samplers says which methods, such as rns,dns:pool=32,ahns");
  }
  const methods = readMethods(await withRecipes(values.samplers), values);
  const compared = comparison(values, methods), loaded = await loadComparison(compared);
  const { data: { name } } = loaded;
  describe(loaded, output);
  if (values.select === "test") output.say(OPTIMISTIC);
  const folder = values.out ?? `runs/${name}-compare`;
  if (await exists(`${folder}/${STUDY}`)) {
    throw new TypeError(
      `Cannot compare into "${folder}": it holds a study (${STUDY}), whose trials are in a folder of each dataset; ` +
        "give another --out",
    );
  }
  await checkOwnFolder(folder, [values.data, values.valid, values.test], "comparison");
  const opened = await openComparison(loaded, folder);
  const part = { label: name, folder, config: savedConfig(values), comparison: compared };
  await writePart(part);
  await inTurn(folder, () => writeUsers(folder, opened));

  const open = () => Promise.resolve(opened), parts = await planned({ folder, parts: [part] }, open);
  const about = aboutTable(name, values);
  const table = (findings: Findings) => tablesOf(parts, findings)[0]!;
  const onFound = (findings: Findings) => inTurn(folder, () => writeTable(folder, table(findings), about));
  const { findings, ended, tasks } = await runTasks({
    ...{ parts, lanes: inProcess(open, signal, output), signal, output, onFound },
  });
  if (ended < tasks) {
    output.say(`stopped after ${ended} of ${tasks} trials; the same command with --out ${folder} goes on`);
    return 130;
  }
  const found = table(findings);
  output.result({ event: "table", ...about, ...found }, `\n${markdown(found)}`);
  output.say(
    `took ${duration((performance.now() - started) / 1000)}; the table is in ${folder}/compare.md, .csv, .json`,
  );
  return findings.failures.size > 0 ? 1 : 0;
}
