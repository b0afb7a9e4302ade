// Every call of the document, tried by Schemathesis with what it makes up: as a key and as an administrator.
import assert from "node:assert/strict";
import { test } from "node:test";

import { Campanile } from "./harness/campanile.mjs";
import { python } from "./harness/program.mjs";

/** How long it makes up requests of single calls, and chains of calls, in seconds. */
const SINGLE = Number(process.env.CLIENTS_SECONDS ?? 35);
const CHAINS = SINGLE / 2;

/** Runs Schemathesis as the one with a token; it must find nothing. */
async function tries(token, ...words) {
  const campanile = await Campanile.start();
  try {
    const env = { CLIENTS_TOKEN: await token(campanile) };
    // Each by itself: on a slow machine the first would leave no time for the second.
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

// A call that ends the credential of the run would leave nothing to find: the other run makes it.
test("Schemathesis finds nothing as a key that may do everything", () =>
  tries((campanile) => campanile.key("robot", "admin"), "--exclude-operation-id=revoke_key"));

// Signing in ends the session that comes with it, as signing out does, and a person can be removed with all of theirs: the
// key signs in and removes, `tests/it/api/session.rs` signs out.
test("Schemathesis finds nothing as an administrator", () =>
  tries((campanile) => campanile.session("ada"), ...["sign_in", "sign_out", "remove_person"].map((call) => `--exclude-operation-id=${call}`)));
