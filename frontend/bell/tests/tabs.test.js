// Several tabs of a browser: one stream per person, no sharing between people, and a working bell if the
// browser forbids tabs to communicate.
import assert from "node:assert/strict";
import { test } from "node:test";
import { arrived, ending, frame, hello, reset, serve, status, stream } from "./server.js";
import { fastTime, Locks, openTab, provide, provideLocks } from "./tabs.js";

/** A page in its own tab, and the events it gets. */
async function page(t, server, { share = "ada", token = async () => share } = {}) {
  const { connect } = await openTab();
  const received = { events: [], statuses: [] };
  received.connection = connect({
    server,
    share,
    token,
    onEvent: (event) => received.events.push(event),
    onStatus: (each) => received.statuses.push(each),
  });
  t.after(() => received.connection.close());
  return received;
}

const bearers = (requests) => requests.map(({ headers }) => headers.authorization);

test("tabs of a person share a stream, a tab of another person has its own", { timeout: 10_000 }, async (t) => {
  const { until, pass } = fastTime(t);
  provideLocks(t);
  const { requests, url } = await serve(t, (response, { headers }) => stream(hello(headers.authorization === "Bearer ada" ? 34 : 10))(response));
  const first = await page(t, url);
  await until(() => first.events.length === 1);
  const second = await page(t, url);
  const bob = await page(t, url, { share: "bob" });
  await until(() => second.events.length && bob.events.length);
  await pass(1_000);
  assert.deepEqual(first.events, [hello(34)]);
  assert.deepEqual(second.events, [hello(34)]);
  assert.deepEqual(bob.events, [hello(10)]);
  assert.deepEqual(bearers(requests), ["Bearer ada", "Bearer bob"]);
});

test("a leader with a refused token hands the stream to a tab with a valid one", { timeout: 10_000 }, async (t) => {
  const { until, pass } = fastTime(t);
  provideLocks(t);
  let good = "old";
  const streams = [];
  const { url } = await serve(t, (response, { headers }) => {
    if (headers.authorization !== `Bearer ${good}`) return status(401)(response);
    stream(hello(3))(response);
    streams.push(response);
  });
  const leader = await page(t, url, { token: async () => "old" });
  await until(() => leader.events.length === 1);
  const follower = await page(t, url, { token: async (refused) => (refused ? "new" : "old") });
  await until(() => follower.events.length === 1);
  good = "new";
  streams[0].end();
  await until(() => streams.length === 2);
  streams[1].write(frame(arrived(4)));
  await until(() => follower.events.some(({ event }) => event === "arrived"));
  assert.equal(leader.statuses.at(-1), "unauthorized");
  await pass(120_000);
  assert.ok(!follower.statuses.includes("unauthorized"));
  assert.ok(!leader.events.some(({ event }) => event === "arrived"));
});

test("of two bells on a page the one with the valid token reads the stream", { timeout: 10_000 }, async (t) => {
  const { until } = fastTime(t);
  const { requests, url } = await serve(t, (response, { headers }) => (headers.authorization === "Bearer new" ? stream(hello(3)) : status(401))(response));
  const { connect } = await openTab();
  const received = ["old", "new"].map((bearer) => {
    const received = { events: [], statuses: [] };
    const options = { server: url, share: "ada", token: async () => bearer, onEvent: (event) => received.events.push(event) };
    const connection = connect({ ...options, onStatus: (each) => received.statuses.push(each) });
    t.after(() => connection.close());
    return received;
  });
  await until(() => received[1].events.length === 1);
  assert.deepEqual(received[0], { events: [], statuses: ["connecting", "unauthorized"] });
  assert.deepEqual(received[1].statuses, ["connecting", "open"]);
  assert.deepEqual(bearers(requests), ["Bearer old", "Bearer old", "Bearer new"]);
});

test("after a restore leader and follower switch to the other generation", { timeout: 10_000 }, async (t) => {
  const { until } = fastTime(t);
  provideLocks(t);
  const streams = [];
  const { requests, url } = await serve(t, (response) => {
    (streams.length ? stream(reset(7, 2)) : stream(hello(12)))(response);
    streams.push(response);
  });
  const leader = await page(t, url);
  await until(() => leader.events.length === 1);
  const follower = await page(t, url);
  await until(() => follower.events.length === 1);
  streams[0].end();
  await until(() => [leader, follower].every(({ events }) => events.length === 2));
  assert.equal(requests[1].headers["last-event-id"], "1-12-0");
  for (const { events } of [leader, follower]) assert.deepEqual(events[1], reset(7, 2));
  // A later page gets the current snapshot, although its numbers are smaller than the old ones.
  const late = await page(t, url);
  await until(() => late.events.length === 1);
  assert.deepEqual(late.events, [hello(7, 2)]);
  // The next arrival continues from there.
  streams[1].write(frame(arrived(8, 2)));
  await until(() => late.events.length === 2);
  const later = await page(t, url);
  await until(() => later.events.length === 1);
  assert.deepEqual(later.events, [hello(8, 2)]);
});

