// The bell follows when the person changes.
import assert from "node:assert/strict";
import { test } from "node:test";
import { jwt, openPage } from "./page.js";
import { arrived, frame, hello, serve, status, stream } from "./server.js";
import { fastTime, provideLocks } from "./tabs.js";

const claims = ({ headers: { authorization } }) => JSON.parse(Buffer.from(authorization.split(".")[1], "base64url"));

/** A server with unread counts by `iss/sub`. It refuses unknown people. */
async function inboxes(t, unread) {
  const streams = {};
  const served = await serve(t, (response, request) => {
    const { iss, sub } = claims(request);
    const person = `${iss}/${sub}`;
    if (!(person in unread)) return status(401)(response);
    stream(hello(unread[person]))(response);
    (streams[person] ??= []).push(response);
  });
  return { ...served, streams };
}

const people = (requests) => requests.map((request) => claims(request).sub);

test("the portal's session changes to another person: connection and count follow", { timeout: 10_000 }, async (t) => {
  const { until, pass } = fastTime(t);
  const unread = { "acme/ada": 34, "acme/bob": 10 };
  const { requests, url, streams } = await inboxes(t, unread);
  const page = await openPage(t);
  let session = "ada";
  const bell = page.put(url, async () => jwt(session));
  await until(() => bell.counts.length === 1);
  session = "bob";
  await pass(60_000);
  // Nothing changes until ada's token ends.
  assert.deepEqual(bell.counts, [34]);
  delete unread["acme/ada"];
  streams["acme/ada"].forEach((response) => response.end());
  await until(() => bell.counts.length === 3);
  assert.deepEqual(bell.counts, [34, 0, 10]);
  assert.equal(bell.label(), "Notifications, 10 unread");
  const last = requests.at(-1);
  assert.equal(claims(last).sub, "bob");
  assert.equal(last.headers["last-event-id"], undefined, "bob's stream does not resume ada's");
  streams["acme/bob"][0].write(frame(arrived(11)));
  await until(() => bell.counts.length === 4);
  assert.equal(bell.label(), "Notifications, 11 unread");
});

for (const [name, change] of [
  ["its property", (bell) => (bell.token = jwt("bob"))],
  ["its property by a function", (bell) => (bell.token = () => jwt("bob"))],
  ["its attribute", (bell) => bell.setAttribute("token", jwt("bob"))],
]) {
  test(`a token replaced by ${name} switches to the other person`, { timeout: 10_000 }, async (t) => {
    const { until, pass } = fastTime(t);
    const { requests, url } = await inboxes(t, { "acme/ada": 34, "acme/bob": 10 });
    const page = await openPage(t);
    const bell = page.put(url, jwt("ada"));
    await until(() => bell.counts.length === 1);
    change(bell);
    await until(() => bell.counts.length === 3);
    await pass(5_000);
    assert.deepEqual(bell.counts, [34, 0, 10]);
    assert.deepEqual(people(requests), ["ada", "bob"]);
  });
}

