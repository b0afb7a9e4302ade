// Repeated notifications fold into one row, and actions apply to all of them.
import { expect, test } from "../harness/test";

test("consecutive equal notifications fold into one row with their number", async ({ campanile, signIn }) => {
  const send = (title: string, component: string) =>
    campanile.send({ to: [{ kind: "everyone" }], component, content: [{ language: "en", title }] });
  await send("Backup finished", "Backup");
  for (let at = 0; at < 70; at++) await send("Connection lost", "Gateway");
  await send("Connection lost", "Router");
  const ada = await signIn("ada");
  await expect(ada.rows).toHaveCount(3);
  const storm = ada.page.getByRole("button", { name: "“Connection lost”, 70 times" });
  await expect(storm).toHaveText("×70");
  await send("Connection lost", "Router");
  await expect(ada.rows).toHaveCount(4);

  await storm.click();
  await expect(storm).toHaveAttribute("aria-expanded", "true");
  await expect(ada.rows.nth(6)).toContainText("Connection lost");
  await storm.click();
  await expect(ada.rows).toHaveCount(4);

  await ada.rows.nth(2).hover();
  await ada.rows.nth(2).getByRole("button", { name: "Dismiss “Connection lost”" }).click();
  await expect(ada.rows).toHaveCount(3);
  await ada.expectUnread(3);
  await ada.page.getByRole("button", { name: "Undo" }).click();
  await ada.expectUnread(73);
  await expect(storm).toBeVisible();
});
