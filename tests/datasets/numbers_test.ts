import assert from "node:assert/strict";
import fc from "npm:fast-check@4.10.2";
import { parseNumber, parseTime } from "../../datasets/numbers.ts";

const bytesOf = (text: string) => new TextEncoder().encode(`1${text}2`); // what is around it is no part of it
const number = (text: string) => parseNumber(bytesOf(text), 1, text.length + 1);
const time = (text: string) => parseTime(bytesOf(text), 1, text.length + 1);

Deno.test("a decimal number is the double that JavaScript reads it as, however many digits it has", () => {
  const digits = fc.stringMatching(/^[0-9]{0,20}$/), sign = fc.constantFrom("", "-", "+");
  const exponent = fc.constantFrom("", "e3", "E-7", "e+12");
  fc.assert(
    fc.property(sign, digits, fc.boolean(), digits, exponent, (sign, whole, dot, part, power) => {
      const plain = dot ? `${whole}.${part}` : whole;
      assert.equal(number(`${sign}${plain}${power}`), /\d/.test(plain) ? Number(`${sign}${plain}${power}`) : NaN);
    }),
    { numRuns: 2000 },
  );
  assert.deepEqual([number("0.1234567890123456789"), number("9007199254740993")], [0.1234567890123456789, 2 ** 53]);
});

Deno.test("what has no digits, or is no finite number, is none", () => {
  const none = [
    "",
    "-",
    ".",
    "-.",
    "+",
    "1.2.3",
    "1-2",
    "--1",
    "1e",
    "e5",
    "0x10",
    "1_000",
    "NaN",
    "Infinity",
    "1e999",
  ];
  for (const text of none) assert.equal(number(text), NaN, text);
});

Deno.test("a date without a zone is of UTC, whatever the clock of the machine is set to", async () => {
  assert.deepEqual(["1970-01-02", "1970-01-02T00:00", "1970-01-02 01:00:00+01"].map(time), [86400, 86400, 86400]);
  const code = `import { parseTime } from "${import.meta.resolve("../../datasets/numbers.ts")}";
    const time = (text) => parseTime(new TextEncoder().encode(text), 0, text.length);
    console.log(new Date(0).getHours(), ...["1970-01-02", "1970-01-02T00:00", "1970-01-02 00:00:01.5"].map(time));`;
  const args = ["eval", "--no-lock", "--no-check", code], env = { TZ: "Asia/Tokyo", NO_COLOR: "1" };
  const { stdout } = await new Deno.Command(Deno.execPath(), { args, env }).output();
  assert.equal(new TextDecoder().decode(stdout), "9 86400 86400 86401.5\n");
});
