import assert from "node:assert/strict";
import { test } from "node:test";

// Browsers have this property, older releases of Node.js do not.
Object.defineProperty(globalThis, "navigator", { configurable: true, value: { languages: ["en-GB", "de-DE"] } });
process.env.TZ = "UTC";
const { exact, short } = await import("../panel-dates.js");

const now = new Date("2026-11-22T10:00:00Z");

for (const [tag, moment, expected] of [
  ["en", "2026-11-22T10:00:05Z", "now"],
  ["en", "2026-11-22T09:59:01Z", "now"],
  ["en", "2026-11-22T09:59:00Z", "1 min"],
  ["en", "2026-11-22T09:00:01Z", "59 mins"],
  ["en", "2026-11-22T00:05:00+00:00", "00:05"],
  ["en", "2026-11-21T23:59:00Z", "yesterday"],
  ["de", "2026-11-21T01:00:00+02:00", "20. Nov."],
  ["de", "2026-11-21T12:00:00Z", "gestern"],
  ["en", "2026-01-02T12:00:00Z", "2 Jan"],
  ["en", "2025-12-31T12:00:00Z", "31 Dec 2025"],
]) {
  test(`${moment} reads “${expected}” (${tag})`, () => assert.equal(short(tag, moment, now), expected));
}

test("date and time in full, in the format of the reader's region", () => {
  assert.match(exact("en", "2026-11-22T10:00:05Z"), /^Sunday,? 22 November 2026.*10:00:05$/);
  assert.match(exact("de", "2026-11-22T10:00:05Z"), /^Sonntag, 22\. November 2026.*10:00:05$/);
});
