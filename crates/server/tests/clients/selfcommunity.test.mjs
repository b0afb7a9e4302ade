// SelfCommunity's own SDK. Only the server's address and the token are set.
import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { after, before, test } from "node:test";

import { Campanile } from "./harness/campanile.mjs";

// Node cannot load the package's ES modules, because they import files without an extension.
const { http: client, NotificationService } = createRequire(import.meta.url)("@selfcommunity/api-services");

let campanile;
/** Tokens of a key with the send scope, of the member `tom` who follows `zoe`, and of the administrator. */
let key, tom, ada;

before(async () => {
  campanile = await Campanile.start();
  for (const [login, id] of [["tom", 3], ["zoe", 7]]) {
    await campanile.command("person", "add", "acme", login, "--external-id", `selfcommunity:${id}`, "--reader");
  }
  key = await campanile.key("community", "send", "directory");
  [tom, ada] = await Promise.all(["tom", "ada"].map((login) => campanile.command("person", "token", "acme", login)));
  const response = await fetch(`${campanile.url}/api/v1/directory`, {
    method: "PUT",
    headers: { "Content-Type": "application/json", Authorization: `Bearer ${key}` },
    body: JSON.stringify({ relation: { object: "person:zoe", relation: "follower", subject: "person:tom" } }),
  });
  assert.equal(response.status, 200, await response.text());
  client.setBasePortal(`${campanile.url}/selfcommunity`);
});

after(() => campanile?.stop());

/** Returns the response to a call with this token. */
async function as(token, call) {
  client.setAuthorizeToken(token);
  return call();
}

/** Returns the status and body of a refused call. */
async function refusal(token, call) {
  const error = await as(token, call).then(() => assert.fail("it was not refused"), (error) => error);
  return [error.response?.status, error.response?.data];
}

test("a custom notification reaches the followers, is counted, listed and read", async () => {
  const wishlist = { type: "wishlist", title: "Zoe added an item", description: "A lamp", user: 7, embed: { embed_type: "product", embed_id: 42, url: "https://shop.example/42", metadata: { price: 12 } } };
  assert.equal(await as(key, () => NotificationService.createCustomNotification(wishlist)), "");
  assert.deepEqual(await as(tom, () => NotificationService.getUnseenNotification()), { count: 1 });
  const page = await as(tom, () => NotificationService.listUserNotification());
  assert.equal(page.results.length, 1);
  const [{ sid, is_new, aggregated }] = page.results;
  assert.ok(is_new);
  assert.equal(aggregated[0].type, "custom_notification");
  assert.equal(aggregated[0].user.id, 7);
  const { title, description, type, embed } = aggregated[0].custom_notification;
  assert.deepEqual({ title, description, type }, { title: wishlist.title, description: wishlist.description, type: wishlist.type });
  assert.equal(embed.url, wishlist.embed.url);
  await as(tom, () => NotificationService.markReadNotification([sid, "unknown"]));
  assert.deepEqual(await as(tom, () => NotificationService.getUnseenNotification()), { count: 0 });
});

test("recipients_type user reaches only the issuer", async () => {
  const before = await as(tom, () => NotificationService.listUserNotification());
  await as(key, () => NotificationService.createCustomNotification({ recipients_type: "user", type: "note", title: "Only you", user: 7 }));
  const after = await as(tom, () => NotificationService.listUserNotification());
  assert.equal(after.results.length, before.results.length);
});

test("broadcasts can be listed, counted, read and disposed", async () => {
  const response = await fetch(`${campanile.url}/api/v1/notifications`, {
    method: "POST",
    headers: { "Content-Type": "application/json", Authorization: `Bearer ${key}` },
    body: JSON.stringify({ to: [{ kind: "everyone" }], content: [{ language: "en", title: "Welcome", description: "To all" }] }),
  });
  assert.equal(response.status, 201);
  const counts = async () => [await NotificationService.listBroadcastMessagesUnseenCount(), await NotificationService.listBroadcastMessagesUndisposedCount()];
  assert.deepEqual(await as(tom, counts), [{ count: 1 }, { count: 1 }]);
  const page = await as(tom, () => NotificationService.listBroadcastMessages({ params: { limit: 5, offset: 0 } }));
  assert.equal(page.count, 1);
  const [{ id, banner }] = page.results;
  assert.deepEqual([banner.type_banner, banner.title, banner.body_text], ["notification_banner", "Welcome", "To all"]);
  await as(tom, () => NotificationService.markReadBroadcastMessages([id]));
  assert.deepEqual(await as(tom, counts), [{ count: 0 }, { count: 1 }]);
  await as(tom, () => NotificationService.disposeBroadcastMessages([id]));
  assert.deepEqual(await as(tom, counts), [{ count: 0 }, { count: 0 }]);
  assert.equal((await as(tom, () => NotificationService.listBroadcastMessages())).count, 0);
  assert.equal((await as(ada, () => NotificationService.listBroadcastMessages())).count, 1);
});

test("errors have the vendor's format", async () => {
  const send = (body) => () => NotificationService.createCustomNotification(body);
  const [status, data] = await refusal(key, send({ type: "note", title: "x", user: 99 }));
  assert.equal(status, 400);
  assert.equal(data.errors[0].field, "user");
  assert.ok(data.errors[0].messages[0].message && data.errors[0].messages[0].code);
  assert.equal((await refusal(key, send({ title: "x", user: 7 })))[0], 400);
  assert.equal((await refusal(tom, send({ type: "note", title: "x", user: 7 })))[0], 403);
  assert.equal((await refusal("", () => NotificationService.getUnseenNotification()))[0], 401);
  assert.equal((await refusal("cmu_wrong", () => NotificationService.getUnseenNotification()))[0], 401);
});
