import type { Value } from "../graphs/builder.ts";
import { sizeOf } from "../graphs/tensor.ts";
import type { Block } from "./arena.ts";
import type { HostGather } from "./host_gather.ts";
import type { HostDot } from "./host_dot.ts";
import type { Tables } from "./host_store.ts";
import type { Feeds } from "./runtime.ts";
import type { TableRows } from "./table_rows.ts";

/** Of an id and of an element. */
const BYTES = 4;

/** A value that the host computes, before each run, from what is fed: for a session, or for its own choices. */
export interface HostInput {
  readonly value: Value;
  /** Where the elements are, until the next run overwrites them. */
  readonly out: Block;
  compute(feeds: Feeds): void;
}

/** What is fed, where kernels reach it. */
export function fedInput({ arena }: Tables, value: Value): HostInput {
  const out = arena.allocate(sizeOf(value.shape));
  return { value, out, compute: (feeds) => out.view().set(feeds[value.name] as Float32Array) };
}

/** Rows of a variable beside each other. */
export function gatherInput(store: Tables, { output, ...rows }: HostGather): HostInput {
  const { arena } = store, { count, ids, table, width, place } = reach(store, rows);
  const out = arena.allocate(sizeOf(output.shape)), gather = arena.rows.gather(width);
  return {
    value: output,
    out,
    compute(feeds) {
      place(feeds);
      gather(count, ids.byteOffset, table.byteOffset, out.byteOffset);
    },
  };
}

/** Inner products of rows where they lie. */
export function dotInput(store: Tables, { queries, items, output }: HostDot): HostInput {
  const { arena } = store, asked = reach(store, queries), { count, ids, table, width, place } = reach(store, items);
  const out = arena.allocate(count), each = count / asked.count, dots = arena.rows.dots(width);
  const fetched = [
    { ids: asked.ids.byteOffset, table: asked.table },
    { ids: ids.byteOffset, table, each },
  ];
  return {
    value: output,
    out,
    compute(feeds) {
      asked.place(feeds);
      place(feeds);
      arena.fetch(asked.count, fetched, width, (first, some) => {
        const asking = asked.ids.byteOffset + first * BYTES, from = first * each * BYTES;
        dots(
          some,
          asking,
          asked.table.byteOffset,
          each,
          ids.byteOffset + from,
          table.byteOffset,
          out.byteOffset + from,
        );
      });
    },
  };
}

/** What kernels need to reach rows: their ids, placed anew for each run, and the table. */
function reach(store: Tables, { variable, ids }: TableRows) {
  const count = sizeOf(ids.shape), placed: Block = store.arena.allocate(count);
  return {
    count,
    ids: placed,
    table: store.block(variable),
    width: sizeOf(variable.shape.slice(1)),
    place: (feeds: Feeds) => placed.ints().set(feeds[ids.name] as Int32Array),
  };
}
