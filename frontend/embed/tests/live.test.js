import assert from "node:assert/strict";
import { test } from "node:test";
import { connect, eventParser } from "../live.js";
import { arrived, ending, frame, hello, serve, status, stream } from "./server.js";
import { fastTime } from "./tabs.js";

/** What the parser makes of chunks. */
const parsed = (chunks, id) => {
  const told = [];
  const parse = eventParser((data, last) => told.push([data, last]), (retry) => told.push(retry), id);
  chunks.forEach((chunk) => parse(chunk));
  return told;
};

for (const [name, stream, expected] of [
  ["an event", "data: a\n\n", [["a", ""]]],
  ["no space after the colon", "data:a\ndata:  b\n\n", [["a\n b", ""]]],
  ["carriage returns alone", "data: a\rdata: b\r\r", [["a\nb", ""]]],
  ["carriage returns with line feeds", "data: a\r\ndata: b\r\n\r\n", [["a\nb", ""]]],
  ["mixed line ends", "data: a\r\n\rdata: b\n\r\n", [["a", ""], ["b", ""]]],
  ["comments and unknown fields", ": ping\n\nevent: x\nfoo: bar\ndata: a\n\n", [["a", ""]]],
  ["a field without a colon", "data\n\ndata\ndata\n\n", [["", ""], ["\n", ""]]],
  ["ids stay until the next", "id: 1\ndata: a\n\ndata: b\n\nid\ndata: c\n\n", [["a", "1"], ["b", "1"], ["c", ""]]],
  ["an id alone counts", "id: 7\n\ndata: a\n\n", [["a", "7"]]],
  ["an id with NUL is none", "id: 1\nid: 2\0\ndata: a\n\n", [["a", "1"]]],
  ["retry in digits only", "retry: 250\nretry: 2s\nretry:\n\n", [250]],
  ["nothing before the empty line", "data: a\nid: 1\n", []],
  ["characters of several bytes", "data: ü日👩‍👧\r\nid: ü\r\n\r\n", [["ü日👩‍👧", "ü"]]],
  ["a byte order mark", "\uFEFFdata: a\n\n", [["a", ""]]],
]) {
  test(`parser: ${name}, however it is cut`, () => {
    const bytes = new TextEncoder().encode(stream);
    assert.deepEqual(parsed([bytes]), expected);
    assert.deepEqual(parsed([...bytes].map((byte) => Uint8Array.of(byte))), expected, "byte by byte");
    for (let one = 0; one <= bytes.length; one++) {
      for (let two = one; two <= bytes.length; two++) {
        const chunks = [bytes.subarray(0, one), bytes.subarray(one, two), bytes.subarray(two)];
        assert.deepEqual(parsed(chunks), expected, `cut at ${one} and ${two}`);
      }
    }
  });
}

test("parser: the id of the connection before stays until another is told", () => {
  assert.deepEqual(parsed([new TextEncoder().encode("data: a\n\n")], "3-1"), [["a", "3-1"]]);
});

/** Connects and keeps what is told, with a promise for the first moment a condition holds. */
function listen(t, url, token = async () => null, share = null, rest = undefined) {
  const told = { events: [], statuses: [] };
  let look = () => {};
  const connection = connect({
    server: url,
    share,
    token,
    rest,
    onEvent: (data, leader) => {
      told.events.push(JSON.parse(data));
      assert.equal(typeof leader, "boolean");
      look();
    },
    onStatus: (each) => {
      told.statuses.push(each);
      look();
    },
  });
  t.after(() => connection.close());
  told.connection = connection;
  told.until = (condition) =>
    new Promise((resolve) => {
      look = () => condition(told) && resolve();
      look();
    });
  return told;
}

test("the stream is asked for below the server's base, with the token", { timeout: 5_000 }, async (t) => {
  const { requests, url } = await serve(t, stream(hello(3)));
  const told = listen(t, url, async () => "secret");
  await told.until(({ events }) => events.length === 1);
  assert.deepEqual(told.events, [hello(3)]);
  assert.deepEqual(told.statuses, ["connecting", "open"]);
  assert.equal(requests[0].url, "/base/api/v1/events");
  assert.equal(requests[0].headers.authorization, "Bearer secret");
  assert.equal(requests[0].headers["last-event-id"], undefined);
  assert.ok(told.connection.leader());
});

test("a stream that ends is resumed after its last id, and nothing is told twice", { timeout: 5_000 }, async (t) => {
  const { requests, url } = await serve(t, ending(hello(3), arrived(4)), stream(arrived(4), arrived(5)));
  const told = listen(t, url);
  await told.until(({ events }) => events.length === 3);
  assert.deepEqual(told.events, [hello(3), arrived(4), arrived(5)]);
  assert.equal(requests[1].headers["last-event-id"], "1-4-0");
  assert.deepEqual(told.statuses, ["connecting", "open", "connecting", "open"]);
});

test("a refused token is asked for once more", { timeout: 5_000 }, async (t) => {
  const { requests, url } = await serve(t, status(401), stream(hello(1)));
  const told = listen(t, url, async (refused) => (refused ? "fresh" : "old"));
  await told.until(({ events }) => events.length === 1);
  assert.deepEqual(requests.map(({ headers }) => headers.authorization), ["Bearer old", "Bearer fresh"]);
  assert.deepEqual(told.statuses, ["connecting", "open"]);
});

