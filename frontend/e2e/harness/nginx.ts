// A real nginx that serves the console as static files under a path, as an operator would.
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { cp, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { poll } from "./poll";
import { freePort } from "./ports";

const DIST = process.env.E2E_DIST ?? join(import.meta.dirname, "../../../dist");

/** The folder of the console below the web server's root. */
const FOLDER = "portal/bell";

export class Nginx {
  private process: ChildProcess | undefined;

  private constructor(
    private readonly folder: string,
    private readonly port: number,
  ) {}

  /** Reserves a port, because the API server must know this origin when it starts. */
  static async prepare(): Promise<Nginx> {
    return new Nginx(await mkdtemp(join(tmpdir(), "campanile-nginx-")), await freePort());
  }

  /** Its host name differs from the API server's, so that the browser treats them as different sites. */
  get origin(): string {
    return `http://localhost:${this.port}`;
  }

  /** The console's URL, with a trailing slash. */
  get base(): string {
    return `${this.origin}/${FOLDER}/`;
  }

  /** Serves the files that are also inside the binary, with a `config.json` that names the API server. */
  async serve(server: string): Promise<void> {
    const site = join(this.folder, "www", FOLDER);
    await cp(DIST, site, { recursive: true });
    await writeFile(join(site, "config.json"), JSON.stringify({ server }));
    await writeFile(join(this.folder, "nginx.conf"), this.configuration(server));
    this.process = spawn(process.env.E2E_NGINX ?? "/usr/sbin/nginx", ["-p", this.folder, "-c", "nginx.conf", "-e", "error.log"], {
      stdio: "inherit",
    });
    await poll("nginx to be ready", () => fetch(this.base).then(({ ok }) => ok, () => false));
  }

  private configuration(server: string): string {
    const policy = [
      "default-src 'none'",
      "script-src 'self' 'wasm-unsafe-eval'",
      "style-src 'self'",
      "img-src 'self' data:",
      `connect-src 'self' ${server}`,
      "font-src 'self'",
      "manifest-src 'self'",
      "worker-src 'self'",
      "base-uri 'none'",
      "form-action 'self'",
      "frame-ancestors 'none'",
      "require-trusted-types-for 'script'",
      "trusted-types default",
    ].join("; ");
    return `
daemon off;
worker_processes 1;
${process.getuid?.() === 0 ? "user root;" : ""}
pid nginx.pid;
events {}
http {
  include /etc/nginx/mime.types;
  access_log off;
  client_body_temp_path body;
  proxy_temp_path proxy;
  fastcgi_temp_path fastcgi;
  uwsgi_temp_path uwsgi;
  scgi_temp_path scgi;
  server {
    listen 127.0.0.1:${this.port};
    root www;
    gzip_static on;
    location /${FOLDER}/ {
      try_files $uri /${FOLDER}/index.html;
      add_header Content-Security-Policy "${policy}";
      add_header X-Content-Type-Options nosniff;
    }
  }
}
`;
  }

  /** Stops nginx and removes its files. */
  async stop(): Promise<void> {
    const child = this.process;
    if (child && child.exitCode === null) {
      const gone = once(child, "exit");
      child.kill("SIGTERM");
      await gone;
    }
    await rm(this.folder, { recursive: true, force: true });
  }
}
