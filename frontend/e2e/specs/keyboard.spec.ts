// Everyday tasks without a mouse, each with a budget of keystrokes. Typed text does not count.
import { titled } from "../harness/citrix";
import { Console } from "../harness/console";
import { embed } from "../harness/embed";
import { Keys } from "../harness/keys";
import { expect, PASSWORD, test } from "../harness/test";

test("sign in: 3 keys", async ({ page, campanile, watch }) => {
  watch(page);
  const console = new Console(page, `${campanile.url}/`);
  await console.open("inbox");
  await expect(page.getByRole("textbox", { name: "Organisation" })).toBeFocused();
  const keys = new Keys(page);
  await keys.type("acme");
  await keys.press("Tab");
  await keys.type("ada");
  await keys.press("Tab");
  await keys.type(PASSWORD);
  await keys.press("Enter");
  await expect(console.bell).toBeVisible();
  keys.expectAtMost(3);
});

test("find the newest error of a component and dismiss it: 4 keys; undo: 1 key", async ({ campanile, signIn }) => {
  await campanile.citrix(titled("Older", { severity: "Error", component: "Gateway" }));
  await campanile.citrix(titled("Newest", { severity: "Error", component: "Gateway" }));
  await campanile.citrix(titled("Other", { severity: "Error", component: "Storage" }));
  const ada = await signIn("ada");
  await expect(ada.rows).toHaveCount(3);
  const keys = new Keys(ada.page);
  await keys.press("/");
  await keys.type("severity:error component:Gateway");
  await keys.press("Enter");
  await expect(ada.rows).toHaveCount(2);
  await keys.press("j", "e");
  await expect(ada.row("Newest")).toHaveCount(0);
  await expect(ada.page.getByRole("status").filter({ hasText: "Dismissed “Newest”" })).toBeVisible();
  await expect(ada.row("Older").getByRole("link")).toBeFocused();
  keys.expectAtMost(4);

  await keys.press("z");
  await expect(ada.row("Newest")).toBeVisible();
  keys.expectAtMost(1);

  await keys.press("e");
  await expect(ada.row("Older")).toHaveCount(0);
  await keys.press("Control+z");
  await expect(ada.row("Older")).toBeVisible();
});

test("snooze until tomorrow: 4 keys", async ({ campanile, signIn }) => {
  await campanile.citrix(titled("Disk almost full"));
  const ada = await signIn("ada");
  await expect(ada.rows).toHaveCount(1);
  const keys = new Keys(ada.page);
  await keys.press("j", "s");
  const dialog = ada.page.getByRole("dialog", { name: "Snooze until" });
  await expect(dialog.locator("button:focus")).toHaveText(/^(Later today|Tomorrow)/);
  // In the evening, tomorrow is the first choice.
  await keys.pressUntil("Tab", () => dialog.getByRole("button", { name: /^Tomorrow/ }).evaluate((button) => button === document.activeElement));
  await keys.press("Enter");
  await expect(ada.row("Disk almost full")).toHaveCount(0);
  await expect(ada.page.getByRole("status").filter({ hasText: /^Snoozed “Disk almost full” until/ })).toBeVisible();
  keys.expectAtMost(4);
});

test("mark a range read: 4 keys; mark a mixed selection unread: the same", async ({ campanile, signIn }) => {
  for (const title of ["Fourth", "Third", "Second", "First"]) await campanile.citrix(titled(title));
  const ada = await signIn("ada");
  await ada.expectUnread(4);
  const keys = new Keys(ada.page);
  await keys.press("j", "Shift+J", "Shift+J", "r");
  await ada.expectUnread(1);
  await expect(ada.page.getByRole("status").filter({ hasText: "Marked 3 notifications as read" })).toBeVisible();
  keys.expectAtMost(5);

  // “Fourth” is unread, “Third” is not: both are unread afterwards.
  await expect(ada.row("Third").getByRole("link")).toBeFocused();
  await keys.press("x", "Shift+J", "u");
  await ada.expectUnread(2);
  await expect(ada.page.getByRole("status").filter({ hasText: "Marked “Third” as unread" })).toBeVisible();
  await keys.press("u");
  await ada.expectUnread(2);
});

