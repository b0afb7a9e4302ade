// Drafts are saved automatically and are available in another browser.
import { expect, test } from "../harness/test";

test("a draft is available in another browser and is deleted when it is sent", async ({ signIn }) => {
  const here = await signIn("ada");
  await here.open("compose");
  await here.page.getByRole("radio", { name: "Everyone" }).check();
  await here.page.getByRole("textbox", { name: "Title" }).fill("Half a thought");
  await expect(here.page.getByText("Draft saved", { exact: true })).toBeVisible();
  await here.page.getByRole("button", { name: "New draft" }).click();
  await here.page.getByRole("textbox", { name: "Title" }).fill("Another thought");
  await expect(here.page.getByText("Draft saved", { exact: true })).toBeVisible();

  const there = await signIn("ada");
  await there.open("compose");
  await there.page.getByRole("link", { name: "Drafts" }).click();
  await expect(there.page.getByRole("button", { name: /^Another thought/ })).toBeVisible();
  await there.page.getByRole("button", { name: /^Half a thought/ }).click();
  await expect(there.page.getByRole("textbox", { name: "Title" })).toHaveValue("Half a thought");
  await there.page.getByRole("button", { name: "Send to 3 people" }).click();
  await expect(there.page.getByText("Sent to 3 people")).toBeVisible();
  await here.page.reload();
  await expect(here.page.getByRole("group").filter({ hasText: "Drafts" })).toBeHidden();
  await expect(here.page.getByRole("textbox", { name: "Title" })).toHaveValue("Another thought");
});

test("a test send reaches only its sender", async ({ signIn }) => {
  const [ada, bo] = [await signIn("ada"), await signIn("bo")];
  await ada.open("compose");
  await ada.page.getByRole("textbox", { name: "Title" }).fill("Only a test");
  await ada.page.getByRole("button", { name: "Send a test to me" }).click();
  await expect(ada.page.getByText("Test sent to your inbox")).toBeVisible();
  await ada.expectUnread(1);
  await bo.expectUnread(0);
});