const forbid = () => {
  throw new DOMException("The operation is insecure.", "SecurityError");
};

/** Browsers that isolate tabs, each in its own way. */
const forbidding = {
  "no Web Locks": (t) => provideLocks(t, null),
  "Web Locks that cannot be accessed": (t) => provide(t, "navigator", Object.defineProperty({ language: "en" }, "locks", { get: forbid })),
  "Web Locks that throw": (t) => provideLocks(t, { request: forbid }),
  "Web Locks that refuse": (t) => provideLocks(t, { request: async () => forbid() }),
  "Web Locks that never answer": (t) => provideLocks(t, { request: () => new Promise(() => {}) }),
  "no BroadcastChannel": (t) => {
    provideLocks(t);
    provide(t, "BroadcastChannel", undefined);
  },
  "a BroadcastChannel that cannot be made": (t) => {
    provideLocks(t);
    provide(t, "BroadcastChannel", class { constructor() { forbid(); } });
  },
  "a BroadcastChannel that cannot send": (t) => {
    provideLocks(t);
    const Real = BroadcastChannel;
    provide(t, "BroadcastChannel", class extends Real { postMessage() { forbid(); } });
  },
  "both that throw": (t) => {
    provideLocks(t, { request: forbid });
    provide(t, "BroadcastChannel", class { constructor() { forbid(); } });
  },
};

for (const [name, prepare] of Object.entries(forbidding)) {
  test(`every tab gets the events with ${name}`, { timeout: 10_000 }, async (t) => {
    const { until, pass } = fastTime(t);
    prepare(t);
    const streams = [];
    const { requests, url } = await serve(t, (response) => {
      stream(hello(3))(response);
      streams.push(response);
    });
    const tabs = [await page(t, url), await page(t, url)];
    await until(() => tabs.every(({ events }) => events.length === 1), 20_000);
    streams.forEach((response) => response.write(frame(arrived(4))));
    await until(() => tabs.every(({ events }) => events.length === 2));
    for (const { events, statuses } of tabs) {
      assert.deepEqual(events, [hello(3), arrived(4)]);
      assert.equal(statuses.at(-1), "open");
    }
    await pass(30_000);
    const asked = requests.length;
    assert.ok(asked <= 2, "no repeated requests");
    // When a tab closes, the remaining one resumes the stream.
    tabs[0].connection.close();
    streams.forEach((response) => response.end());
    await until(() => requests.length === asked + 1);
  });
}

test("a channel that fails later does not end the stream", { timeout: 10_000 }, async (t) => {
  const { until, pass } = fastTime(t);
  provideLocks(t, new Locks());
  const Real = BroadcastChannel;
  let broken = false;
  provide(t, "BroadcastChannel", class extends Real {
    postMessage(message) {
      if (broken) forbid();
      super.postMessage(message);
    }
  });
  const streams = [];
  const { requests, url } = await serve(t, (response) => {
    stream(hello(3))(response);
    streams.push(response);
  });
  const tabs = [await page(t, url), await page(t, url)];
  await until(() => tabs.every(({ events }) => events.length === 1));
  broken = true;
  streams[0].write(frame(arrived(4)));
  await until(() => tabs[0].events.length === 2);
  for (let time = 0; time < 180; time += 20) {
    streams.forEach((response) => response.write(": ping\n\n"));
    await pass(20_000);
  }
  streams.forEach((response) => response.write(frame(arrived(5))));
  await until(() => tabs.every(({ events }) => events.some(({ snapshot }) => snapshot.sequence === 5)));
  assert.equal(requests.length, 2, "the tabs do not steal the stream from each other");
});

test("a stream that ends does not sign out", { timeout: 10_000 }, async (t) => {
  const { until } = fastTime(t);
  const { url } = await serve(t, ending(hello(3)), status(503), stream(hello(4)));
  const received = await page(t, url);
  await until(() => received.events.length === 2);
  assert.ok(!received.statuses.includes("unauthorized"));
});
