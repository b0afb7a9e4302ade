// `campanile demo` as somebody runs it who tries the product out.
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
    /** The link that signs its administrator in, once. */
    readonly link: string,
    /** Where its portal is, without a slash at its end. */
    readonly portal: string,
  ) {}

  /** Starts it and reads what it says of itself. */
  static async start(): Promise<Demo> {
    const data = await mkdtemp(join(tmpdir(), "campanile-demo-"));
    const listen = async () => `127.0.0.1:${await freePort()}`;
    const words = ["demo", "--data", data, "--listen", await listen(), "--portal", await listen()];
    const child = spawn(BINARY, words, { cwd: data, stdio: ["ignore", "pipe", "pipe"] });
    let said = "";
    for (const stream of [child.stdout, child.stderr]) stream.on("data", (text) => (said += text));
    const [link, portal] = await poll("the demo to say where it is", async () => {
      if (child.exitCode !== null) throw new Error(`the demo ended:\n${said}`);
      const [link, portal] = [/http\S+#link=\S+/.exec(said), /portal\b.*(http\S+)/.exec(said)];
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
