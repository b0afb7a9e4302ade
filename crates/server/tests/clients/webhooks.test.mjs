// The Standard Webhooks libraries verify our signed HTTP POSTs.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Webhook } from "standardwebhooks";

import { Campanile } from "./harness/campanile.mjs";
import { poll } from "./harness/poll.mjs";
import { python } from "./harness/program.mjs";
import { Receiver } from "./harness/receiver.mjs";

const SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const OTHER_SECRET = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD";
/** Older than the five minutes that a receiver tolerates. */
const OLD = 10 * 60;

let campanile;
let receiver;
/** The received request, the same with an old timestamp, and one that was signed with an old timestamp. */
let received;

before(async () => {
  [campanile, receiver] = await Promise.all([Campanile.start(), Receiver.start()]);
  const response = await fetch(`${campanile.url}/api/v1/notifications`, {
    method: "POST",
    headers: { "Content-Type": "application/json", Authorization: `Bearer ${await campanile.key("monitoring", "send")}` },
    body: JSON.stringify({
      channel: "http",
      http: { url: receiver.url, secret: SECRET },
      content: [{ language: "de", title: "Größe ≥ 90 %", description: "Zeile\nZeile" }],
    }),
  });
  assert.equal(response.status, 201, await response.text());
  [received] = await poll("the request", () => receiver.requests.length > 0 && receiver.requests);
});

after(() => Promise.all([campanile.stop(), receiver.stop()]));

/** The header fields of a signature with a timestamp `earlier` seconds in the past. */
function fields(earlier = 0) {
  const time = Number(received.headers["webhook-timestamp"]) - earlier;
  return {
    "webhook-id": received.headers["webhook-id"],
    "webhook-timestamp": String(time),
    "webhook-signature": earlier
      ? new Webhook(SECRET).sign(received.headers["webhook-id"], new Date(time * 1000), received.body)
      : received.headers["webhook-signature"],
  };
}

test("npm standardwebhooks accepts only requests signed with the secret", () => {
  const verify = (secret, body, headers) => new Webhook(secret).verify(body, headers);
  assert.equal(verify(SECRET, received.body, fields()).title, "Größe ≥ 90 %");
  assert.throws(() => verify(OTHER_SECRET, received.body, fields()), /No matching signature/);
  assert.throws(() => verify(SECRET, `${received.body} `, fields()), /No matching signature/);
  assert.throws(() => verify(SECRET, received.body, { ...fields(), "webhook-id": "other" }), /No matching signature/);
  assert.throws(() => verify(SECRET, received.body, fields(OLD)), /timestamp too old/);
});

test("PyPI standardwebhooks accepts only requests signed with the secret", async () => {
  const cases = [
    { secret: SECRET, body: received.body, headers: fields(), refused: null },
    { secret: OTHER_SECRET, body: received.body, headers: fields(), refused: "No matching signature" },
    { secret: SECRET, body: `${received.body} `, headers: fields(), refused: "No matching signature" },
    { secret: SECRET, body: received.body, headers: { ...fields(), "webhook-id": "other" }, refused: "No matching signature" },
    { secret: SECRET, body: received.body, headers: fields(OLD), refused: "timestamp too old" },
  ];
  const { code, output } = await python(["verify.py"], { seconds: 30, input: JSON.stringify(cases) });
  assert.equal(code, 0, output);
});
