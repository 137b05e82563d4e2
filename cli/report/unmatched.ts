import { quoted } from "../../datasets/columns.ts";
import type { Published } from "../../reports/charts/results.ts";

/** What a study and its methods are called. */
interface Named {
  readonly data: string;
  readonly methods: readonly { readonly label: string }[];
}

/** What was published and finds no place: its data or its methods may be called otherwise here. */
export function unmatched(
  published: Readonly<Record<string, Published>>,
  studies: readonly Named[],
): readonly string[] {
  const all = Object.keys(published), found = all.filter((data) => studies.some((study) => study.data === data));
  if (found.length === 0 && all.length > 0) {
    return [
      `  not shown: what was published, of ${quoted(all)}: the data here are ${
        quoted(studies.map(({ data }) => data))
      }`,
    ];
  }
  return found.flatMap((data) => {
    const methods = studies.filter((study) => study.data === data).flatMap(({ methods }) => methods);
    const labels = new Set(methods.map(({ label }) => label));
    const names = new Set(Object.values(published[data]!.metrics).flatMap((row) => Object.keys(row)));
    const others = [...names.difference(labels)];
    return others.length > 0
      ? [`  not shown: what was published of ${quoted(others)} on "${data}": no method here is called so`]
      : [];
  });
}
