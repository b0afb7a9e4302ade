// The accessibility trees of the pages: roles, names and states, as snapshots beside this file.
import { expect, test } from "../harness/test";

test("every page matches its snapshot", async ({ campanile, signIn, browser }) => {
  const content = [{ language: "en", title: "Disk almost full", description: "Less than 5 % is free." }];
  await campanile.send({ to: [{ kind: "everyone" }], severity: "warning", component: "Storage", content });
  const ada = await signIn("ada");
  await expect(ada.rows).toHaveCount(1);
  const { page } = ada;
  await expect(page.locator("body")).toMatchAriaSnapshot({ name: "inbox.aria.yml" });
  await ada.read("Disk almost full");
  await ada.detail.getByText("Why did I get this?").click();
  await expect(ada.detail).toMatchAriaSnapshot({ name: "detail.aria.yml" });
  await page.keyboard.press("s");
  await expect(page.getByRole("dialog", { name: "Snooze until" })).toMatchAriaSnapshot({ name: "snooze.aria.yml" });
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: "Save or export this view" }).click();
  await expect(page.getByRole("dialog", { name: "Save or export this view" })).toMatchAriaSnapshot({ name: "save-view.aria.yml" });
  await page.keyboard.press("Escape");
  await page.keyboard.press("?");
  await expect(page.getByRole("dialog", { name: "Keyboard shortcuts" })).toMatchAriaSnapshot({ name: "help.aria.yml" });
  await page.keyboard.press("Escape");
  await ada.bell.click();
  await expect(ada.panel.getByRole("listitem")).toHaveCount(1);
  await expect(ada.panel).toMatchAriaSnapshot({ name: "bell.aria.yml" });
  await page.keyboard.press("Escape");
  for (const address of ["Settings", "Sent", "Compose"]) {
    await page.getByRole("navigation", { name: "Main navigation" }).getByRole("link", { name: address }).click();
    await expect(page).toHaveURL(`${ada.base}${address.toLowerCase()}`);
    await expect(page.getByRole("main").getByRole("heading", { level: 1 })).toBeVisible();
    await expect(page.getByRole("main").getByText("Loading")).toHaveCount(0);
    await expect(page.getByRole("main")).toMatchAriaSnapshot({ name: `${address.toLowerCase()}.aria.yml` });
  }
  for (const part of ["people", "keys", "volume", "tenant"]) {
    await ada.open(`administration?part=${part}`);
    await expect(page.getByRole("main").getByRole("heading", { level: 1 })).toBeVisible();
    await expect(page.getByRole("main").getByText("Loading")).toHaveCount(0);
    await expect(page.getByRole("main")).toMatchAriaSnapshot({ name: `administration-${part}.aria.yml` });
  }
  const context = await browser.newContext({ locale: "en-US" });
  const stranger = await context.newPage();
  await stranger.goto(`${ada.base}inbox`);
  await expect(stranger.getByRole("button", { name: "Sign in" })).toBeVisible();
  await expect(stranger.locator("body")).toMatchAriaSnapshot({ name: "sign-in.aria.yml" });
  await context.close();
});
