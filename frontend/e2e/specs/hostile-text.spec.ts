// Text from outside stays text, wherever it is shown.
import { titled } from "../harness/citrix";
import { allowNotifications, notifications } from "../harness/desktop";
import { embed } from "../harness/embed";
import { expect, test } from "../harness/test";

const MARKUP = `<img src=x onerror="document.title='pwned'"><script>document.title='pwned'</script>`;

test("markup is shown as text, in inbox, panel, detail, desktop and embedded bell", async ({ campanile, portal, signIn }) => {
  const ada = await signIn("ada");
  await allowNotifications(ada.page.context(), campanile.url);
  const embedded = await embed(await ada.page.context().newPage(), portal, campanile, "ada");
  await ada.openLive("settings");
  await campanile.citrix(titled(MARKUP, { component: "<marquee>bold</marquee>" }));
  await ada.expectUnread(1);
  await expect.poll(() => notifications(ada.page)).toEqual([expect.objectContaining({ title: MARKUP })]);

  await ada.bell.click();
  await expect(ada.panel.getByText(MARKUP)).toBeVisible();
  await ada.open("inbox");
  await ada.read(MARKUP);
  await expect(ada.detail.getByText("<marquee>bold</marquee>")).toBeVisible();
  await expect(ada.page.locator("img[src=x], marquee")).toHaveCount(0);
  await expect(ada.page).not.toHaveTitle(/pwned/);

  await embedded.button.click();
  await expect(embedded.panel.getByText(MARKUP)).toBeVisible();
  await expect(embedded.page.locator("img[src=x]")).toHaveCount(0);
  await expect(embedded.page).toHaveTitle("Portal");
});

test("bidirectional overrides do not reorder the text around them", async ({ campanile, signIn }) => {
  const ada = await signIn("ada");
  await campanile.citrix(titled("invoice\u202Egpj.exe\u2066 now"));
  await expect(ada.row("invoicegpj.exe now")).toBeVisible();
});

test("ten thousand letters do not break the layout", async ({ campanile, signIn }) => {
  const title = "long ".repeat(2_000).trim();
  const unbroken = "x".repeat(10_000);
  const ada = await signIn("ada");
  await campanile.citrix(titled(title));
  await campanile.citrix(titled(unbroken));
  await expect(ada.rows).toHaveCount(2);
  for (const row of await ada.rows.all()) expect((await row.boundingBox())!.height).toBeLessThan(200);
  await ada.rows.first().getByRole("link").click();
  await expect(ada.detail.getByRole("heading", { level: 2 })).toBeVisible();
  const overflow = await ada.page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  expect(overflow).toBe(0);
});
