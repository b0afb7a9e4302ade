// A client generated from the document compiles and works with the binary.
import assert from "node:assert/strict";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, test } from "node:test";

import { Campanile } from "./harness/campanile.mjs";
import { FOLDER, node } from "./harness/program.mjs";

const GENERATED = join(FOLDER, "typescript/generated");

let campanile;

before(async () => {
  campanile = await Campanile.start();
  await mkdir(GENERATED, { recursive: true });
  const document = await fetch(`${campanile.url}/api/v1/openapi.json`).then((response) => response.text());
  await writeFile(join(GENERATED, "openapi.json"), document);
});

after(() => campanile?.stop());

test("openapi-typescript and tsc accept the document, and the client works", async () => {
  const made = await node("openapi-typescript/bin/cli.js", [join(GENERATED, "openapi.json"), "--output", join(GENERATED, "schema.ts")], { seconds: 60 });
  assert.equal(made.code, 0, made.output);
  const compiled = await node("typescript/bin/tsc", ["--project", "typescript"], { seconds: 60 });
  assert.equal(compiled.code, 0, compiled.output);

  const { run } = await import(join(GENERATED, "build/client.js"));
  const key = await campanile.key("monitoring", "send");
  const outcome = await run(`${campanile.url}/api/v1`, key, await campanile.session("ada"));

  assert.equal(outcome.receipt.recipients, 1);
  assert.deepEqual(outcome.repeated, outcome.receipt);
  assert.deepEqual(outcome.listed.map(({ id, title }) => [id, title]), [[outcome.receipt.id, "Disk almost full"]]);
  assert.equal(outcome.item.buttons[0].label, "Acknowledge");
  assert.deepEqual([outcome.unread, outcome.unreadAfterwards, outcome.undone], [1, 0, 1]);
  assert.deepEqual([outcome.member.login, outcome.member.administrator], ["eve", false]);
  assert.deepEqual(outcome.members.map(({ login }) => login), ["eve"]);
  assert.match(outcome.exported, /Disk almost full/);
  assert.deepEqual([outcome.refused.status, outcome.refused.errors[0].pointer], [422, "/content"]);
  assert.equal(outcome.unknown.type, "/problems/not-found");
  assert.deepEqual([outcome.stranger.status, outcome.stranger.problem.type], [401, "/problems/unauthenticated"]);
});
