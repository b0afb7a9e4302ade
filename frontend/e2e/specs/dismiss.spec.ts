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
