import assert from "node:assert/strict";
import fc from "npm:fast-check@4.10.2";
import { Arena, type Block, type Lease } from "../../runtime/arena.ts";
import { mf } from "../../models/mf.ts";
import { bpr } from "../../losses/bpr.ts";
import { openRuntime } from "../../runtime/providers.ts";
import { dns } from "../../samplers/dns.ts";
import { adam } from "../../training/optimizers.ts";
import { train } from "../../training/trainer.ts";
import { smallLog } from "../training/small_run.ts";

/** Leases of an arena, what each holds, and the number that its blocks are full of. */
interface Held {
  readonly lease: Lease;
  readonly blocks: Block[];
  readonly mark: number;
}

Deno.test("blocks start as zeros, and none shares memory with another, whatever was given back before", () => {
  const step = fc.record({ length: fc.nat(50), release: fc.boolean(), which: fc.nat(3) });
  fc.assert(fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
    const arena = new Arena();
    const held: Held[] = [1, 2, 3, 4].map((mark) => ({ lease: arena.lease(), blocks: [], mark }));
    for (const { length, release, which } of steps) {
      const { lease, blocks, mark } = held[which]!;
      if (release) {
        lease.release();
        blocks.length = 0;
        continue;
      }
      const block = lease.allocate(length);
      assert.equal(block.byteOffset % 16, 0);
      assert(block.view().every((x) => x === 0));
      block.view().fill(mark);
      blocks.push(block);
    }
    for (const { blocks, mark } of held) for (const block of blocks) assert(block.view().every((x) => x === mark));
  }));
});

Deno.test("what is given back is had again, as one where it lay together", () => {
  const arena = new Arena(), first = arena.lease(), kept = arena.allocate(4);
  const [a, b, c] = [4, 8, 4].map((length) => first.allocate(length));
  first.release();
  assert.equal(arena.lease().allocate(16).byteOffset, a!.byteOffset);
  assert.deepEqual([b!.byteOffset, c!.byteOffset], [a!.byteOffset + 16, a!.byteOffset + 48]);
  assert.notEqual(kept.byteOffset, a!.byteOffset);
});

Deno.test("training again and again on one runtime takes no more memory than once", async () => {
  const { prototype } = WebAssembly.Memory, { grow } = prototype;
  let pages = 0;
  prototype.grow = function (more: number) {
    pages += more;
    return grow.call(this, more);
  };
  try {
    const runtime = await openRuntime({ provider: "wasm" });
    const once = async () => {
      const recipe = { runtime, data: smallLog().train, backbone: mf({ dim: 64 }), sampler: dns({ pool: 64 }) };
      const before = pages;
      for await (const _ of train({ ...recipe, loss: bpr(), optimizer: adam(), batchSize: 64, epochs: 1 }));
      return pages - before;
    };
    assert((await once()) > 0); // else nothing is shown
    assert.deepEqual([await once(), await once()], [0, 0]);
    await runtime.dispose();
  } finally {
    prototype.grow = grow;
  }
});
