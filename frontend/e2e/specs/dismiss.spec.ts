// Changes of an inbox show in all its views, and only for that person.
import { titled } from "../harness/citrix";
import { embed } from "../harness/embed";
import { expect, test } from "../harness/test";

test("dismissing in one tab clears the other tab and the embedded bell, not another administrator's", async ({
  campanile,
  portal,
  signIn,
  anotherTab,
}) => {
  const [ada, bo] = [await signIn("ada"), await signIn("bo")];
  const second = await anotherTab(ada);
  const embedded = await embed(await ada.page.context().newPage(), portal, campanile, "ada");
  await campanile.citrix(titled("Disk almost full"));
  for (const console of [ada, second, bo]) await console.expectUnread(1);
  await embedded.expectUnread(1);

  await ada.dismiss("Disk almost full");
  await ada.expectUnread(0);
  await second.expectUnread(0);
  await expect(second.row("Disk almost full")).toHaveCount(0);
  await embedded.expectUnread(0);

  await expect(bo.row("Disk almost full")).toBeVisible();
  await bo.expectUnread(1);
});

test("a dismissal can be undone", async ({ campanile, signIn }) => {
  const ada = await signIn("ada");
  await campanile.citrix(titled("Disk almost full"));
  await ada.dismiss("Disk almost full");
  await ada.page.getByRole("button", { name: "Undo" }).click();
  await expect(ada.row("Disk almost full")).toBeVisible();
});

test("dismissing all clears the inbox, and the dismissed items can be found", async ({ campanile, signIn }) => {
  for (const title of ["One", "Two", "Three"]) await campanile.citrix(titled(title));
  const ada = await signIn("ada");
  await expect(ada.rows).toHaveCount(3);
  await ada.page.getByRole("button", { name: "Dismiss all" }).click();
  await expect(ada.rows).toHaveCount(0);
  await ada.expectUnread(0);
  await ada.page.getByRole("navigation", { name: "Main navigation" }).getByRole("link", { name: "Dismissed" }).click();
  await expect(ada.rows).toHaveCount(3);
});

test("dismissing more than fifty asks, and can be undone", async ({ campanile, signIn }) => {
  for (let at = 0; at < 52; at++) await campanile.citrix(titled(`Number ${at}`));
  const ada = await signIn("ada");
  const { page } = ada;
  await ada.expectUnread(52);
  const all = page.getByRole("region", { name: "Inbox" }).getByRole("button", { name: "Dismiss all" });
  const dialog = page.getByRole("dialog", { name: "Dismiss all 52 notifications?" });
  await all.click();
  await dialog.getByRole("button", { name: "Cancel" }).click();
  await expect(all).toBeFocused();
  await ada.expectUnread(52);

  // A selection of all asks as well.
  await page.getByRole("button", { name: "Select", exact: true }).click();
  await page.getByRole("checkbox", { name: "Select all" }).check();
  await page.getByRole("button", { name: "Dismiss", exact: true }).click();
  await expect(dialog).toContainText("They move to “Dismissed”.");
  await dialog.getByRole("button", { name: "Dismiss all" }).click();
  await expect(page.getByText("You’re all caught up")).toBeVisible();
  await ada.expectUnread(0);
  await page.keyboard.press("z");
  await ada.expectUnread(52);
  await expect(ada.rows.first()).toBeVisible();
});