const reject = async () => {
  throw new Error("no session");
};
for (const [name, answer] of [
  ["null", async () => null],
  ["nothing", async () => undefined],
  ["an empty text", async () => ""],
  ["a rejected promise", reject],
  ["a function that throws", () => { throw new Error("no session"); }],
  ["a sign-in page", async () => "<!doctype html><html lang='en'><title>Sign in to portal.example.com</title><form action='/sign.in'></form>"],
  ["a JSON document", async () => '{"error":"unauthorized","at":"2026.11.29"}'],
  ["an object", async () => ({ token: jwt("ada") })],
  ["a number", async () => 401],
  ["a token without a person", async () => jwt(undefined)],
  ["a token without a tenant", async () => jwt("ada", null)],
  ["two dots", async () => ".."],
  ["a token whose payload is null", async () => `e30.${Buffer.from("null").toString("base64url")}.x`],
]) {
  test(`signed out by ${name}: no old data is shown, and the token is requested again`, { timeout: 10_000 }, async (t) => {
    const { until, pass } = fastTime(t);
    const unread = { "acme/ada": 34 };
    const { requests, url, streams } = await inboxes(t, unread);
    const page = await openPage(t);
    let asked = 0;
    let token = async () => jwt("ada");
    const bell = page.put(url, (...words) => (asked++, token(...words)));
    await until(() => bell.counts.length === 1);
    token = answer;
    delete unread["acme/ada"];
    streams["acme/ada"][0].end();
    await until(() => bell.counts.length === 2);
    assert.deepEqual(bell.counts, [34, 0]);
    assert.equal(bell.label(), "Notifications");
    const [before, requested] = [asked, requests.length];
    await pass(120_000);
    assert.ok(asked > before && asked <= before + 7, `asked ${asked - before} times in two minutes`);
    assert.equal(requests.length, requested, "no request without a person");
    unread["acme/ada"] = 35;
    token = async () => jwt("ada");
    await until(() => bell.counts.length === 3, 70_000);
    assert.deepEqual(bell.counts, [34, 0, 35]);
  });
}

test("the property signs out regardless of the attribute", { timeout: 10_000 }, async (t) => {
  const { until, pass } = fastTime(t);
  const { requests, url } = await inboxes(t, { "acme/ada": 34 });
  const page = await openPage(t);
  const bell = page.put(url, jwt("ada"));
  await until(() => bell.counts.length === 1);
  bell.token = null;
  await until(() => bell.counts.length === 2);
  await pass(120_000);
  assert.deepEqual([bell.counts, requests.length], [[34, 0], 1]);
});

test("a token that is refused again and again does not flood the server", { timeout: 10_000 }, async (t) => {
  const { until, pass } = fastTime(t);
  const { requests, url } = await inboxes(t, {});
  const page = await openPage(t);
  const bell = page.put(url, jwt("ada"));
  await until(() => requests.length === 2);
  await pass(600_000);
  assert.equal(requests.length, 2, "the same token is not tried again");
  // New tokens are tried, at growing intervals.
  let asked = 0;
  bell.token = () => jwt("ada", "acme", { jti: ++asked });
  await pass(600_000);
  assert.ok(requests.length > 6 && requests.length < 50, `${requests.length} requests in ten minutes`);
});

test("a hidden page requests a token when it is visible again", { timeout: 10_000 }, async (t) => {
  const { until, pass } = fastTime(t);
  const { url } = await inboxes(t, { "acme/ada": 34 });
  const page = await openPage(t);
  let asked = 0;
  let session = null;
  const bell = page.put(url, async () => (asked++, session));
  await until(() => asked === 1);
  page.show(true);
  await pass(300_000);
  assert.equal(asked, 1);
  session = jwt("ada");
  page.show(false);
  const time = await until(() => bell.counts.length === 1);
  assert.ok(time < 10_000, `${time} ms`);
});

test("a bell removed from the page requests nothing more", { timeout: 10_000 }, async (t) => {
  const { until, pass } = fastTime(t);
  const { url } = await inboxes(t, {});
  const page = await openPage(t);
  let asked = 0;
  const bell = page.put(url, async () => (asked++, null));
  await until(() => asked === 2);
  bell.leave();
  await pass(300_000);
  assert.equal(asked, 2);
});

test("bells of several people on one page are independent", { timeout: 10_000 }, async (t) => {
  const { until, pass } = fastTime(t);
  provideLocks(t);
  // Names that would be equal if they were only joined.
  const all = { "acme/ada": 1, "acme/bob": 2, "initech/ada": 3, "a/b/c": 4 };
  const { requests, url } = await inboxes(t, all);
  const page = await openPage(t);
  const tokens = [jwt("ada"), jwt("bob"), jwt("ada", "initech"), jwt("c", "a/b"), jwt("b/c", "a")];
  const bells = tokens.map((token) => page.put(url, token));
  const again = page.put(url, jwt("ada"));
  await until(() => [...bells, again].every(({ counts }) => counts.length));
  await pass(5_000);
  assert.deepEqual(bells.map(({ counts }) => counts), [[1], [2], [3], [4], [4]]);
  assert.deepEqual(again.counts, [1]);
  assert.equal(requests.length, 5, "bells of the same person share a stream");
});

