// A client with types that openapi-typescript generated from our document. openapi-fetch sends its requests.
import createClient from "openapi-fetch";

import type { components, paths } from "./generated/schema.js";

type Schemas = components["schemas"];

/** The results that the test checks. */
export interface Outcome {
  receipt: Schemas["Receipt"];
  repeated: Schemas["Receipt"];
  listed: Schemas["Item"][];
  item: Schemas["Item"];
  unread: number;
  unreadAfterwards: number;
  undone: number;
  member: Schemas["Member"];
  members: Schemas["Member"][];
  exported: string;
  refused: Schemas["Problem"];
  unknown: Schemas["Problem"];
  stranger: { status: number; problem: Schemas["Problem"] };
}

/** Sends with a key, reads and changes items as a person, and adds a person as an administrator. */
export async function run(baseUrl: string, key: string, session: string): Promise<Outcome> {
  const client = (token: string) => createClient<paths>({ baseUrl, headers: { Authorization: `Bearer ${token}` } });
  const [sender, reader, stranger] = [client(key), client(session), client("cms_wrong")];

  const draft: Schemas["SendRequest"] = {
    to: [{ kind: "person", person: "ada" }],
    content: [{ language: "en", title: "Disk almost full", link: "https://example.com/disk" }],
    severity: "warning",
    categories: ["storage"],
    buttons: [{ label: "Acknowledge", primary: true }],
  };
  const send = () => sender.POST("/notifications", { params: { header: { "Idempotency-Key": "disk-1" } }, body: draft });
  const receipt = must(await send());
  const repeated = must(await send());

  const page = must(await reader.GET("/inbox", { params: { query: { view: "unread", severity: "warning", limit: 10 } } }));
  const item = must(await reader.GET("/inbox/{id}", { params: { path: { id: receipt.id } } }));
  const changed = must(await reader.POST("/inbox/changes", { body: { action: "read", ids: [receipt.id] } }));
  if (!changed.undo) throw new Error("nothing was changed");
  const undone = must(await reader.POST("/inbox/undo", { body: { undo: changed.undo } }));

  const member = must(await reader.POST("/members", { body: { login: "eve", name: "Eve", languages: ["de-AT"], administrator: false } }));
  const members = must(await reader.GET("/members", { params: { query: { q: "e" } } }));
  const exported = must(await reader.GET("/inbox/export", { params: { query: { format: "csv" } }, parseAs: "text" }));

  const blank = await sender.POST("/notifications", { body: { ...draft, content: [] } });
  const absent = await reader.GET("/inbox/{id}", { params: { path: { id: "00000000-0000-7000-8000-000000000000" } } });
  const shut = await stranger.GET("/me");
  return {
    receipt,
    repeated,
    listed: page.items,
    item,
    unread: page.counts.unread,
    unreadAfterwards: changed.counts.unread,
    undone: undone.counts.unread,
    member,
    members: members.items,
    exported: String(exported),
    refused: mustNot(blank),
    unknown: mustNot(absent),
    stranger: { status: shut.response.status, problem: mustNot(shut) },
  };
}

/** Returns the data of a successful call. */
function must<T>({ data, error }: { data?: T; error?: unknown }): T {
  if (data === undefined) throw new Error(JSON.stringify(error));
  return data;
}

/** Returns the problem of a failed call. */
function mustNot({ data, error }: { data?: unknown; error?: Schemas["Problem"] }): Schemas["Problem"] {
  if (error === undefined) throw new Error(`it succeeded: ${JSON.stringify(data)}`);
  return error;
}

/** Calls that the types must reject: compiling fails if one of them is accepted. */
export const refusals = (client: ReturnType<typeof createClient<paths>>) => [
  // @ts-expect-error there is no such severity
  client.POST("/notifications", { body: { content: [], severity: "critical" } }),
  // @ts-expect-error a title is required
  client.POST("/notifications", { body: { content: [{ language: "en" }] } }),
  // @ts-expect-error there is no such path
  client.GET("/notification"),
  // @ts-expect-error the id is required
  client.GET("/inbox/{id}", {}),
  // @ts-expect-error a change is for ids or for all that match
  client.POST("/inbox/changes", { body: { action: "read" } }),
];
