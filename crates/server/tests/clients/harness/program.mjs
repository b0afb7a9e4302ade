// Runs third-party programs with a timeout.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";

/** The working folder of the programs. */
export const FOLDER = join(import.meta.dirname, "..");
const PYTHON = process.env.CLIENTS_PYTHON ?? join(FOLDER, "../../../../target/clients/python/bin/python");

/** Runs a Python program. */
export function python(words, options) {
  return program(PYTHON, words, options);
}

/** Runs a program of an npm package, by its path below node_modules. */
export function node(file, words, options) {
  return program(process.execPath, [join(FOLDER, "node_modules", file), ...words], options);
}

/** Runs a program and returns its exit code and output. It is killed after the timeout. */
async function program(file, words, { seconds, input = "", env = {} }) {
  const child = spawn(file, words, { cwd: FOLDER, env: { ...process.env, ...env }, stdio: "pipe", timeout: seconds * 1000, killSignal: "SIGKILL" });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (text) => (output += text));
  // A program that reads no input may have ended already.
  child.stdin.on("error", () => {}).end(input);
  const [code, signal] = await once(child, "close");
  return { code: signal ?? code, output };
}
