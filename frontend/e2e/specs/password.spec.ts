// Changing the own password.
import { expect, PASSWORD, test } from "../harness/test";

test("changing the password requires the current one and ends other sessions", async ({ signIn }) => {
  const elsewhere = await signIn("ada");
  const ada = await signIn("ada");
  const { page } = ada;
  await ada.open("settings");
  const [current, fresh] = [page.getByLabel("Current password"), page.getByLabel("New password")];
  const change = page.getByRole("button", { name: "Change password" });
  await change.click();
  await expect(page.getByText("Required", { exact: true })).toHaveCount(2);

  await current.fill("wrong horse");
  await fresh.fill("a bicycle of the moon");
  await change.click();
  await expect(page.getByText("This is not your current password.")).toBeVisible();
  await expect(current).toBeFocused();

  await current.fill(PASSWORD);
  for (const [wrong, said] of [
    ["short", "Use at least 8 characters."],
    ["password1", "This password is too easy to guess."],
    [PASSWORD, "This is your current password."],
  ] as const) {
    await fresh.fill(wrong);
    await change.click();
    await expect(page.getByText(said)).toBeVisible();
    await expect(fresh).toBeFocused();
  }

  await fresh.fill("a bicycle of the moon");
  await page.getByRole("checkbox", { name: "Show the passwords" }).check();
  await expect(fresh).toHaveAttribute("type", "text");
  await change.click();
  await expect(page.getByText("Password changed. Your other sessions have ended.")).toBeVisible();
  await expect(fresh).toHaveValue("");
  await expect(fresh).toHaveAttribute("type", "password");
  await expect(elsewhere.page.getByText("Your session has ended.")).toBeVisible();

  await page.reload();
  await expect(page.getByRole("button", { name: "Account of Ada Byron" })).toBeVisible();
  await ada.signOut();
  await ada.signIn("ada", PASSWORD);
  await expect(page.getByRole("alert")).toHaveText("Organisation, login or password is wrong.");
  await ada.signIn("ada", "a bicycle of the moon");
  await ada.expectUnread(0);
});
