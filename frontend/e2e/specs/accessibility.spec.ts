// axe-core finds nothing on any page, in both themes and sizes.
import { accessibilityViolations } from "../harness/axe";
import { titled } from "../harness/citrix";
import { Console } from "../harness/console";
import { embed } from "../harness/embed";
import { expect, test } from "../harness/test";

const SCHEMES = ["light", "dark"] as const;
const SIZES = { wide: { width: 1360, height: 900 }, narrow: { width: 320, height: 640 } };

for (const colorScheme of SCHEMES) {
  for (const [size, viewport] of Object.entries(SIZES)) {
    test(`every page, ${colorScheme} and ${size}`, async ({ campanile, signIn }) => {
      test.slow();
      const console = await signIn("ada", { colorScheme, viewport });
      const { page } = console;
      const found: Record<string, string[]> = {};
      const check = async (name: string) => {
        const list = await accessibilityViolations(page);
        if (list.length) found[name] = list;
      };
      await expect(page.getByText("You’re all caught up")).toBeVisible();
      await check("inbox, empty");
      for (const severity of ["Information", "Success", "Warning", "Error"] as const) {
        await campanile.citrix(titled(`A piece of ${severity.toLowerCase()}`, { severity }));
      }
      await expect(console.rows).toHaveCount(4);
      await check("inbox");
      await console.read("A piece of error");
      await check("inbox, one read");
      await console.bell.click();
      await expect(console.panel).toBeVisible();
      await check("bell open");
      const parts = ["people", "keys", "volume", "tenant"].map((part) => `administration?part=${part}`);
      for (const address of ["compose", "sent", "settings", ...parts, "no-such-page"]) {
        await console.open(address);
        await expect(page.getByRole("main")).toBeVisible();
        await expect(page.getByText("Loading")).toHaveCount(0);
        await check(address);
      }
      expect(found).toEqual({});
    });

    test(`button clicks, deliveries and every form, ${colorScheme} and ${size}`, async ({ campanile, signIn }) => {
      const console = await signIn("ada", { colorScheme, viewport });
      const { page } = console;
      const found: Record<string, string[]> = {};
      const check = async (name: string) => {
        const list = await accessibilityViolations(page);
        if (list.length) found[name] = list;
      };
      await campanile.send({
        to: [{ kind: "everyone" }],
        content: [{ language: "en", title: "Restart db-3?" }],
        buttons: [{ label: "Yes", primary: true }, { label: "Runbook", link: "https://wiki.acme.example" }],
      });
      await console.read("Restart db-3?");
      await console.detail.getByRole("button", { name: "Yes" }).click();
      await expect(console.detail.getByText(/^You answered /)).toBeVisible();
      await check("inbox, a button pressed");
      const id = await campanile.send({ to: [{ kind: "everyone" }], channel: "email", content: [{ language: "en", title: "By mail" }] });
      await campanile.send({ to: [{ kind: "everyone" }], not_before: "2100-01-01T00:00:00Z", content: [{ language: "en", title: "Later" }] });
      await console.open(`sent?item=${id}`);
      await console.report.getByText("ada@acme.example").click();
      await check("sent, deliveries");
      await console.open("compose");
      await page.getByRole("button", { name: "Add button" }).click();
      for (const channel of ["Email", "HTTP POST"]) {
        await page.getByRole("radio", { name: channel }).check();
        if (channel === "HTTP POST") await page.getByRole("button", { name: "Add header" }).click();
        await page.getByRole("button", { name: /^Send(?! a test)/ }).click();
        await check(`compose, ${channel} with errors`);
      }
      expect(found).toEqual({});
    });
  }

  test(`the sign-in page and its error, ${colorScheme}`, async ({ browser, campanile }) => {
    const context = await browser.newContext({ colorScheme });
    const page = await context.newPage();
    const console = new Console(page, `${campanile.url}/`);
    await console.open("sign-in");
    await page.getByRole("button", { name: "Sign in" }).waitFor();
    expect(await accessibilityViolations(page)).toEqual([]);
    await console.signIn("ada", "wrong");
    await expect(page.getByRole("alert")).not.toBeEmpty();
    expect(await accessibilityViolations(page)).toEqual([]);
    await context.close();
  });

  test(`the embedded bell in a portal's page, ${colorScheme}`, async ({ browser, campanile, portal }) => {
    const context = await browser.newContext({ colorScheme });
    const bell = await embed(await context.newPage(), portal, campanile, "ada");
    await campanile.citrix(titled("Gateway is down", { severity: "Error" }));
    await bell.expectUnread(1);
    await bell.button.click();
    await expect(bell.panel.getByText("Gateway is down")).toBeVisible();
    expect(await accessibilityViolations(bell.page)).toEqual([]);
    await context.close();
  });
}
