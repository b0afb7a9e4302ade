// Composing a notification: to everyone, to one person, and with errors.
import { expect, test } from "../harness/test";

test("a notification to everyone is on every bell", async ({ signIn }) => {
  const [ada, bo, cy] = [await signIn("ada"), await signIn("bo"), await signIn("cy")];
  const { page } = ada;
  await page.getByRole("link", { name: "Compose" }).click();
  await page.getByRole("radio", { name: "Everyone" }).check();
  await page.getByRole("radio", { name: "Warning" }).check();
  await page.getByRole("textbox", { name: "Title" }).fill("Maintenance on Saturday");
  await page.getByRole("textbox", { name: "Text" }).fill("The console stays readable.");
  await page.getByRole("button", { name: "Send to 3 people" }).click();
  await expect(page.getByText("Sent to 3 people")).toBeVisible();
  for (const console of [bo, cy]) {
    await expect(console.row("Maintenance on Saturday")).toContainText("The console stays readable.");
    await console.expectUnread(1);
  }
});

test("a notification to one person is on that person's bell only", async ({ signIn }) => {
  const [ada, bo, cy] = [await signIn("ada"), await signIn("bo"), await signIn("cy")];
  const { page } = ada;
  await ada.open("compose");
  await page.getByRole("radio", { name: "People" }).check();
  await page.getByRole("combobox", { name: "To" }).fill("cy");
  await page.getByRole("option", { name: /Cy Okafor/ }).click();
  await page.getByRole("textbox", { name: "Title" }).fill("Your badge is ready");
  await page.getByRole("button", { name: "Send to 1 person" }).click();
  await expect(page.getByText("Sent to 1 person")).toBeVisible();
  await expect(cy.row("Your badge is ready")).toBeVisible();
  await cy.expectUnread(1);
  await bo.expectUnread(0);
});

test("errors are shown at their fields, and the first has the focus", async ({ signIn }) => {
  const ada = await signIn("ada");
  const { page } = ada;
  await ada.open("compose");
  await page.getByRole("textbox", { name: "Link" }).fill("javascript:alert(1)");
  const send = page.getByRole("button", { name: /^Send(?! a test)/ });
  await send.click();
  await expect(page.getByRole("combobox", { name: "To" })).toBeFocused();
  await expect(page.getByText("Choose recipients.")).toBeVisible();

  await page.getByRole("radio", { name: "Everyone" }).check();
  await send.click();
  const title = page.getByRole("textbox", { name: "Title" });
  await expect(title).toBeFocused();
  await expect(title).toHaveAttribute("aria-invalid", "true");
  await expect(page.getByText("Links start with https, http or mailto.")).toBeVisible();
});

test("a person who may only read has no link to compose", async ({ signIn }) => {
  const cy = await signIn("cy");
  await expect(cy.page.getByRole("link", { name: "Compose" })).toHaveCount(0);
});
