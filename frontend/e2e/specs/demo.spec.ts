// The demo: its tenant, and its portal with the bell.
import { accessibilityViolations } from "../harness/axe";
import { Console } from "../harness/console";
import { Demo } from "../harness/demo";
import { EmbeddedBell } from "../harness/embed";
import { expect, test } from "../harness/test";

test("the demo's link leads to twenty notifications, and its portal shows them on a bell", async ({ browser, watch }) => {
  const demo = await Demo.start();
  const context = await browser.newContext({ locale: "en-US" });
  const page = await context.newPage();
  watch(page);
  await page.goto(demo.link);
  await expect(new Console(page, new URL("/", demo.link).href).bell).toHaveAccessibleName(/^Notifications, \d+ unread$/);
  await expect(page.getByRole("heading", { level: 1 })).toContainText("20 notifications");
  // Safari stores no secure cookies without TLS.
  const cookies = (await context.cookies()).map(({ name, secure, httpOnly }) => ({ name, secure, httpOnly }));
  expect(cookies).toHaveLength(2);
  for (const cookie of cookies) expect(cookie).toEqual({ name: expect.stringMatching(/^campanile/), secure: false, httpOnly: true });

  const found: Record<string, string[]> = {};
  for (const [colorScheme, width] of [["light", 1360], ["dark", 320]] as const) {
    const visitors = await browser.newContext({ colorScheme, viewport: { width, height: 720 }, locale: "en-US" });
    const visitor = await visitors.newPage();
    watch(visitor);
    for (const path of ["", "services", "access", "theming"]) {
      const name = `${path || "overview"}, ${colorScheme}, ${width} px`;
      await visitor.goto(`${demo.portal}/${path}`);
      const bell = new EmbeddedBell(visitor);
      await expect(bell.button).toHaveAccessibleName(/^Notifications, \d+ unread$/);
      const list = await accessibilityViolations(visitor);
      if (list.length) found[name] = list;
      const beyond = await visitor.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
      if (beyond > 0) found[name] = [...(found[name] ?? []), `scrolls ${beyond} px sideways`];
    }
    await visitors.close();
  }
  expect(found).toEqual({});
  await context.close();
  await demo.stop();
});
