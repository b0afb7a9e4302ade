// The product under test: the release binary with its own database and port.
import { execFile, spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

import { poll } from "./poll";
import { freePort } from "./ports";
import type { Sample } from "./citrix";

/** The product under test. */
export const BINARY = process.env.E2E_BINARY ?? join(import.meta.dirname, "../../../target/release/campanile");

/** The password of all people in `acme`. */
export const PASSWORD = "correct horse battery staple";

/** The people in `acme`. Cy is not an administrator and has no e-mail address. */
const PEOPLE = {
  ada: { name: "Ada Byron", words: ["--email", "ada@acme.example"] },
  bo: { name: "Bo Lindqvist", words: ["--email", "bo@acme.example"] },
  cy: { name: "Cy Okafor", words: ["--reader"] },
} as const;

export type Login = keyof typeof PEOPLE;

export class Campanile {
  /** The server's URL, without a trailing slash. */
  readonly url: string;
  /** An API key of `acme` that may send. */
  key = "";
  /** The secret with which the portal of `acme` signs tokens for its people. */
  portalSecret = "";
  private process: ChildProcess | undefined;
  private log = "";

  private constructor(
    private readonly data: string,
    port: number,
    private readonly origins: string[],
  ) {
    this.url = `http://127.0.0.1:${port}`;
  }

  /** Starts a server with the tenant `acme` and its people. The origins may embed the bell. */
  static async start(origins: string[] = []): Promise<Campanile> {
    const campanile = new Campanile(await mkdtemp(join(tmpdir(), "campanile-")), await freePort(), origins);
    campanile.portalSecret = await campanile.command(["tenant", "add", "acme"]);
    campanile.key = await campanile.command(["key", "create", "acme", "monitoring"]);
    for (const [login, { name, words }] of Object.entries(PEOPLE)) {
      await campanile.command(["person", "add", "acme", login, "--name", name, ...words]);
      await campanile.command(["person", "password", "acme", login], PASSWORD);
    }
    await campanile.run();
    return campanile;
  }

  private get environment(): NodeJS.ProcessEnv {
    return {
      ...process.env,
      CAMPANILE_SERVER__LISTEN: new URL(this.url).host,
      CAMPANILE_STORE__DATA: this.data,
      // The receivers of the tests listen here.
      CAMPANILE_OUTGOING__ALLOW: '["127.0.0.1"]',
      CAMPANILE_CONSOLE__ORIGINS: `[${this.origins.map((origin) => JSON.stringify(origin)).join(", ")}]`,
    };
  }

  /** Runs a command of the binary on this database and returns its output. */
  async command(words: string[], input = ""): Promise<string> {
    const running = promisify(execFile)(BINARY, words, { env: this.environment, cwd: this.data });
    // A command that reads no input may have ended before this is written.
    running.child.stdin!.on("error", () => {}).end(input);
    return (await running).stdout.trim();
  }

  /** A sign-in link of the person. It works once. */
  signInLink(login: Login): Promise<string> {
    return this.command(["person", "link", "acme", login]);
  }

  /** Starts the server and waits until it is ready. */
  async run(): Promise<void> {
    const child = spawn(BINARY, ["serve"], { env: this.environment, cwd: this.data, stdio: ["ignore", "pipe", "pipe"] });
    this.process = child;
    for (const stream of [child.stdout, child.stderr]) stream.on("data", (text) => (this.log += text));
    await poll("the server to be ready", async () => {
      if (child.exitCode !== null) throw new Error(`the server ended:\n${this.log}`);
      return fetch(`${this.url}/readyz`).then(({ ok }) => ok, () => false);
    });
  }

  /** Kills the server, like a power cut. Acknowledged data must be there again after `run`. */
  async kill(): Promise<void> {
    await this.end("SIGKILL");
  }

  /** Stops the server as an operator does, and waits until it has ended. */
  async halt(): Promise<void> {
    await this.end("SIGTERM");
  }

  /** The path of a file in the data directory, for backups. */
  file(name: string): string {
    return join(this.data, name);
  }

  /** Stops the server and removes its data. */
  async stop(): Promise<void> {
    await this.end("SIGTERM");
    await rm(this.data, { recursive: true, force: true });
  }

  private async end(signal: NodeJS.Signals): Promise<void> {
    const child = this.process;
    this.process = undefined;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, "exit");
    child.kill(signal);
    await gone;
  }

  /** Sends a notification through the API with the key. Returns its id. */
  async send(request: object): Promise<string> {
    const response = await fetch(`${this.url}/api/v1/notifications`, {
      method: "POST",
      headers: { "Content-Type": "application/json", Authorization: `Bearer ${this.key}` },
      body: JSON.stringify(request),
    });
    if (response.status !== 201) throw new Error(`${response.status}: ${await response.text()}`);
    return (await response.json()).id;
  }

  /** Imports records into the directory of `acme`. */
  async importDirectory(...records: object[]): Promise<void> {
    const file = join(this.data, "directory.ndjson");
    await writeFile(file, records.map((record) => JSON.stringify(record)).join("\n"));
    await this.command(["directory", "import", "acme", file]);
  }

  /** Sends a notification through the Citrix dialect. Throws unless it is stored. */
  async citrix(body: Sample): Promise<void> {
    const response = await fetch(`${this.url}/citrix/acme/notifications/items`, {
      method: "POST",
      headers: {
        Accept: "application/json",
        "Content-Type": "application/json",
        Authorization: `CwsAuth bearer=${this.key}`,
      },
      body: JSON.stringify(body),
    });
    if (response.status !== 200) throw new Error(`${response.status}: ${await response.text()}`);
  }
}
