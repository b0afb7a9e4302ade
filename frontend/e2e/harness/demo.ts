// `campanile demo`, as a person runs it to try the product.
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { BINARY } from "./campanile";
import { poll } from "./poll";
import { freePort } from "./ports";

export class Demo {
  private constructor(
    private readonly process: ChildProcess,
    private readonly data: string,
    /** The sign-in link of its administrator. It works once. */
    readonly link: string,
    /** The URL of its portal, without a trailing slash. */
    readonly portal: string,
  ) {}

  /** Starts the demo and reads the URLs from its output. */
  static async start(): Promise<Demo> {
    const data = await mkdtemp(join(tmpdir(), "campanile-demo-"));
    const listen = async () => `127.0.0.1:${await freePort()}`;
    const words = ["demo", "--data", data, "--listen", await listen(), "--portal", await listen()];
    const child = spawn(BINARY, words, { cwd: data, stdio: ["ignore", "pipe", "pipe"] });
    let output = "";
    for (const stream of [child.stdout, child.stderr]) stream.on("data", (text) => (output += text));
    const [link, portal] = await poll("the demo to print its URLs", async () => {
      if (child.exitCode !== null) throw new Error(`the demo ended:\n${output}`);
      const [link, portal] = [/http\S+#link=\S+/.exec(output), /portal\b.*(http\S+)/.exec(output)];
      return link && portal && [link[0], portal[1]];
    });
    return new Demo(child, data, link, portal);
  }

  async stop(): Promise<void> {
    const ended = once(this.process, "exit");
    this.process.kill("SIGINT");
    await ended;
    await rm(this.data, { recursive: true });
  }
}
