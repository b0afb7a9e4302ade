// The binary under test, with its own database and port.
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

import { poll } from "./poll.mjs";

const BINARY = process.env.CLIENTS_BINARY ?? join(import.meta.dirname, "../../../../../target/debug/campanile");

export class Campanile {
  #data;
  #process;
  #log = "";

  constructor(data, port) {
    this.#data = data;
    /** The server's URL, without a trailing slash. */
    this.url = `http://127.0.0.1:${port}`;
  }

  /** A running server with the tenant `acme` and its administrator `ada`. */
  static async start() {
    const campanile = new Campanile(await mkdtemp(join(tmpdir(), "campanile-")), await freePort());
    await campanile.command("tenant", "add", "acme");
    await campanile.command("person", "add", "acme", "ada", "--name", "Ada Byron", "--email", "ada@acme.example");
    await campanile.#run();
    return campanile;
  }

  get #environment() {
    return {
      ...process.env,
      CAMPANILE_SERVER__LISTEN: new URL(this.url).host,
      CAMPANILE_STORE__DATA: this.#data,
      // The receivers of the tests.
      CAMPANILE_OUTGOING__ALLOW: '["127.0.0.1"]',
      // Rate limits are off: these clients send thousands of requests.
      CAMPANILE_LIMITS__PERSON_REQUESTS_PER_SECOND: "0",
      CAMPANILE_LIMITS__SIGN_IN_ATTEMPTS: "0",
    };
  }

  /** Runs a command of the binary on this database and returns its output. */
  async command(...words) {
    const { stdout } = await promisify(execFile)(BINARY, words, { env: this.#environment, cwd: this.#data });
    return stdout.trim();
  }

  /** Creates an API key with these scopes. */
  key(name, ...scopes) {
    return this.command("key", "create", "acme", name, ...scopes.flatMap((scope) => ["--scope", scope]));
  }

  /** Signs a person in and returns the session token. */
  async session(login) {
    const link = new URL(await this.command("person", "link", "acme", login));
    const response = await fetch(`${this.url}/api/v1/session`, {
      method: "POST",
      // Like a console of another origin, which gets a token and no cookie.
      headers: { "Content-Type": "application/json", "Sec-Fetch-Site": "cross-site" },
      body: JSON.stringify({ link: new URLSearchParams(link.hash.slice(1)).get("link") }),
    });
    if (response.status !== 201) throw new Error(`${response.status}: ${await response.text()}`);
    return (await response.json()).token;
  }

  /** What the server logged so far. */
  get log() {
    return this.#log;
  }

  async #run() {
    const child = spawn(BINARY, ["serve"], { env: this.#environment, cwd: this.#data, stdio: ["ignore", "pipe", "pipe"] });
    this.#process = child;
    for (const stream of [child.stdout, child.stderr]) stream.on("data", (text) => (this.#log += text));
    await poll("the server to be ready", async () => {
      if (child.exitCode !== null) throw new Error(`the server ended:\n${this.#log}`);
      return fetch(`${this.url}/readyz`).then(({ ok }) => ok, () => false);
    });
  }

  /** Stops the server and removes its data. */
  async stop() {
    const child = this.#process;
    if (child.exitCode === null && child.signalCode === null) {
      const gone = once(child, "exit");
      child.kill("SIGTERM");
      await gone;
    }
    await rm(this.#data, { recursive: true, force: true });
  }
}

/** A port of 127.0.0.1 on which nothing listens. */
async function freePort() {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address();
  server.close();
  await once(server, "close");
  return port;
}
