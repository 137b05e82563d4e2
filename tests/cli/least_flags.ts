import { readPage, ROOT } from "../docs/pages.ts";

/** The flags of commands and options, by the tables of docs/permissions.md. */
const rows = Array.from(
  (await readPage("docs/permissions.md")).matchAll(/^\| (`.*?) +\| (?:`(--allow.*)`)? *\|$/gm),
  ([, names, flags = ""]) => ({
    names: Array.from(names!.matchAll(/`([^`]+)`/g), ([, name]) => name!),
    flags: flags.split(" ").filter(Boolean),
  }),
);

/** What words in capitals stand for; others for the folder that a test runs in, and files elsewhere that are named. */
const standFor: Readonly<Record<string, string>> = {
  FOIL: ROOT.pathname,
  NPM: new URL(import.meta.resolve("npm:onnxruntime-web@1.30.0")).pathname.split("/onnxruntime-web/")[0]!,
  HOST: "127.0.0.1",
};

/** The flags of deno that a command line needs in a folder which has all that it reads, and takes all that it writes. */
export function leastFlags(args: readonly string[]): readonly string[] {
  const [command = "", first = ""] = args, sub = first.replace(/^.*\.ts$/, "FILE");
  const isOf = ({ names }: { names: readonly string[] }) =>
    names.some((name) => [command, `${command} ${sub}`].includes(name));
  const given = (option: string) => args.join(" ").includes(option.replace("NAME", ""));
  const needed = rows.filter((row) => {
    const [first = "", ...commands] = row.names;
    if (!first.startsWith("--")) return isOf(row);
    return commands.every((name) => name.startsWith("--")) ? row.names.some(given) : given(first) && isOf(row);
  });
  const merged = new Map<string, string[]>();
  for (const flag of needed.flatMap(({ flags }) => flags)) {
    const [name = "", values = ""] = flag.split("=");
    const found = values.split(",").flatMap((value) => {
      if (!/^[A-Z]+$/.test(value)) return [value];
      return standFor[value] ?? [".", ...args.filter((arg) => arg.startsWith("/"))];
    });
    merged.set(name, [...merged.get(name) ?? [], ...found]);
  }
  // without values a flag permits all
  return Array.from(merged, ([name, values]) => values.includes("") ? name : `${name}=${[...new Set(values)]}`);
}
