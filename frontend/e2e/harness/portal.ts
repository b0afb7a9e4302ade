// A portal of someone else that embeds the bell: a page of another origin than the server's.
import { createHmac } from "node:crypto";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";

/** What one path of the portal answers. */
export interface Page {
  type: string;
  body: string;
  /** The page's Content-Security-Policy. */
  policy?: string;
}

export class Portal {
  private readonly pages = new Map<string, Page | (() => Page)>();
  private server: Server | undefined;

  /** The portal's origin. Another host name than 127.0.0.1: the browser takes them for different sites. */
  origin = "";

  async start(): Promise<void> {
    this.server = createServer((request, response) => {
      const laid = this.pages.get(new URL(request.url ?? "/", "http://portal").pathname);
      const page = typeof laid === "function" ? laid() : laid;
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

  /** Lays a page at a path and answers its URL. */
  page(path: string, body: string, policy?: string): string {
    this.pages.set(path, { type: "text/html; charset=utf-8", body, policy });
    return this.origin + path;
  }

  /** Answers a path anew each time. */
  answer(path: string, answer: () => Page): void {
    this.pages.set(path, answer);
  }

  /** Lays a script at a path. */
  script(path: string, body: string): void {
    this.pages.set(path, { type: "text/javascript", body });
  }

  /** Lays a style sheet at a path. */
  style(path: string, body: string): void {
    this.pages.set(path, { type: "text/css", body });
  }

  async stop(): Promise<void> {
    this.server?.closeAllConnections();
    await new Promise((resolve) => this.server?.close(resolve) ?? resolve(null));
  }
}

/**
 * The token a portal signs for a person it has signed in itself: a JWT (RFC 7519) with HS256, valid for so many
 * seconds. The server allows a minute more for the portal's clock.
 */
export function portalToken(secret: string, login: string, seconds = 300): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
  const now = Math.floor(Date.now() / 1000);
  const body = `${part({ alg: "HS256", typ: "JWT" })}.${part({ iss: "acme", sub: login, iat: now, exp: now + seconds })}`;
  return `${body}.${createHmac("sha256", secret).update(body).digest("base64url")}`;
}
