// The focus: into what opens, back to what opened it, and never lost. One tab stop a row.
import type { Locator } from "@playwright/test";

import { titled } from "../harness/citrix";
import { expect, test } from "../harness/test";

test("each row is one tab stop, and arrows lead to its buttons", async ({ campanile, signIn }) => {
  for (const title of ["Third", "Second", "First"]) await campanile.citrix(titled(title));
  const ada = await signIn("ada");
  const { page } = ada;
  await expect(ada.rows).toHaveCount(3);
  await page.keyboard.press("j");
  await expect(ada.row("First").getByRole("link")).toBeFocused();
  await page.keyboard.press("Tab");
  await expect(ada.row("Second").getByRole("link")).toBeFocused();
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("ArrowRight");
  await expect(page.getByRole("button", { name: "Pin “Second”" })).toBeFocused();
  await page.keyboard.press("ArrowLeft");
  await expect(page.getByRole("button", { name: "Mark “Second” read" })).toBeFocused();
  await page.keyboard.press("ArrowLeft");
  await expect(ada.row("Second").getByRole("link")).toBeFocused();
  await page.keyboard.press("ArrowDown");
  await expect(ada.row("Third").getByRole("link")).toBeFocused();
});

test("Enter leads into the detail, and Escape back to the row", async ({ campanile, signIn }) => {
  for (const title of ["Second", "First"]) await campanile.citrix(titled(title));
  const ada = await signIn("ada");
  const { page } = ada;
  await expect(ada.rows).toHaveCount(2);
  for (const title of ["First", "Second"]) {
    await page.keyboard.press("j");
    await expect(ada.row(title).getByRole("link")).toBeFocused();
    await page.keyboard.press("Enter");
    await expect(ada.detail.getByRole("heading", { name: title })).toBeFocused();
    await page.keyboard.press("Escape");
    await expect(ada.row(title).getByRole("link")).toBeFocused();
    await expect(ada.detail.getByRole("heading")).toHaveCount(0);
  }
  // From the bell, the focus follows as well.
  await ada.bell.focus();
  await page.keyboard.press("Enter");
  await expect(ada.panel.getByRole("listitem")).toHaveCount(2);
  await page.keyboard.press("j");
  await page.keyboard.press("j");
  await expect(ada.panel.getByRole("link", { name: "Second" })).toBeFocused();
  await page.keyboard.press("k");
  await page.keyboard.press("Enter");
  await expect(ada.detail.getByRole("heading", { name: "First" })).toBeFocused();
  await page.goBack();
  await expect(ada.row("First").getByRole("link")).toBeFocused();
});

test("the keys of the inbox work in Sent and Administration", async ({ campanile, signIn }) => {
  for (const title of ["Second", "First"]) await campanile.send({ to: [{ kind: "everyone" }], content: [{ language: "en", title }] });
  const ada = await signIn("ada");
  const { page } = ada;
  await page.keyboard.press("g");
  await page.keyboard.press("t");
  const [first, second] = ["First", "Second"].map((name) => page.getByRole("main").getByRole("link", { name }));
  await expect(second).toBeVisible();
  await page.keyboard.press("j");
  await expect(first).toBeFocused();
  await page.keyboard.press("j");
  await expect(second).toBeFocused();
  await page.keyboard.press("k");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { name: "First", level: 2 })).toBeFocused();
  await page.keyboard.press("Escape");
  await expect(first).toBeFocused();
  await expect(page).toHaveURL(/\/sent$/);

  await page.keyboard.press("g");
  await page.keyboard.press("a");
  const edit = (name: string) => page.getByRole("button", { name: `Edit ${name}` });
  await expect(edit("Cy Okafor")).toBeVisible();
  await page.keyboard.press("j");
  await page.keyboard.press("j");
  await expect(edit("Bo Lindqvist")).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(page.getByRole("textbox", { name: "Name" })).toBeFocused();
});

