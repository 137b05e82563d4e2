import { crc32 } from "../../datasets/crc32.ts";
import { joined } from "../../datasets/random_access.ts";

/** How a member is written; `method` and `flags` may be lies. */
export interface Packing {
  readonly store?: boolean;
  readonly method?: number;
  readonly flags?: number;
}

/** A zip archive of these files, in this order. */
export async function zipOf(
  files: Readonly<Record<string, string | Uint8Array<ArrayBuffer>>>,
  { store = false, method = store ? 0 : 8, flags = 0 }: Packing = {},
): Promise<Uint8Array<ArrayBuffer>> {
  const local: Uint8Array[] = [], central: Uint8Array[] = [];
  let offset = 0;
  for (const [path, content] of Object.entries(files)) {
    const name = new TextEncoder().encode(path), sum = crc32();
    const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
    sum.add(bytes);
    const packing = new Blob([bytes]).stream().pipeThrough(new CompressionStream("deflate-raw"));
    const packed = store ? bytes : await new Response(packing).bytes();
    const common = [u16(20), u16(flags), u16(method), u32(0), u32(sum.value), u32(packed.length), u32(bytes.length)];
    const header = joined([u32(0x04034b50), ...common, u16(name.length), u16(0), name, packed]);
    local.push(header);
    const rest = [u16(name.length), u16(0), u16(0), u16(0), u16(0), u32(0), u32(offset), name];
    central.push(joined([u32(0x02014b50), u16(20), ...common, ...rest]));
    offset += header.length;
  }
  const directory = joined(central), count = u16(central.length);
  const end = [u32(0x06054b50), u16(0), u16(0), count, count, u32(directory.length), u32(offset), u16(0)];
  return joined([...local, directory, ...end]);
}

const u16 = (value: number): Uint8Array => Uint8Array.of(value & 255, value >> 8);
const u32 = (value: number): Uint8Array => new Uint8Array(Uint32Array.of(value).buffer);
