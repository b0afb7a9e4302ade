// The pauses of the live connection, for any answers of servers and proxies.
import assert from "node:assert/strict";
import { test } from "node:test";
import { pauseAfter } from "../live/reconnect-pause.js";
import { hello, serve, status, stream } from "./server.js";
import { fastTime, openTab } from "./tabs.js";

for (const [asked, least, most] of [
  ["2592000", 60_000, 60_000],
  ["3600", 60_000, 60_000],
  ["99999999999999999999999", 60_000, 60_000],
  ["Infinity", 60_000, 60_000],
  ["30", 30_000, 30_000],
  ["1.5", 1_500, 1_500],
  ["Sun, 29 Nov 2026 12:00:45 GMT", 45_000, 45_000],
  ["Wed, 01 Jan 2098 00:00:00 GMT", 60_000, 60_000],
  ["Wed, 21 Oct 2015 07:28:00 GMT", 1_000, 1_000],
  ["0", 1_000, 1_000],
  ["-1", 1_000, 1_000],
  ["-2592000", 1_000, 1_000],
  ["NaN", 1_000, 1_000],
  ["soon", 1_000, 1_000],
  ["", 1_000, 1_000],
  [null, 1_000, 1_000],
]) {
  test(`Retry-After: ${asked}`, (t) => {
    fastTime(t);
    const pause = pauseAfter(0, 1_000, asked);
    assert.ok(pause >= least && pause <= most, `${pause} ms`);
  });
}

test("the pauses grow within their bounds", () => {
  for (const retry of [0, 1, 1_000, 5_000, 2 ** 31, 1e20, Infinity]) {
    for (let failures = 0; failures < 2_000; failures++) {
      const pause = pauseAfter(failures, retry);
      assert.ok(pause >= 1_000 && pause <= (failures < 20 ? 3_000 : 30_000), `${pause} ms after ${failures}`);
    }
  }
});

for (const after of ["2592000", "3600", "0", "-5", "Infinity", "never"]) {
  test(`a server that answers 503 with Retry-After: ${after} is neither flooded nor given up`, { timeout: 10_000 }, async (t) => {
    const { pass, until } = fastTime(t);
    const answers = [status(503, { "Retry-After": after })];
    const { requests, url } = await serve(t, (...each) => answers[0](...each));
    const { connect } = await openTab();
    const events = [];
    const connection = connect({ server: url, share: null, token: async () => null, onEvent: (data) => events.push(data), onStatus: () => {} });
    t.after(() => connection.close());
    await pass(10_000);
    assert.ok(requests.length >= 1 && requests.length <= 11, `${requests.length} requests in ten seconds`);
    answers[0] = stream(hello(1));
    const time = await until(() => events.length === 1);
    assert.ok(time <= 61_000, `${time} ms`);
  });
}

for (const retry of ["0", "1", "2592000000", "99999999999999999999"]) {
  test(`a stream that says retry: ${retry} and ends is neither flooded nor given up`, { timeout: 10_000 }, async (t) => {
    const { pass, until } = fastTime(t);
    const { requests, url } = await serve(t, (response) => {
      response.writeHead(200, { "Content-Type": "text/event-stream" });
      response.end(`retry: ${retry}\n\n`);
    });
    const { connect } = await openTab();
    const connection = connect({ server: url, share: null, token: async () => null, onEvent: () => {}, onStatus: () => {} });
    t.after(() => connection.close());
    await pass(10_000);
    assert.ok(requests.length <= 11, `${requests.length} requests in ten seconds`);
    const asked = requests.length;
    await until(() => requests.length > asked, 31_000);
  });
}
