// A third-party validator and a linter accept the OpenAPI document.
import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";

import { Campanile } from "./harness/campanile.mjs";
import { node, python } from "./harness/program.mjs";

let folder;
let file;

before(async () => {
  folder = await mkdtemp(join(tmpdir(), "openapi-"));
  file = join(folder, "openapi.json");
  const campanile = await Campanile.start();
  try {
    await writeFile(file, await fetch(`${campanile.url}/api/v1/openapi.json`).then((response) => response.text()));
  } finally {
    await campanile.stop();
  }
});

after(() => rm(folder, { recursive: true }));

test("openapi-spec-validator finds no error", async () => {
  const { code, output } = await python(["-m", "openapi_spec_validator", file], { seconds: 60 });
  assert.equal(code, 0, output);
});

test("Redocly has no warnings", async () => {
  const env = { REDOCLY_TELEMETRY: "off", REDOCLY_SUPPRESS_UPDATE_NOTICE: "true" };
  const { code, output } = await node("@redocly/cli/bin/cli.js", ["lint", "--config=lint.yaml", "--max-problems=1000", file], { seconds: 60, env });
  assert.equal(code, 0, output);
  assert.doesNotMatch(output, /\d+ warning/, output);
});