test("a late token of the previous person is dropped", { timeout: 10_000 }, async (t) => {
  const { until, pass } = fastTime(t);
  const { requests, url } = await inboxes(t, { "acme/ada": 34, "acme/bob": 10 });
  const page = await openPage(t);
  let answer;
  const bell = page.put(url, () => new Promise((resolve) => (answer = resolve)));
  await until(() => answer);
  bell.token = jwt("bob");
  await until(() => bell.counts.length === 1);
  answer(jwt("ada"));
  await pass(5_000);
  assert.deepEqual([bell.counts, people(requests)], [[10], ["bob"]]);
});

test("smaller numbers are shown after a restore, but not within a generation", { timeout: 10_000 }, async (t) => {
  const { until, pass } = fastTime(t);
  const streams = [];
  const { url } = await serve(t, (response) => {
    stream(...(streams.length ? [hello(7, 2)] : [hello(12), hello(11)]))(response);
    streams.push(response);
  });
  const page = await openPage(t);
  const bell = page.put(url, jwt("ada"));
  await until(() => bell.counts.length === 1);
  await pass(1_000);
  assert.deepEqual(bell.counts, [12]);
  streams[0].end();
  await until(() => bell.counts.length === 2);
  assert.deepEqual(bell.counts, [12, 7]);
  streams[1].write(frame(arrived(8, 2)));
  await until(() => bell.counts.length === 3);
  assert.equal(bell.label(), "Notifications, 8 unread");
});

test("the cookie's session changes to another person, ends, and starts again", { timeout: 10_000 }, async (t) => {
  const { until, pass } = fastTime(t);
  let session = "ada";
  const streams = [];
  const { requests, url } = await serve(t, (response, request) => {
    if (!session) return status(401)(response);
    if (request.url.endsWith("/me")) return response.end(JSON.stringify({ tenant: "acme", person: { login: session } }));
    stream(hello(session === "ada" ? 34 : 10))(response);
    streams.push(response);
  });
  const page = await openPage(t, new URL(url).origin);
  const bell = page.put(url);
  await until(() => bell.counts.length === 1);
  session = "bob";
  streams[0].end();
  await until(() => bell.counts.length === 3);
  session = "";
  streams[1].end();
  await until(() => bell.counts.length === 4);
  assert.deepEqual(bell.counts, [34, 0, 10, 0]);
  const asked = requests.length;
  await pass(60_000);
  assert.ok(requests.length <= asked + 6, `${requests.length - asked} requests in a minute`);
  session = "bob";
  await until(() => bell.counts.length === 5, 70_000);
  assert.deepEqual(bell.counts, [34, 0, 10, 0, 10]);
});

test("a cookie's session survives a short outage of the server", { timeout: 10_000 }, async (t) => {
  const { until } = fastTime(t);
  let away = false;
  const streams = [];
  const { url } = await serve(t, (response, request) => {
    if (away) return response.destroy();
    if (request.url.endsWith("/me")) return response.end(JSON.stringify({ tenant: "acme", person: { login: "ada" } }));
    stream(hello(streams.length + 1))(response);
    streams.push(response);
  });
  const page = await openPage(t, new URL(url).origin);
  const bell = page.put(url);
  await until(() => bell.counts.length === 1);
  away = true;
  streams[0].destroy();
  await t.mock.timers.tick(10_000);
  away = false;
  await until(() => bell.counts.length === 2);
  assert.deepEqual(bell.counts, [1, 2]);
});
