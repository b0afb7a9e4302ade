// Schemathesis sends generated requests for every call of the document, as an API key and as an administrator.
import assert from "node:assert/strict";
import { test } from "node:test";

import { Campanile } from "./harness/campanile.mjs";
import { python } from "./harness/program.mjs";

/** Time for single calls and for chains of calls, in seconds. */
const SINGLE = Number(process.env.CLIENTS_SECONDS ?? 35);
const CHAINS = SINGLE / 2;

/** Runs Schemathesis with a token. It must find no error. */
async function runSchemathesis(token, ...words) {
  const campanile = await Campanile.start();
  try {
    const env = { CLIENTS_TOKEN: await token(campanile) };
    // Two separate runs: on a slow machine the first would leave no time for the second.
    for (const [phases, seconds] of [["coverage,fuzzing", SINGLE], ["stateful", CHAINS]]) {
      const run = ["run", `${campanile.url}/api/v1/openapi.json`, `--phases=${phases}`, `--max-time=${Math.ceil(seconds)}`];
      const all = ["--config-file=schemathesis.toml", ...run, "--checks=all", "--no-color", ...words];
      const { code, output } = await python(["-m", "schemathesis.cli", ...all], { seconds: seconds + 60, env });
      assert.equal(code, 0, output);
      assert.match(output, /[1-9]\d* generated/, output);
    }
    assert.doesNotMatch(campanile.log, /panicked/, campanile.log);
  } finally {
    await campanile.stop();
  }
}

// A call that ends the credential of its run is made by the other run.
test("Schemathesis finds no error with an admin key", () =>
  runSchemathesis((campanile) => campanile.key("robot", "admin"), "--exclude-operation-id=revoke_key"));

// Signing in, signing out and removing the person end the session. The key's run signs in and removes people;
// `tests/it/api/session.rs` tests signing out.
test("Schemathesis finds no error as an administrator", () =>
  runSchemathesis((campanile) => campanile.session("ada"), ...["sign_in", "sign_out", "remove_person"].map((call) => `--exclude-operation-id=${call}`)));
