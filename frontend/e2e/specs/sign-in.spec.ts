// Sessions: start, refusal, expiry, sign-out.
import type { Page } from "@playwright/test";

import { accessibilityViolations } from "../harness/axe";
import { Console } from "../harness/console";
import { expect, PASSWORD, test } from "../harness/test";

test("a wrong password is refused with one sentence, and the right one works after it", async ({ page, campanile }) => {
  const console = new Console(page, `${campanile.url}/`);
  await console.open("inbox");
  await console.signIn("ada", "wrong");
  await expect(page.getByRole("alert")).toHaveText("Organisation, login or password is wrong.");
  await expect(page.getByLabel("Password")).toBeFocused();

  // An unknown person gets the same text and the same fields.
  await console.signIn("nobody", "wrong");
  await expect(page.getByRole("alert")).toHaveText("Organisation, login or password is wrong.");

  await console.signIn("ada", PASSWORD);
  await console.expectUnread(0);
});

test("a sign-in link works once", async ({ page, campanile, browser }) => {
  const link = await campanile.signInLink("ada");
  await page.goto(link);
  const console = new Console(page, `${campanile.url}/`);
  await console.expectUnread(0);
  expect(page.url()).not.toContain("link=");

  const stranger = await browser.newPage();
  await stranger.goto(link);
  await expect(stranger.getByText("This sign-in link has already been used or has expired.")).toBeVisible();
  await stranger.close();
});

test("an expired session leads to the form, and from there back to the page", async ({ signIn }) => {
  const ada = await signIn("ada");
  await ada.open("settings");
  await ada.page.context().clearCookies();
  await ada.page.reload();
  await ada.signIn("ada", PASSWORD);
  await expect(ada.page).toHaveURL(/\/settings$/);
  await expect(ada.page.getByRole("heading", { name: "Settings", level: 1 })).toBeVisible();
});

test("a session that ends while the console is open is reported", async ({ campanile, signIn, anotherTab }) => {
  const ada = await signIn("ada");
  const second = await anotherTab(ada);
  await second.signOut();
  await campanile.kill();
  await campanile.run();
  await expect(ada.page.getByText("Your session has ended.")).toBeVisible({ timeout: 40_000 });
  await ada.signIn("ada", PASSWORD);
  await ada.expectUnread(0);
});

test("a browser that stores no session gets an explanation, by link and by password", async ({ page, campanile, signIn }) => {
  const sentence = /You were signed in, but this browser didn’t keep the session\. Allow cookies/;
  // Like Safari with secure cookies on a page without TLS.
  const drop = async (page: Page) =>
    page.route("**/api/v1/session", async (route) => {
      const response = await route.fetch();
      await page.context().clearCookies();
      const { "set-cookie": _, ...headers } = response.headers();
      await route.fulfill({ response, headers });
    });
  await drop(page);
  await page.goto(await campanile.signInLink("ada"));
  await expect(page.getByRole("status").filter({ hasText: sentence })).toBeVisible();
  await expect(page.getByText("This sign-in link has already been used")).toHaveCount(0);
  const console = new Console(page, `${campanile.url}/`);
  await console.signIn("ada", PASSWORD);
  await expect(page.getByRole("alert")).toHaveText(sentence);
  await expect(page.getByText("Organisation, login or password is wrong.")).toHaveCount(0);
  expect(await accessibilityViolations(page)).toEqual([]);

  // Also when another person's session would be replaced.
  const bo = await signIn("bo");
  await drop(bo.page);
  await bo.page.goto(await campanile.signInLink("ada"));
  await bo.page.getByRole("button", { name: "Use the link" }).click();
  await expect(bo.page.getByRole("status").filter({ hasText: sentence })).toBeVisible();
});
