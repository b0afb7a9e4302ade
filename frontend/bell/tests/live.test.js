import assert from "node:assert/strict";
import { test } from "node:test";
import { connect } from "../live.js";
import { eventParser } from "../live/event-parser.js";
import { arrived, ending, frame, hello, serve, status, stream } from "./server.js";
import { fastTime } from "./tabs.js";

/** The result of parsing chunks. */
const parsed = (chunks, id) => {
  const received = [];
  const parse = eventParser((data, last) => received.push([data, last]), (retry) => received.push(retry), id);
  chunks.forEach((chunk) => parse(chunk));
  return received;
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
  test(`parser: ${name}, for any chunks`, () => {
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

test("parser: the id of the previous connection stays until there is another", () => {
  assert.deepEqual(parsed([new TextEncoder().encode("data: a\n\n")], "3-1"), [["a", "3-1"]]);
});

/** Connects and records events, with a promise for the first time a condition holds. */
function listen(t, url, token = async () => null, share = null, idleTimeout = undefined) {
  const received = { events: [], statuses: [] };
  let check = () => {};
  const connection = connect({
    server: url,
    share,
    token,
    idleTimeout,
    onEvent: (event, leader) => {
      received.events.push(event);
      assert.equal(typeof leader, "boolean");
      check();
    },
    onStatus: (each) => {
      received.statuses.push(each);
      check();
    },
  });
  t.after(() => connection.close());
  received.connection = connection;
  received.until = (condition) =>
    new Promise((resolve) => {
      check = () => condition(received) && resolve();
      check();
    });
  return received;
}

test("the stream is requested below the server's base URL, with the token", { timeout: 5_000 }, async (t) => {
  const { requests, url } = await serve(t, stream(hello(3)));
  const received = listen(t, url, async () => "secret");
  await received.until(({ events }) => events.length === 1);
  assert.deepEqual(received.events, [hello(3)]);
  assert.deepEqual(received.statuses, ["connecting", "open"]);
  assert.equal(requests[0].url, "/base/api/v1/events");
  assert.equal(requests[0].headers.authorization, "Bearer secret");
  assert.equal(requests[0].headers["last-event-id"], undefined);
  assert.ok(received.connection.leader());
});

test("a stream that ends is resumed after its last id, without repeated events", { timeout: 5_000 }, async (t) => {
  const { requests, url } = await serve(t, ending(hello(3), arrived(4)), stream(arrived(4), arrived(5)));
  const received = listen(t, url);
  await received.until(({ events }) => events.length === 3);
  assert.deepEqual(received.events, [hello(3), arrived(4), arrived(5)]);
  assert.equal(requests[1].headers["last-event-id"], "1-4-0");
  assert.deepEqual(received.statuses, ["connecting", "open", "connecting", "open"]);
});

test("a refused token is requested once more", { timeout: 5_000 }, async (t) => {
  const { requests, url } = await serve(t, status(401), stream(hello(1)));
  const received = listen(t, url, async (refused) => (refused ? "fresh" : "old"));
  await received.until(({ events }) => events.length === 1);
  assert.deepEqual(requests.map(({ headers }) => headers.authorization), ["Bearer old", "Bearer fresh"]);
  assert.deepEqual(received.statuses, ["connecting", "open"]);
});

test("a token refused twice is unauthorized and not tried again", { timeout: 5_000 }, async (t) => {
  const { until, pass } = fastTime(t);
  const { requests, url } = await serve(t, status(401));
  const received = listen(t, url);
  await until(() => received.statuses.includes("unauthorized"));
  await pass(120_000);
  assert.equal(requests.length, 2);
});

test("an unavailable server and an unexpected page are tried again", { timeout: 5_000 }, async (t) => {
  const { until } = fastTime(t);
  const page = (response) => response.writeHead(200, { "Content-Type": "text/html" }).end("data: x\n\n");
  const { requests, url } = await serve(t, ending(hello(1)), status(503), page, (response) => response.destroy(), stream(hello(2)));
  const received = listen(t, url);
  await until(() => received.events.length === 2);
  assert.equal(requests.length, 5);
  assert.deepEqual(received.statuses, ["connecting", "open", "connecting", "offline", "open"]);
});

test("a later listener shares the stream and gets a hello", { timeout: 5_000 }, async (t) => {
  const { requests, url } = await serve(t, stream(hello(3), arrived(4)));
  const first = listen(t, url, undefined, "acme/ada");
  await first.until(({ events }) => events.length === 2);
  const second = listen(t, url, undefined, "acme/ada");
  await second.until(({ events }) => events.length === 1);
  assert.deepEqual(second.events, [hello(4)]);
  assert.deepEqual(second.statuses, ["open"]);
  assert.equal(requests.length, 1);
});

test("an exception of one listener does not affect the other", { timeout: 5_000 }, async (t) => {
  const { url } = await serve(t, stream(hello(1), arrived(2)));
  const thrown = [];
  // Browsers have this function, Node.js does not.
  globalThis.reportError = (error) => thrown.push(error.message);
  t.after(() => delete globalThis.reportError);
  const fail = () => {
    throw new Error("mine");
  };
  const bad = connect({ server: url, share: "x", token: async () => null, onEvent: fail, onStatus: () => {} });
  t.after(() => bad.close());
  const received = listen(t, url, undefined, "x");
  await received.until(({ events }) => events.length === 2);
  assert.deepEqual(thrown, ["mine", "mine"]);
  assert.equal(received.statuses.at(-1), "open");
});

test("closing the last listener ends the request", { timeout: 5_000 }, async (t) => {
  let gone;
  const ended = new Promise((resolve) => (gone = resolve));
  const { url } = await serve(t, (response, request) => {
    request.on("close", gone);
    stream(hello(1))(response);
  });
  const received = listen(t, url);
  await received.until(({ events }) => events.length === 1);
  received.connection.close();
  await ended;
});

test("a hidden page closes the stream and catches up when it is visible", { timeout: 5_000 }, async (t) => {
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
  const received = listen(t, url, async () => null, null, 20);
  await received.until(({ events }) => events.length === 1);

  const show = (hidden) => {
    document.hidden = hidden;
    target.dispatchEvent(new Event("visibilitychange"));
  };
  // Hidden and visible again within the time does not count.
  show(true);
  show(false);
  show(true);
  await left;
  assert.equal(requests.length, 1);
  show(false);
  await received.until(({ events }) => events.length === 2);
  assert.deepEqual(received.events, [hello(3), arrived(4)]);
  assert.equal(requests[1].headers["last-event-id"], "1-3-0");
});

test("a listener without idle timeout keeps the stream of a hidden page", { timeout: 5_000 }, async (t) => {
  globalThis.document = { hidden: true };
  t.after(() => delete globalThis.document);
  const later = [];
  const { url } = await serve(t, (response) => {
    stream(hello(3))(response);
    later.push((event) => response.write(frame(event)));
  });
  const options = (idleTimeout) => ({ server: url, share: "ada", token: async () => null, onEvent: () => {}, onStatus: () => {}, idleTimeout });
  const bell = connect(options(1));
  const received = listen(t, url, async () => null, "ada");
  t.after(() => bell.close());
  await received.until(({ events }) => events.length === 1);
  // Another page with a longer idle time: when it closes its stream, the bell's idle time is over too.
  let gone;
  const over = new Promise((resolve) => (gone = resolve));
  const other = await serve(t, (response) => {
    response.on("close", gone);
    stream(hello(3))(response);
  });
  listen(t, other.url, async () => null, null, 30);
  await over;
  later[0](arrived(4));
  await received.until(({ events }) => events.length === 2);
  assert.equal(later.length, 1);
});