test("what opens has the focus, and it returns to what opened it", async ({ campanile, signIn }) => {
  // Before the key that sends them is revoked.
  const id = await campanile.send({ to: [{ kind: "everyone" }], content: [{ language: "en", title: "Disk almost full" }] });
  await campanile.citrix(titled("Gateway is down"));
  const ada = await signIn("ada");
  const { page } = ada;
  const button = (name: string | RegExp, within: Locator = page.getByRole("main")) => within.getByRole("button", { name, exact: typeof name === "string" });
  const field = (name: string) => page.getByRole("textbox", { name });
  const seen = async (field: Locator) => {
    await expect(field).toBeFocused();
    await expect(field).toBeInViewport();
  };

  await ada.open("administration?part=keys");
  await button("New key").click();
  await seen(field("Name"));
  await button("Cancel").click();
  await expect(button("New key")).toBeFocused();
  await button("New key").click();
  await page.keyboard.type("deploys");
  await button("Create").click();
  await seen(field("The key “deploys” was created"));
  await button("Close").click();
  await expect(button("New key")).toBeFocused();
  // After the last row is gone, the focus is at its neighbour.
  await button("Revoke “monitoring”").click();
  await page.getByRole("dialog").getByRole("button", { name: "Revoke" }).click();
  await expect(page.getByText("Key revoked")).toBeVisible();
  await expect(button("Revoke “deploys”")).toBeFocused();
  await button("Revoke “deploys”").click();
  await page.getByRole("dialog").getByRole("button", { name: "Revoke" }).click();
  await expect(page.getByText("No keys yet")).toBeVisible();
  await expect(page.locator("body")).not.toBeFocused();

  await ada.open("administration?part=people");
  await button("New person").click();
  await seen(field("Login"));
  await button("Cancel").click();
  await expect(button("New person")).toBeFocused();
  await button("Edit Cy Okafor").click();
  await seen(field("Name"));
  const link = button("New sign-in link");
  await link.click();
  await seen(field("Sign-in link for Cy Okafor"));
  await button("Close").click();
  await expect(link).toBeFocused();
  await expect(link).toBeInViewport();
  for (const [object, role] of [["application:shop", "OWNER"], ["application:shop", "USER"]]) {
    await page.getByRole("combobox", { name: "Object" }).fill(object);
    await page.getByRole("combobox", { name: "Role" }).fill(role);
    await button("Add role").click();
    await expect(page.getByText(`${role} in ${object}`)).toBeVisible();
  }
  await button(/^Remove OWNER/).click();
  await expect(page.getByText("OWNER in application:shop")).toHaveCount(0);
  await expect(button(/^Remove USER/)).toBeFocused();
  await button(/^Remove USER/).click();
  await expect(page.getByText("USER in application:shop")).toHaveCount(0);
  await expect(page.locator("body")).not.toBeFocused();

  await ada.open(`sent?item=${id}`);
  await button("Correct").click();
  await seen(field("Title"));
  await button("Cancel").click();
  await expect(button("Correct").first()).toBeFocused();

  await ada.open("inbox");
  await ada.row("Gateway is down").getByRole("link").focus();
  await page.keyboard.press("?");
  await expect(page.getByRole("dialog", { name: "Keyboard shortcuts" }).getByRole("button", { name: "Close" })).toBeFocused();
  await page.keyboard.press("Escape");
  await expect(ada.row("Gateway is down").getByRole("link")).toBeFocused();
  await page.keyboard.press("s");
  await expect(page.getByRole("dialog", { name: "Snooze until" }).locator("button:focus")).toHaveText(/today|Tomorrow/);
  await page.keyboard.press("Escape");
  await expect(ada.row("Gateway is down").getByRole("link")).toBeFocused();
  // The message goes, the focus stays on the page.
  await page.keyboard.press("e");
  await expect(ada.row("Gateway is down")).toHaveCount(0);
  await page.getByRole("button", { name: "Undo" }).click();
  await expect(ada.row("Gateway is down")).toBeVisible();
  await expect(page.locator("body")).not.toBeFocused();
});
