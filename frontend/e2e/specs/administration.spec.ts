// Administration: API keys, members, settings, volume.
import { titled } from "../harness/citrix";
import { embedSession } from "../harness/embed";
import { portalToken } from "../harness/portal";
import { expect, test } from "../harness/test";

test("a key is shown once, works, and is revoked after confirmation", async ({ campanile, signIn }) => {
  const ada = await signIn("ada");
  const { page } = ada;
  await page.getByRole("link", { name: "Administration" }).click();
  await page.getByRole("link", { name: "API keys" }).click();
  await expect(page.getByText("monitoring")).toBeVisible();
  await page.getByRole("button", { name: "New key" }).click();
  await page.getByRole("button", { name: "Create" }).click();
  await expect(page.getByText("Required", { exact: true })).toBeVisible();
  await page.getByRole("textbox", { name: "Name" }).fill("deploys");
  await page.getByRole("button", { name: "Create" }).click();
  const key = await page.getByRole("textbox", { name: "The key “deploys” was created" }).inputValue();
  expect(key).toMatch(/^cmp_/);
  await page.getByRole("button", { name: "Close" }).click();
  await expect(page.getByText(key)).toHaveCount(0);
  const send = () =>
    fetch(`${campanile.url}/api/v1/notifications`, {
      method: "POST",
      headers: { Authorization: `Bearer ${key}`, "Content-Type": "application/json" },
      body: JSON.stringify({ to: [{ kind: "everyone" }], content: [{ language: "en", title: "Deployed" }] }),
    });
  expect((await send()).status).toBe(201);
  await page.clock.setFixedTime(Date.now() + 390_000);
  await page.reload();
  const line = page.getByRole("listitem").filter({ hasText: "deploys" });
  await expect(line).toContainText("Created 6 minutes ago");
  await expect(line).toContainText("Last used 6 minutes ago");
  await page.getByRole("button", { name: "Revoke “deploys”" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Cancel" }).click();
  expect((await send()).status).toBe(201);
  await page.getByRole("button", { name: "Revoke “deploys”" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Revoke" }).click();
  await expect(page.getByText("Key revoked")).toBeVisible();
  expect((await send()).status).toBe(401);
});

test("a key may have its own limit, which the list shows", async ({ campanile, signIn }) => {
  const ada = await signIn("ada");
  const { page } = ada;
  await ada.open("administration?part=keys");
  await page.getByRole("button", { name: "New key" }).click();
  await page.getByRole("textbox", { name: "Name" }).fill("slow");
  const rate = page.getByRole("textbox", { name: "Requests per second" });
  for (const nonsense of ["0", "two", "1.5", "-1", "1e3", "99999999999"]) {
    await rate.fill(nonsense);
    await page.getByRole("button", { name: "Create" }).click();
    await expect(rate).toHaveAttribute("aria-invalid", "true");
    await expect(rate).toHaveAccessibleDescription(/Enter a whole number, 1 or more\./);
    await expect(rate).toBeFocused();
  }
  await rate.fill(" 2 ");
  await page.getByRole("button", { name: "Create" }).click();
  const key = await page.getByRole("textbox", { name: "The key “slow” was created" }).inputValue();
  const line = page.getByRole("listitem").filter({ hasText: "slow" });
  await expect(line).toContainText("At most 2 per second");
  await expect(page.getByRole("listitem").filter({ hasText: "monitoring" })).not.toContainText("per second");
  const ask = () => fetch(`${campanile.url}/api/v1/notifications`, { method: "POST", headers: { Authorization: `Bearer ${key}` } });
  const statuses = (await Promise.all([1, 2, 3, 4, 5, 6].map(ask))).map(({ status }) => status);
  expect(statuses).toContain(429);
});

test("a person is added, given a role and a sign-in link, and disabled", async ({ browser, signIn, watch }) => {
  const ada = await signIn("ada");
  const { page } = ada;
  await ada.open("administration?part=people");
  await page.getByRole("button", { name: "New person" }).click();
  await page.getByRole("textbox", { name: "Login" }).fill("dee");
  await page.getByRole("textbox", { name: "Name" }).fill("Dee Adeyemi");
  await page.getByRole("button", { name: "Create" }).click();
  const line = page.getByRole("listitem").filter({ hasText: "Dee Adeyemi" });
  await expect(line.getByRole("textbox", { name: "Name" })).toHaveValue("Dee Adeyemi");
  await line.getByRole("combobox", { name: "Object" }).fill("application:shop");
  await line.getByRole("combobox", { name: "Role" }).fill("OWNER");
  await line.getByRole("button", { name: "Add role" }).click();
  await expect(line.getByText("OWNER in application:shop")).toBeVisible();
  await line.getByRole("button", { name: "New sign-in link" }).click();
  const link = await page.getByRole("textbox", { name: "Sign-in link for Dee Adeyemi" }).inputValue();
  const context = await browser.newContext();
  const other = await context.newPage();
  watch(other);
  await other.goto(link);
  await expect(other.getByRole("button", { name: "Account of Dee Adeyemi" })).toBeVisible();
  await line.getByRole("button", { name: "Disable" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Disable" }).click();
  await expect(line.getByText("Disabled")).toBeVisible();
  await other.reload();
  await expect(other.getByRole("button", { name: "Sign in" })).toBeVisible();
  await context.close();
});

test("settings are saved, and an error is shown at its field", async ({ signIn }) => {
  const ada = await signIn("ada");
  const { page } = ada;
  await ada.open("administration?part=tenant");
  const origins = page.getByRole("textbox", { name: "Portals that may embed the bell" });
  await origins.fill("portal.example");
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.getByText("Enter only scheme and host")).toBeVisible();
  await origins.fill("https://Portal.example/");
  await page.getByRole("textbox", { name: "Name shown in emails" }).fill("Acme Inc.");
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.getByText("Saved")).toBeVisible();
  await page.reload();
  await expect(origins).toHaveValue("https://portal.example");
});

test("the portal's secret is replaced after confirmation, shown once, and the old one works for a while", async ({ campanile, portal, page: portalPage, signIn }) => {
  const ada = await signIn("ada");
  const { page } = ada;
  const accepts = async (secret: string) => {
    const headers = { Authorization: `Bearer ${portalToken(secret, "ada")}` };
    return (await fetch(`${campanile.url}/api/v1/inbox`, { headers })).status === 200;
  };
  await ada.open("administration?part=tenant");
  const part = page.getByRole("region", { name: "Portal secret", exact: true });
  const replace = part.getByRole("button", { name: "Replace the secret" });
  await expect(part.getByRole("combobox", { name: "The old secret stays valid" })).toHaveValue("24");
  await replace.click();
  const dialog = page.getByRole("dialog", { name: "Replace the portal secret?" });
  await expect(dialog).toContainText("stay valid for 24 hours");
  await dialog.getByRole("button", { name: "Cancel" }).click();
  expect(await accepts(campanile.portalSecret)).toBe(true);

  await replace.click();
  await dialog.getByRole("button", { name: "Replace the secret" }).click();
  const shown = page.getByRole("textbox", { name: "New portal secret" });
  await expect(shown).toBeFocused();
  await expect(part).toContainText("The old one is valid until");
  const second = await shown.inputValue();
  expect(await Promise.all([accepts(campanile.portalSecret), accepts(second)])).toEqual([true, true]);
  await part.getByRole("button", { name: "Close" }).click();
  await expect(page.getByText(second)).toHaveCount(0);
  await expect(replace).toBeFocused();

  // After an immediate replacement, bells with the old secret are signed out.
  const bell = await embedSession(portalPage, portal, campanile, () => portalToken(second, "ada"));
  await campanile.citrix(titled("Gateway is down"));
  await bell.expectUnread(1);
  await part.getByRole("combobox").selectOption("not at all");
  await replace.click();
  await expect(dialog).toContainText("are refused at once");
  await dialog.getByRole("button", { name: "Replace the secret" }).click();
  await expect(part).toContainText("The old one is no longer valid.");
  const third = await shown.inputValue();
  expect(await Promise.all([campanile.portalSecret, second, third].map(accepts))).toEqual([false, false, true]);
  await bell.expectUnread(0);
});

test("sent notifications are counted by day, component and sender", async ({ campanile, signIn }) => {
  await campanile.citrix(titled("One", { severity: "Error" }));
  await campanile.citrix(titled("Two", { severity: "Warning" }));
  const ada = await signIn("ada");
  await ada.open("administration?part=volume");
  const days = ada.page.getByRole("region", { name: "By day" });
  await expect(days.getByRole("row").nth(1)).toContainText(/0\s*0\s*1\s*1\s*2/);
  await expect(ada.page.getByRole("region", { name: "Top senders" })).toContainText("monitoring");
});

test("a person who is not an administrator has no link to it", async ({ signIn }) => {
  const cy = await signIn("cy");
  await expect(cy.page.getByRole("link", { name: "Administration" })).toHaveCount(0);
  await cy.open("administration");
  await expect(cy.page.getByText("Administrators only")).toBeVisible();
});