test("save a view: 2 keys", async ({ campanile, signIn }) => {
  await campanile.citrix(titled("Disk almost full", { severity: "Error" }));
  const ada = await signIn("ada");
  await ada.open("inbox?severity=error");
  await expect(ada.rows).toHaveCount(1);
  const keys = new Keys(ada.page);
  await keys.press("v");
  await expect(ada.page.getByRole("dialog").getByRole("textbox", { name: "Name" })).toBeFocused();
  await keys.type("Urgent");
  await keys.press("Enter");
  await expect(ada.page.getByRole("navigation", { name: "Main navigation" }).getByRole("link", { name: "Urgent" })).toBeVisible();
  keys.expectAtMost(4);
});

test("compose to a role and send: 12 keys", async ({ campanile, signIn }) => {
  await campanile.importDirectory({ relation: { object: "api:payments", relation: "subscribed_by", subject: "person:bo" } });
  const [ada, bo] = [await signIn("ada"), await signIn("bo")];
  const { page } = ada;
  const keys = new Keys(page);
  await keys.press("g", "c");
  await expect(page.getByRole("heading", { name: "New notification" })).toBeVisible();
  await expect(page.getByRole("main")).toBeFocused();
  const to = page.getByRole("combobox", { name: "To" });
  const isFocused = (field: typeof to) => field.evaluate((field) => field === document.activeElement);
  await keys.pressUntil("Tab", () => isFocused(to));
  await keys.type("payments");
  await expect(page.getByRole("option").first()).toBeVisible();
  await keys.press("Enter");
  const title = page.getByRole("textbox", { name: "Title" });
  await keys.pressUntil("Tab", () => isFocused(title));
  await keys.type("The payments API changes");
  const send = page.getByRole("button", { name: "Send to 1 person" });
  await expect(send).toHaveAttribute("title", "Ctrl+Enter");
  await keys.press("Control+Enter");
  await expect(page.getByRole("heading", { name: "Sent to 1 person" })).toBeFocused();
  keys.expectAtMost(12);
  await bo.expectUnread(1);
});

test("recall the last one: 6 keys", async ({ campanile, signIn }) => {
  for (const title of ["Before", "Last"]) await campanile.send({ to: [{ kind: "everyone" }], content: [{ language: "en", title }] });
  const ada = await signIn("ada");
  await ada.expectUnread(2);
  const { page } = ada;
  const keys = new Keys(page);
  await keys.press("g", "t");
  await expect(page.getByRole("listitem").filter({ hasText: "Last" })).toBeVisible();
  await keys.press("j", "e");
  await expect(page.getByRole("dialog", { name: "Recall “Last”?" })).toBeVisible();
  await keys.press("Tab", "Enter");
  await expect(page.getByText("Recalled from all inboxes")).toBeVisible();
  await expect(page.getByRole("link", { name: "Last" })).toBeFocused();
  keys.expectAtMost(6);
  await ada.expectUnread(1);
});

test("change the language: 4 keys", async ({ signIn }) => {
  const ada = await signIn("ada");
  const { page } = ada;
  const keys = new Keys(page);
  await keys.press("g", ",");
  await expect(page.getByRole("heading", { name: "Settings", level: 1 })).toBeVisible();
  await keys.pressUntil("Tab", () => page.getByRole("combobox", { name: "Language" }).evaluate((field) => field === document.activeElement));
  // The first letter chooses it. The page is then in German, so that a second one would be a new choice.
  await keys.type("D");
  await expect(page.getByRole("heading", { name: "Einstellungen", level: 1 })).toBeVisible();
  await expect(page.getByRole("combobox", { name: "Sprache" })).toBeFocused();
  keys.expectAtMost(6);
});

test("open an item in a portal's bell: 4 keys", async ({ campanile, portal, page, watch }) => {
  watch(page);
  const bell = await embed(page, portal, campanile, "ada");
  await campanile.citrix(titled("Gateway is down"));
  await campanile.citrix(titled("Gateway is back"));
  await bell.expectUnread(2);
  const keys = new Keys(page);
  await keys.pressUntil("Tab", () => bell.button.evaluate((button) => button === (button.getRootNode() as ShadowRoot).activeElement));
  await keys.press("Enter");
  await expect(bell.panel.getByText("Gateway is back")).toBeVisible();
  await keys.press("j");
  await expect(bell.panel.getByRole("link", { name: /Gateway is back/ })).toBeFocused();
  await keys.press("Enter");
  await bell.expectUnread(1);
  keys.expectAtMost(8);
});
