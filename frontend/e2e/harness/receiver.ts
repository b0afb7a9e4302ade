// An endpoint that receives notifications by POST.
import { createServer, type IncomingHttpHeaders, type Server } from "node:http";
import type { AddressInfo } from "node:net";

/** A request that it received. */
export interface ReceivedRequest {
  url: string;
  headers: IncomingHttpHeaders;
  body: string;
}

export class Receiver {
  readonly received: ReceivedRequest[] = [];
  /** The next status codes; 204 when the list is empty. */
  answers: number[] = [];
  /** The answer to GET requests, for thumbnails. */
  picture = Buffer.alloc(0);
  private server: Server | undefined;
  url = "";

  async start(): Promise<void> {
    this.server = createServer(async (request, response) => {
      let body = "";
      for await (const part of request) body += part;
      this.received.push({ url: request.url ?? "", headers: request.headers, body });
      if (request.method === "GET") response.writeHead(200).end(this.picture);
      else response.writeHead(this.answers.shift() ?? 204).end();
    });
    await new Promise<void>((resolve) => this.server!.listen(0, "127.0.0.1", resolve));
    this.url = `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.server?.closeAllConnections();
    await new Promise((resolve) => this.server?.close(resolve) ?? resolve(null));
  }
}
