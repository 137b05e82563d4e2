import assert from "node:assert/strict";
import { closest } from "../../options/closest.ts";
import { find } from "../../options/method.ts";

Deno.test("the nearest name is the one with the fewest slips, and none where too many are needed", () => {
  const names = ["rns", "dns", "dns-mn", "in-batch", "embedding-generator", "infonce"];
  const meant = { dsn: "dns", DNS: "dns", dnss: "dns", "dns-nm": "dns-mn", inbatch: "in-batch", infoNCE: "infonce" };
  for (const [given, name] of Object.entries(meant)) assert.equal(closest(given, names), name, given);
  assert.equal(closest("embeding-genrator", names), "embedding-generator");
  for (const far of ["", "x", "popularity", "batch"]) assert.equal(closest(far, names), undefined, far);
});

Deno.test("a method that there is not is told with those that there are, and the one that is meant", () => {
  assert.throws(() => find({ rns: 1, dns: 2 }, "sampler", "dsn"), {
    message: 'There is no sampler "dsn"; there are "rns", "dns"; did you mean "dns"?',
  });
  assert.throws(() => find({ rns: 1, dns: 2 }, "sampler", "zebra"), { message: /there are "rns", "dns"$/ });
});
