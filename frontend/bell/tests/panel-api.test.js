// The panel's calls are made for the panel's person, or not at all.
import assert from "node:assert/strict";
import { test } from "node:test";
import { call, newest, sessionPerson } from "../panel-api.js";
import { serve, status } from "./server.js";

const fine = (response) => response.end("{}");

test("nothing is sent if the token is now of another person", { timeout: 5_000 }, async (t) => {
  const { requests, url } = await serve(t, status(401), fine);
  const bearer = async (refused) => {
    if (refused) throw new Error("signed out");
    return "ada";
  };
  await assert.rejects(call({ server: url, bearer }, "POST", "inbox/changes", "{}"));
  assert.deepEqual(requests.map(({ headers }) => headers.authorization), ["Bearer ada"]);
});

test("a list that was asked for and refused is asked for again", { timeout: 5_000 }, async (t) => {
  const { requests, url } = await serve(t, fine);
  const host = { server: url, bearer: async () => "ada", earlyRequest: Promise.reject(new Error("offline")) };
  await assert.rejects(newest(host));
  assert.deepEqual(await newest(host), {});
  assert.equal(requests.length, 1);
});

test("the cookie's person is named, unless the server cannot say", { timeout: 5_000 }, async (t) => {
  const me = (response) => response.end(JSON.stringify({ tenant: "acme", person: { login: "ada" } }));
  const { url } = await serve(t, me, status(401), status(503));
  assert.equal(await sessionPerson(url), '["acme","ada"]');
  assert.equal(await sessionPerson(url), "");
  await assert.rejects(sessionPerson(url));
});
