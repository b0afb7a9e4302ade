// A third-party endpoint that receives notifications.
import { once } from "node:events";
import { createServer } from "node:http";

export class Receiver {
  /** The received requests: header fields and body. */
  requests = [];
  #server = createServer(async (request, response) => {
    const parts = [];
    for await (const part of request) parts.push(part);
    this.requests.push({ headers: request.headers, body: Buffer.concat(parts).toString() });
    response.writeHead(204).end();
  });

  static async start() {
    const receiver = new Receiver();
    receiver.#server.listen(0, "127.0.0.1");
    await once(receiver.#server, "listening");
    receiver.url = `http://127.0.0.1:${receiver.#server.address().port}/hook`;
    return receiver;
  }

  async stop() {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, "close");
  }
}
