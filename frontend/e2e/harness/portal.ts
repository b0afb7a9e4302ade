// A portal that embeds the bell: pages of another origin than the server's.
import { createHmac } from "node:crypto";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";

/** The answer for one path of the portal. */
export interface Page {
  type: string;
  body: string;
  /** The page's Content-Security-Policy. */
  policy?: string;
}

export class Portal {
  private readonly pages = new Map<string, Page | (() => Page)>();
  private server: Server | undefined;

  /** The portal's origin. Its host name is not 127.0.0.1, so that the browser treats it as a different site. */
  origin = "";

  async start(): Promise<void> {
    this.server = createServer((request, response) => {
      const content = this.pages.get(new URL(request.url ?? "/", "http://portal").pathname);
      const page = typeof content === "function" ? content() : content;
      if (!page) {
        response.writeHead(404).end();
        return;
      }
      response.writeHead(200, {
        "Content-Type": page.type,
        ...(page.policy && { "Content-Security-Policy": page.policy }),
      });
      response.end(page.body);
    });
    await new Promise<void>((resolve) => this.server!.listen(0, "127.0.0.1", resolve));
    this.origin = `http://localhost:${(this.server.address() as AddressInfo).port}`;
  }

  /** Serves a page at a path. Returns its URL. */
  page(path: string, body: string, policy?: string): string {
    this.pages.set(path, { type: "text/html; charset=utf-8", body, policy });
    return this.origin + path;
  }

  /** Serves a path with a function that is called for each request. */
  answer(path: string, answer: () => Page): void {
    this.pages.set(path, answer);
  }

  /** Serves a script at a path. */
  script(path: string, body: string): void {
    this.pages.set(path, { type: "text/javascript", body });
  }

  /** Serves a style sheet at a path. */
  style(path: string, body: string): void {
    this.pages.set(path, { type: "text/css", body });
  }

  async stop(): Promise<void> {
    this.server?.closeAllConnections();
    await new Promise((resolve) => this.server?.close(resolve) ?? resolve(null));
  }
}

/**
 * The token that a portal signs for its person: a JWT (RFC 7519) with HS256, valid for `seconds`. The server
 * accepts it for a minute longer, because clocks differ.
 */
export function portalToken(secret: string, login: string, seconds = 300): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
  const now = Math.floor(Date.now() / 1000);
  const body = `${part({ alg: "HS256", typ: "JWT" })}.${part({ iss: "acme", sub: login, iat: now, exp: now + seconds })}`;
  return `${body}.${createHmac("sha256", secret).update(body).digest("base64url")}`;
}
