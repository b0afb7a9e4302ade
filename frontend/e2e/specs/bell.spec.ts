// The main path: from a request in Citrix Cloud's format to the bell, the inbox and the desktop.
import { sample, titled } from "../harness/citrix";
import { allowNotifications, notifications, raised, rememberRaised } from "../harness/desktop";
import { expect, test } from "../harness/test";

test("the documented request updates the bell within a second, without a reload", async ({ campanile, signIn }) => {
  const ada = await signIn("ada");
  await ada.expectUnread(0);
  await ada.page.evaluate(() => ((window as any).loadedOnce = true));

  await campanile.citrix(sample());
  await ada.expectUnread(1, 1_000);

  await expect(ada.row("This is a title")).toContainText("This is a description");
  await expect(ada.row("This is a title")).toContainText("Citrix Cloud");
  await expect(ada.page).toHaveTitle(/^\(1\) /);
  expect(await ada.page.evaluate(() => (window as any).loadedOnce)).toBe(true);
});

test("it is for administrators: another person's bell does not change", async ({ campanile, signIn }) => {
  const [ada, cy] = [await signIn("ada"), await signIn("cy")];
  await campanile.citrix(titled("For administrators"));
  await campanile.citrix(titled("For Cy", { destinationAdmin: "cy" }));
  await expect(cy.row("For Cy")).toBeVisible();
  await cy.expectUnread(1);
  await expect(ada.row("For administrators")).toBeVisible();
  await ada.expectUnread(1);
});

test("the panel shows the newest items and opens one", async ({ campanile, signIn }) => {
  await campanile.citrix(titled("Older"));
  await campanile.citrix(titled("Newer", { severity: "Error" }));
  const ada = await signIn("ada");
  await ada.open("settings");
  await ada.bell.click();
  await expect(ada.panel.getByRole("listitem")).toHaveText([/Newer/, /Older/]);
  await ada.panel.getByRole("link", { name: "Newer" }).click();
  await expect(ada.detail.getByRole("heading", { name: "Newer" })).toBeVisible();
  await ada.expectUnread(1);
});

test("a system notification is shown by one tab only", async ({ campanile, signIn, anotherTab }) => {
  const ada = await signIn("ada");
  await allowNotifications(ada.page.context(), campanile.url);
  await rememberRaised(ada.page.context());
  // On the inbox page the item would be visible, which suppresses the notification.
  await ada.openLive("settings");
  await expect(ada.page.getByText("Desktop notifications are on in this browser.")).toBeVisible();
  const second = await anotherTab(ada);
  await second.open("settings");

  await campanile.citrix(sample());
  await second.expectUnread(1);
  await expect.poll(() => notifications(second.page)).toEqual([{ title: "This is a title", body: expect.stringContaining("This is a description") }]);
  // Once the next one is shown, all tabs have handled the first.
  await campanile.citrix(titled("The next"));
  const both = "2 new, most severe: Information";
  await expect.poll(() => notifications(second.page)).toEqual([{ title: both, body: "The next\nThis is a title" }]);
  expect((await raised(ada.page, second.page)).sort()).toEqual([both, "This is a title"]);
});