test("refused twice is unauthorized, and not tried again", { timeout: 5_000 }, async (t) => {
  const { until, pass } = fastTime(t);
  const { requests, url } = await serve(t, status(401));
  const told = listen(t, url);
  await until(() => told.statuses.includes("unauthorized"));
  await pass(120_000);
  assert.equal(requests.length, 2);
});

test("an unwilling server and a stranger's page are tried again", { timeout: 5_000 }, async (t) => {
  const { until } = fastTime(t);
  const page = (response) => response.writeHead(200, { "Content-Type": "text/html" }).end("data: x\n\n");
  const { requests, url } = await serve(t, ending(hello(1)), status(503), page, (response) => response.destroy(), stream(hello(2)));
  const told = listen(t, url);
  await until(() => told.events.length === 2);
  assert.equal(requests.length, 5);
  assert.deepEqual(told.statuses, ["connecting", "open", "connecting", "offline", "open"]);
});

test("a listener that comes later shares the stream and is greeted", { timeout: 5_000 }, async (t) => {
  const { requests, url } = await serve(t, stream(hello(3), arrived(4)));
  const first = listen(t, url, undefined, "acme/ada");
  await first.until(({ events }) => events.length === 2);
  const second = listen(t, url, undefined, "acme/ada");
  await second.until(({ events }) => events.length === 1);
  assert.deepEqual(second.events, [hello(4)]);
  assert.deepEqual(second.statuses, ["open"]);
  assert.equal(requests.length, 1);
});

test("what one listener throws does not reach the other", { timeout: 5_000 }, async (t) => {
  const { url } = await serve(t, stream(hello(1), arrived(2)));
  const thrown = [];
  // What a browser has and Node.js has not.
  globalThis.reportError = (error) => thrown.push(error.message);
  t.after(() => delete globalThis.reportError);
  const fail = () => {
    throw new Error("mine");
  };
  const bad = connect({ server: url, share: "x", token: async () => null, onEvent: fail, onStatus: () => {} });
  t.after(() => bad.close());
  const told = listen(t, url, undefined, "x");
  await told.until(({ events }) => events.length === 2);
  assert.deepEqual(thrown, ["mine", "mine"]);
  assert.equal(told.statuses.at(-1), "open");
});

test("closing the last listener ends the request", { timeout: 5_000 }, async (t) => {
  let gone;
  const ended = new Promise((resolve) => (gone = resolve));
  const { url } = await serve(t, (response, request) => {
    request.on("close", gone);
    stream(hello(1))(response);
  });
  const told = listen(t, url);
  await told.until(({ events }) => events.length === 1);
  told.connection.close();
  await ended;
});

test("a page that nobody sees lets go of the stream, and catches up when it is seen", { timeout: 5_000 }, async (t) => {
  const document = new EventTarget();
  const target = new EventTarget();
  Object.assign(globalThis, { document, addEventListener: target.addEventListener.bind(target) });
  t.after(() => {
    delete globalThis.document;
    delete globalThis.addEventListener;
  });
  let gone;
  const left = new Promise((resolve) => (gone = resolve));
  const first = (response) => {
    response.on("close", gone);
    stream(hello(3))(response);
  };
  const { requests, url } = await serve(t, first, stream(arrived(4)));
  const told = listen(t, url, async () => null, null, 20);
  await told.until(({ events }) => events.length === 1);

  const show = (hidden) => {
    document.hidden = hidden;
    target.dispatchEvent(new Event("visibilitychange"));
  };
  // Gone and back within the time is no absence.
  show(true);
  show(false);
  show(true);
  await left;
  assert.equal(requests.length, 1);
  show(false);
  await told.until(({ events }) => events.length === 2);
  assert.deepEqual(told.events, [hello(3), arrived(4)]);
  assert.equal(requests[1].headers["last-event-id"], "1-3-0");
});

test("who must hear everything keeps the stream of a hidden page", { timeout: 5_000 }, async (t) => {
  globalThis.document = { hidden: true };
  t.after(() => delete globalThis.document);
  const later = [];
  const { url } = await serve(t, (response) => {
    stream(hello(3))(response);
    later.push((event) => response.write(frame(event)));
  });
  const options = (rest) => ({ server: url, share: "ada", token: async () => null, onEvent: () => {}, onStatus: () => {}, rest });
  const bell = connect(options(1));
  const told = listen(t, url, async () => null, "ada");
  t.after(() => bell.close());
  await told.until(({ events }) => events.length === 1);
  // Another page, of somebody who may rest later than the bell: when it has gone, the bell's time is over too.
  let gone;
  const over = new Promise((resolve) => (gone = resolve));
  const other = await serve(t, (response) => {
    response.on("close", gone);
    stream(hello(3))(response);
  });
  listen(t, other.url, async () => null, null, 30);
  await over;
  later[0](arrived(4));
  await told.until(({ events }) => events.length === 2);
  assert.equal(later.length, 1);
});
