// deno-lint-ignore-file
import { lastDistance } from "./last_distance.ts";
import type { Draw } from "../sampler.ts";
import type { Caches } from "./caches.ts";
import type { DiverseSets } from "./diverse_sets.ts";
import { penalties } from "./penalties.ts";
import { space, type Table } from "./space.ts";
// TEMPORARY: to be replaced by random/dpp
function greedy(B: Float32Array, D: number, m: number, k: number): Int32Array {
  const C = new Float64Array(m * k), d2 = new Float64Array(m), out: number[] = [];
  for (let i = 0; i < m; i++) for (let d = 0; d < D; d++) d2[i]! += B[i * D + d]! ** 2;
  for (let t = 0; t < k; t++) {
    let j = 0, best = -1;
    for (let i = 0; i < m; i++) {
      if (d2[i]! > best) {
        best = d2[i]!;
        j = i;
      }
    }
    if (best < 1e-12) break;
    out.push(j);
    const dj = Math.sqrt(best), bj = j * D;
    for (let i = 0; i < m; i++) {
      if (d2[i]! < 0) continue;
      const bi = i * D;
      let c = 0;
      for (let d = 0; d < D; d++) c += B[bi + d]! * B[bj + d]!;
      for (let a = 0; a < t; a++) c -= C[a * m + j]! * C[a * m + i]!;
      const e = c / dj;
      C[t * m + i] = e;
      d2[i]! -= e * e;
    }
    d2[j] = -1;
  }
  return Int32Array.from(out);
}
export async function redraw(sets: DiverseSets, caches: Caches, table: Table, draw: Draw, o: any): Promise<void> {
  await Promise.resolve();
  const t0 = performance.now();
  const s = space(table, draw.catalogue.metadata.attributes, o), { width, rows } = s.cosines;
  const block = o.block || 1e9;
  let ms = 0, ks = 0, us = 0;
  for (let user = 0; user < draw.catalogue.users; user++) {
    const hard = caches.hardOf(user), k = hard.length, ids = caches.runnersUpOf(user).slice(), m = ids.length;
    if (k === 0) continue;
    ms += m;
    ks += k;
    us++;
    const rng = draw.rng.seek(draw.epoch, -1 - user);
    rng.shuffle(ids);
    if (m <= k) {
      sets.set(user, ids);
      continue;
    }
    const h = new Float64Array(width);
    for (const a of hard) for (let d = 0; d < width; d++) h[d]! += rows[a * width + d]! / k;
    const B = new Float32Array(m * width);
    for (let i = 0; i < m; i++) {
      let sim = 0;
      const at = ids[i]! * width;
      for (let d = 0; d < width; d++) sim += h[d]! * rows[at + d]!;
      const q = (penalties as any)[o.penalty](sim, o.alpha);
      for (let d = 0; d < width; d++) B[i * width + d] = q * rows[at + d]!;
    }
    const out: number[] = [];
    const parts = Math.ceil(k / block);
    for (let p = 0; p < parts; p++) {
      const from = Math.floor(m * p / parts),
        to = Math.floor(m * (p + 1) / parts),
        kk = Math.floor(k * (p + 1) / parts) - Math.floor(k * p / parts);
      const got = greedy(B.subarray(from * width, to * width), width, to - from, Math.min(kk, to - from));
      for (let x = 0; x < kk; x++) out.push(ids[from + got[x % got.length]!]!);
    }
    sets.set(user, rng.shuffle(Int32Array.from(out)));
  }
  const dd = (x: number[]) => lastDistance(table, caches, sets, x).toFixed(4);
  if (draw.epoch % 5 === 0) {
    console.log(
      "H",
      dd([1]),
      "D",
      dd([0]),
      "H+D",
      dd([1, 0]),
      "mix .7",
      dd([.7]),
      "mix .5",
      dd([.5]),
      "mix .9",
      dd([.9]),
    );
  }
  console.log("redraw", ((performance.now() - t0) / 1000).toFixed(2), "mean m", ms / us, "mean k", ks / us);
}
