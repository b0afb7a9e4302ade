// Incomplete dates: browsers report an empty value for them.
import type { Locator, Page } from "@playwright/test";

import { titled } from "../harness/citrix";
import { expect, test } from "../harness/test";

const SENTENCE = "Incomplete. Fill in every part, or clear the field.";

/** Types the first parts of a date or a time, and checks that the rest is missing. */
async function begin(field: Locator, keys: string): Promise<void> {
  await field.focus();
  await field.pressSequentially(keys);
  expect(await field.evaluate((input: HTMLInputElement) => [input.value, input.validity.badInput])).toEqual(["", true]);
}

/** The number of notifications that the tenant has sent. */
const sent = (page: Page) => page.evaluate(async () => (await (await fetch("./api/v1/notifications")).json()).items.length as number);

/** Expects the error at the field, which has the focus. */
async function expectError(page: Page, field: Locator): Promise<void> {
  await expect(field).toBeFocused();
  await expect(field).toHaveAttribute("aria-invalid", "true");
  await expect(field).toHaveAccessibleDescription(new RegExp(SENTENCE.replaceAll(".", "\\.")));
  await expect(page.getByText(SENTENCE)).toHaveCount(1);
}

for (const [name, keys] of [["Send at", "12312030"], ["Expires", "12312030"], ["Send at", "0800AM"]] as const) {
  test(`nothing is sent while “${name}” is incomplete: ${keys}`, async ({ signIn }) => {
    const ada = await signIn("ada");
    const { page } = ada;
    await ada.open("compose");
    await page.getByRole("radio", { name: "Everyone" }).check();
    await page.getByRole("textbox", { name: "Title" }).fill("On Saturday");
    const field = page.getByLabel(name);
    if (keys.endsWith("AM")) {
      await field.focus();
      for (let part = 0; part < 3; part++) await page.keyboard.press("ArrowRight");
      await page.keyboard.type(keys);
      expect(await field.evaluate((input: HTMLInputElement) => input.validity.badInput)).toBe(true);
    } else await begin(field, keys);
    const send = page.getByRole("button", { name: /^Send to/ });
    await send.click();
    await expectError(page, field);
    // Neither by keyboard.
    await page.keyboard.press("Control+Enter");
    await expectError(page, field);
    expect(await sent(page)).toBe(0);

    // The error disappears when the field is emptied, or when another draft is started.
    await field.fill("");
    await expect(page.getByText(SENTENCE)).toHaveCount(0);
    await send.click();
    await expect(page.getByText("Sent to 3 people")).toBeVisible();
  });
}

test("a date whose time is removed is incomplete too, and can be completed", async ({ signIn }) => {
  const ada = await signIn("ada");
  const { page } = ada;
  await ada.open("compose");
  await page.getByRole("radio", { name: "Everyone" }).check();
  await page.getByRole("textbox", { name: "Title" }).fill("Later");
  const field = page.getByLabel("Send at");
  await field.fill("2090-12-31T08:00");
  await field.focus();
  for (let part = 0; part < 3; part++) await page.keyboard.press("ArrowRight");
  await page.keyboard.press("Backspace");
  expect(await field.evaluate((input: HTMLInputElement) => input.validity.badInput)).toBe(true);
  await page.getByRole("button", { name: /^(Send|Schedule)/ }).first().click();
  await expectError(page, field);
  expect(await sent(page)).toBe(0);
});

test("discarding a draft empties an incomplete date", async ({ signIn }) => {
  const ada = await signIn("ada");
  const { page } = ada;
  await ada.open("compose");
  await page.getByRole("textbox", { name: "Title" }).fill("Never");
  await begin(page.getByLabel("Send at"), "12312030");
  await page.getByRole("button", { name: "Discard" }).click();
  await expect.poll(() => page.getByLabel("Send at").evaluate((input: HTMLInputElement) => input.validity.badInput)).toBe(false);
});

test("a hidden date is not validated", async ({ signIn }) => {
  const ada = await signIn("ada");
  const { page } = ada;
  await ada.open("compose");
  await page.getByRole("radio", { name: "People" }).check();
  await page.getByRole("combobox", { name: "To" }).fill("bo");
  await page.getByRole("option", { name: /Bo/ }).click();
  await page.getByRole("textbox", { name: "Title" }).fill("By mail");
  await begin(page.getByLabel("Expires"), "12312030");
  await page.getByRole("radio", { name: "Email" }).check();
  await page.getByRole("button", { name: /^Send (?!a test)/ }).click();
  await expect.poll(() => sent(page)).toBe(1);
});

test("an incomplete time does not snooze", async ({ campanile, signIn }) => {
  await campanile.citrix(titled("Disk almost full"));
  const ada = await signIn("ada");
  const { page } = ada;
  await ada.read("Disk almost full");
  await page.keyboard.press("s");
  const dialog = page.getByRole("dialog", { name: "Snooze until" });
  const field = dialog.getByLabel("Date and time");
  await begin(field, "12312030");
  await dialog.getByRole("button", { name: "Snooze", exact: true }).click();
  await expectError(page, field);
  await expect(dialog).toBeVisible();
});

test("an incomplete quiet hour shows an error and is not saved", async ({ signIn }) => {
  const ada = await signIn("ada");
  const { page } = ada;
  await ada.open("settings");
  await page.getByRole("checkbox", { name: "Quiet hours" }).check();
  const field = page.getByLabel("From", { exact: true });
  const saved: string[] = [];
  page.on("request", (request) => request.url().endsWith("/me/preferences") && saved.push(request.postData()!));
  await field.focus();
  await page.keyboard.press("Backspace");
  await page.getByLabel("To", { exact: true }).focus();
  await expect(field).toHaveAttribute("aria-invalid", "true");
  await expect(field).toHaveAccessibleDescription(SENTENCE);
  expect(saved).toEqual([]);
  await field.fill("21:30");
  await expect(field).not.toHaveAttribute("aria-invalid", "true");
  await expect.poll(() => saved.length).toBe(1);
  expect(saved[0]).toContain(String(21 * 60 + 30));
});
