/** A server for tests of the live connection: real HTTP, with answers chosen by the test. */
import { createServer } from "node:http";

/** A snapshot of an inbox whose unread count equals its sequence. */
export const snapshot = (sequence, revision = 0, generation = 1) => {
  const by_severity = { information: sequence, success: 0, warning: 0, error: 0 };
  return { generation, sequence, revision, counts: { total: sequence, unread: sequence, unseen: sequence, by_severity } };
};
export const hello = (sequence, generation) => ({ event: "hello", snapshot: snapshot(sequence, 0, generation) });
export const reset = (sequence, generation) => ({ event: "reset", snapshot: snapshot(sequence, 0, generation) });
export const arrived = (sequence, generation) => ({ event: "arrived", item: { id: `n${sequence}` }, snapshot: snapshot(sequence, 0, generation) });

export const frame = (event) => {
  const { generation, sequence } = event.snapshot;
  return `id: ${generation}-${sequence}-0\nevent: ${event.event}\ndata: ${JSON.stringify(event)}\n\n`;
};

/** A server whose nth request gets the nth of `answers`. The last one answers all further requests. */
export async function serve(t, ...answers) {
  const requests = [];
  const server = createServer((request, response) => {
    requests.push(request);
    // Node.js closes idle connections by timers, which tests advance.
    response.setHeader("Connection", "close");
    answers[Math.min(requests.length, answers.length) - 1](response, request);
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return { requests, url: `http://127.0.0.1:${server.address().port}/base` };
}

export const stream = (...events) => (response) => {
  response.writeHead(200, { "Content-Type": "text/event-stream; charset=utf-8" });
  response.write("retry: 5\n\n" + events.map(frame).join(""));
};
export const ending = (...events) => (response) => {
  stream(...events)(response);
  response.end();
};
export const status = (code, headers) => (response) => response.writeHead(code, headers).end();
