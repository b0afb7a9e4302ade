// Snoozed items leave and return, pinned items stay on top.
import { titled } from "../harness/citrix";
import { expect, test } from "../harness/test";

test("a snoozed item leaves the inbox and its counts, and can be restored", async ({ campanile, signIn }) => {
  await campanile.citrix(titled("Disk almost full"));
  const ada = await signIn("ada");
  await ada.read("Disk almost full");
  await ada.detail.getByRole("button", { name: "Mark unread" }).click();
  await ada.expectUnread(1);
  await ada.page.keyboard.press("s");
  const dialog = ada.page.getByRole("dialog", { name: "Snooze until" });
  await dialog.getByRole("button", { name: /^Tomorrow morning/ }).click();
  await expect(ada.row("Disk almost full")).toHaveCount(0);
  await ada.expectUnread(0);
  await expect(ada.page.getByRole("status").filter({ hasText: /^Snoozed “Disk almost full” until/ })).toBeVisible();
  await ada.page.getByRole("button", { name: "Undo" }).click();
  await expect(ada.row("Disk almost full")).toBeVisible();
  await ada.expectUnread(1);

  // A time in the past is refused with a text.
  await ada.row("Disk almost full").hover();
  await ada.row("Disk almost full").getByRole("button", { name: "Snooze “Disk almost full”" }).click();
  await dialog.getByLabel("Date and time").fill("2020-01-01T08:00");
  await dialog.getByRole("button", { name: "Snooze", exact: true }).click();
  await expect(dialog.getByRole("alert")).toHaveText("Choose a time in the coming year.");
  await dialog.getByRole("button", { name: /^Next week/ }).click();
  await ada.page.getByRole("navigation", { name: "Main navigation" }).getByRole("link", { name: "Snoozed" }).click();
  await expect(ada.row("Disk almost full")).toContainText(/Until .+ 8:00/);
  await ada.page.keyboard.press("j");
  await ada.page.keyboard.press("s");
  await expect(ada.row("Disk almost full")).toHaveCount(0);
  await ada.expectUnread(1);
});

test("a snoozed item returns by itself, on top and unread", async ({ campanile, signIn }) => {
  const id = await campanile.send({ to: [{ kind: "everyone" }], content: [{ language: "en", title: "Renew the licence" }] });
  await campanile.citrix(titled("Disk almost full"));
  const ada = await signIn("ada");
  await ada.expectUnread(2);
  await ada.page.evaluate(async (id) => {
    const until = new Date(Date.now() + 2_000).toISOString();
    const headers = { "Content-Type": "application/json" };
    await fetch("./api/v1/inbox/changes", { method: "POST", headers, body: JSON.stringify({ action: "snooze", until, ids: [id] }) });
  }, id);
  await expect(ada.row("Renew the licence")).toHaveCount(0);
  await expect(ada.rows.first()).toContainText("Snooze ended");
  await expect(ada.rows.first()).toContainText("Renew the licence");
  await ada.expectUnread(2);
});

test("a pinned item stays above arrivals", async ({ campanile, signIn }) => {
  await campanile.citrix(titled("Certificate expires"));
  await campanile.citrix(titled("Disk almost full"));
  const ada = await signIn("ada");
  await ada.read("Certificate expires");
  await ada.page.keyboard.press("p");
  await expect(ada.rows.first()).toContainText("Certificate expires");
  await campanile.citrix(titled("Something new"));
  await expect(ada.row("Something new")).toBeVisible();
  await expect(ada.rows.first()).toContainText("Certificate expires");
  await ada.page.reload();
  await expect(ada.rows.first()).toContainText("Certificate expires");
  await expect(ada.rows).toHaveCount(3);
  await ada.page.goto(`${ada.base}inbox?view=pinned`);
  await expect(ada.rows).toHaveCount(1);
  await ada.row("Certificate expires").hover();
  await ada.row("Certificate expires").getByRole("button", { name: "Unpin “Certificate expires”" }).click();
  await expect(ada.rows).toHaveCount(0);
});
