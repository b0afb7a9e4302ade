// Bell and console follow when the person changes.
import { accessibilityViolations } from "../harness/axe";
import type { Campanile } from "../harness/campanile";
import { titled } from "../harness/citrix";
import { Console } from "../harness/console";
import { embedSession } from "../harness/embed";
import { portalToken } from "../harness/portal";
import { expect, test } from "../harness/test";

/** 34 items for Ada, 10 for Bo. */
async function fill(campanile: Campanile): Promise<void> {
  for (let number = 1; number <= 34; number++) await campanile.citrix(titled(`Ada's ${number}`, { destinationAdmin: "ada" }));
  for (let number = 1; number <= 10; number++) await campanile.citrix(titled(`Bo's ${number}`, { destinationAdmin: "bo" }));
}

/** A token that expires in a few seconds. The server accepts it for another minute. */
const ENDING = -54;

test("the portal's session changes to another person: count, panel and changes follow", async ({ campanile, portal, page, signIn, watch }) => {
  watch(page);
  await fill(campanile);
  let token = () => portalToken(campanile.portalSecret, "ada", ENDING);
  const bell = await embedSession(page, portal, campanile, () => token());
  await bell.expectUnread(34);
  await bell.button.click();
  await expect(bell.panel.getByText("Ada's 34", { exact: true })).toBeVisible();

  token = () => portalToken(campanile.portalSecret, "bo");
  await bell.expectUnread(10, 20_000);
  await expect(bell.panel.getByText("Bo's 10", { exact: true })).toBeVisible();
  await expect(bell.panel.getByText(/^Ada's/)).toHaveCount(0);
  // The event repeats when the panel's items are seen. The number stays.
  const counts = await page.evaluate<number[]>(() => (window as any).unreadCounts);
  expect(counts.filter((unread, at) => unread !== counts[at - 1])).toEqual([34, 0, 10]);
  await bell.panel.getByRole("button", { name: "Mark all read" }).click();
  await bell.expectUnread(0);
  const ada = await signIn("ada");
  await ada.expectUnread(34);

  await campanile.kill();
  await campanile.run();
  await campanile.citrix(titled("Ada's after the restart", { destinationAdmin: "ada" }));
  await campanile.citrix(titled("Bo's after the restart", { destinationAdmin: "bo" }));
  await bell.expectUnread(1, 40_000);
  await expect(bell.panel.getByText("Bo's after the restart")).toBeVisible();
  await expect(bell.panel.getByText(/^Ada's/)).toHaveCount(0);
  await ada.expectUnread(35, 40_000);
});

test("a change at the expiry of the token is not made for another person", async ({ campanile, portal, page, signIn }) => {
  await fill(campanile);
  let token = () => portalToken(campanile.portalSecret, "ada");
  const bell = await embedSession(page, portal, campanile, () => token());
  await bell.expectUnread(34);
  await bell.button.click();
  await expect(bell.panel.getByText("Ada's 34", { exact: true })).toBeVisible();
  // As if the token has just expired: the stream still works, the first call is refused.
  const made: string[] = [];
  await page.route("**/api/v1/inbox/changes", async (route) => {
    made.push(route.request().headers().authorization!);
    await (made.length === 1 ? route.fulfill({ status: 401, headers: { "Access-Control-Allow-Origin": portal.origin } }) : route.continue());
  });
  token = () => portalToken(campanile.portalSecret, "bo");
  await bell.panel.getByRole("button", { name: "Mark all read" }).click();
  await bell.expectUnread(10);
  await expect(bell.panel.getByText("Bo's 10", { exact: true })).toBeVisible();
  expect(made).toHaveLength(1);
  for (const [login, unread] of [["ada", 34], ["bo", 10]] as const) await (await signIn(login)).expectUnread(unread);
});

test("an ended session shows no old data, says so, and can be resumed", async ({ campanile, portal, page }) => {
  await fill(campanile);
  let token = () => portalToken(campanile.portalSecret, "ada", ENDING);
  const bell = await embedSession(page, portal, campanile, () => token());
  await bell.expectUnread(34);
  token = () => "<!doctype html><html lang=en><title>Sign in</title><form action=/sign.in.html></form>";
  await bell.expectUnread(0, 20_000);
  await bell.button.click();
  await expect(bell.panel.getByText("You are not signed in")).toBeVisible();
  await expect(bell.panel.getByRole("listitem")).toHaveCount(0);
  expect(await accessibilityViolations(page)).toEqual([]);
  expect(await page.evaluate(() => (window as any).unreadCounts)).toEqual([34, 0]);

  await page.keyboard.press("Escape");
  token = () => portalToken(campanile.portalSecret, "bo");
  await bell.button.click();
  await expect(bell.panel.getByText("Bo's 10", { exact: true })).toBeVisible();
  await bell.expectUnread(10);
});

test("a tab of the console notices that another tab signed in as another person, or signed out", async ({ campanile, signIn, anotherTab }) => {
  await fill(campanile);
  const ada = await signIn("ada");
  await ada.expectUnread(34);
  await ada.row("Ada's 34").getByRole("link").hover();
  const second = await anotherTab(ada);
  await second.page.goto(await campanile.signInLink("bo"));
  await second.page.getByRole("button", { name: "Use the link" }).click();
  await second.expectUnread(10);

  await ada.expectUnread(10);
  await expect(ada.page.getByRole("button", { name: "Account of Bo Lindqvist" })).toBeVisible();
  await expect(ada.page.getByText("This browser is now signed in as Bo Lindqvist.")).toBeVisible();
  await expect(ada.row("Bo's 10")).toBeVisible();
  await expect(ada.page.getByText(/^Ada's/)).toHaveCount(0);
  await campanile.citrix(titled("Bo's next", { destinationAdmin: "bo" }));
  for (const tab of [ada, second]) await tab.expectUnread(11);

  await second.signOut();
  await expect(ada.page.getByText("Your session has ended.")).toBeVisible();
  await expect(ada.page.getByText(/^Bo's/)).toHaveCount(0);
});

test("a sign-in link of another person asks before it ends a session, the own link does not", async ({ campanile, signIn, browser }) => {
  const ada = await signIn("ada");
  const link = await campanile.signInLink("bo");
  const { page } = ada;
  await page.goto(link);
  await expect(page.getByRole("heading", { name: "Sign in as another person?" })).toBeVisible();
  await expect(page.getByText("You are signed in as Ada Byron. This link signs in Bo Lindqvist and ends your session in this browser.")).toBeVisible();
  expect(await accessibilityViolations(page)).toEqual([]);
  await expect(page.getByRole("button", { name: "Cancel" })).toBeFocused();
  await page.getByRole("button", { name: "Cancel" }).click();
  await expect(page.getByRole("button", { name: "Account of Ada Byron" })).toBeVisible();

  // The link was not used up.
  const context = await browser.newContext();
  const elsewhere = new Console(await context.newPage(), `${campanile.url}/`);
  await elsewhere.page.goto(link);
  await expect(elsewhere.page.getByRole("button", { name: "Account of Bo Lindqvist" })).toBeVisible();
  await context.close();

  // A used link does nothing and ends no session.
  await page.goto(`${campanile.url}/inbox`);
  await page.goto(link);
  await expect(page.getByText("This sign-in link has already been used or has expired.")).toBeVisible();
  await expect(page.getByRole("button", { name: "Account of Ada Byron" })).toBeVisible();

  await page.goto(`${campanile.url}/inbox`);
  await page.goto(await campanile.signInLink("ada"));
  await expect(page.getByRole("button", { name: "Account of Ada Byron" })).toBeVisible();
  await expect(page.getByRole("heading", { name: "Sign in as another person?" })).toHaveCount(0);
});

test("changes made before a tab notices another person are refused", async ({ campanile, signIn }) => {
  await campanile.citrix(titled("For everybody"));
  const [ada, bo] = [await signIn("ada"), await signIn("bo")];
  await ada.expectUnread(1);
  const { page } = ada;
  const context = page.context();
  const [session] = (await bo.page.context().cookies()).filter(({ name }) => name.endsWith("campanile"));
  const mine = (await context.cookies()).filter(({ name }) => name === session.name);
  // The other person's cookie, without any event about it.
  const become = () => context.addCookies([session]);

  await become();
  await ada.row("For everybody").hover();
  await ada.row("For everybody").getByRole("button", { name: "Dismiss “For everybody”" }).click();
  await expect(page.getByRole("button", { name: "Account of Bo Lindqvist" })).toBeVisible();
  await expect(page.getByText("This browser is now signed in as Bo Lindqvist.")).toBeVisible();
  await expect(ada.row("For everybody")).toBeVisible();
  await ada.expectUnread(1);
  await bo.expectUnread(1);

  // Nothing is sent in the other person's name, and their session does not end.
  await context.addCookies(mine);
  await ada.open("compose");
  await page.getByRole("radio", { name: "Everyone" }).check();
  await page.getByRole("textbox", { name: "Title" }).fill("From Ada");
  await expect(page.getByRole("button", { name: "Send to 3 people" })).toBeVisible();
  await become();
  await page.getByRole("button", { name: "Send to 3 people" }).click();
  await expect(page.getByRole("button", { name: "Account of Bo Lindqvist" })).toBeVisible();
  await bo.open("sent");
  await expect(bo.page.getByText("For everybody")).toBeVisible();
  await expect(bo.page.getByText("From Ada")).toHaveCount(0);

  await context.addCookies(mine);
  await ada.open("settings");
  await expect(page.getByRole("button", { name: "Account of Ada Byron" })).toBeVisible();
  await become();
  await page.getByRole("button", { name: "Account of Ada Byron" }).click();
  await page.getByRole("button", { name: "Sign out" }).click();
  await expect(page.getByRole("button", { name: "Account of Bo Lindqvist" })).toBeVisible();
  await bo.page.reload();
  await expect(bo.page.getByRole("button", { name: "Account of Bo Lindqvist" })).toBeVisible();
});
