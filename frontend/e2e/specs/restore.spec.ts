// Backup and restore by an operator, while pages are open.
import { titled } from "../harness/citrix";
import { embed } from "../harness/embed";
import { expect, test } from "../harness/test";

test("after a restore every open page is correct within five seconds, without a reload", async ({ campanile, portal, page, signIn, anotherTab }) => {
  const ada = await signIn("ada");
  const second = await anotherTab(ada);
  for (let number = 1; number <= 7; number++) await campanile.citrix(titled(`Kept ${number}`));
  const bell = await embed(page, portal, campanile, "ada");
  const follower = await page.context().newPage();
  const followed = await embed(follower, portal, campanile, "ada");
  const backup = campanile.file("backup.db");
  await campanile.command(["backup", backup]);

  for (let number = 1; number <= 5; number++) await campanile.citrix(titled(`Lost ${number}`));
  const bells = [bell, followed];
  for (const each of bells) await each.expectUnread(12);
  for (const console of [ada, second]) await console.expectUnread(12);
  await page.bringToFront();
  await bell.button.click();
  await expect(bell.panel.getByText("Lost 5")).toBeVisible();
  await expect(ada.row("Lost 5")).toBeVisible();

  await campanile.halt();
  await campanile.command(["restore", backup]);
  await campanile.run();
  const deadline = Date.now() + 5_000;
  const left = () => Math.max(1, deadline - Date.now());
  for (const console of [ada, second]) {
    await console.expectUnread(7, left());
    await expect(console.row("Lost 5")).toHaveCount(0, { timeout: left() });
    await expect(console.rows).toHaveCount(7, { timeout: left() });
  }
  for (const each of bells) await each.expectUnread(7, left());
  await expect(bell.panel.getByText(/^Lost/)).toHaveCount(0, { timeout: left() });
  await expect(bell.panel.getByText("Kept 7")).toBeVisible({ timeout: left() });

  // From here on everything works as before, although the numbers repeat.
  await campanile.citrix(titled("After the restore"));
  for (const console of [ada, second]) {
    await console.expectUnread(8);
    await expect(console.row("After the restore")).toBeVisible();
  }
  for (const each of bells) await each.expectUnread(8);
  await expect(bell.panel.getByText("After the restore")).toBeVisible();
});
