// Reflow (WCAG 2.2 SC 1.4.10): at 400 % zoom, every page scrolls as a page, in one direction.
import type { Page } from "@playwright/test";

import { expect, test } from "../harness/test";

/** A window of 1280 × 1024 at 400 %. */
const ZOOMED = { width: 320, height: 256 };
/** A telephone on its side. */
const LANDSCAPE = { width: 800, height: 360 };

/** What is wrong with the page's layout: parts that are too wide, and small parts that scroll by themselves. */
const faults = (page: Page) =>
  page.evaluate(() => {
    const found: string[] = [];
    const root = document.documentElement;
    if (root.scrollWidth > root.clientWidth) found.push(`the page is ${root.scrollWidth} px wide`);
    for (const part of document.querySelectorAll<HTMLElement>("main, main *")) {
      const { overflowY } = getComputedStyle(part);
      const scrolls = /auto|scroll/.test(overflowY) && part.scrollHeight > part.clientHeight + 1 && part.clientHeight > 0;
      if (scrolls && !part.matches("textarea, pre, [tabindex='0'], .chips")) found.push(`${part.className || part.tagName} scrolls ${part.scrollHeight} px in ${part.clientHeight} px`);
    }
    return found;
  });

for (const viewport of [ZOOMED, LANDSCAPE]) {
  test(`every page scrolls as a page at ${viewport.width} × ${viewport.height}`, async ({ campanile, signIn }) => {
    test.slow();
    const everyone = [{ kind: "everyone" }];
    let id = "";
    for (let at = 40; at > 0; at--) {
      const content = [{ language: "en", title: `Number ${at}`, description: "The first disk of the second node is almost full. ".repeat(8), link: "https://wiki.acme.example/disks" }];
      id = await campanile.send({ to: everyone, severity: at % 2 ? "error" : "warning", component: "Storage", content });
    }
    const ada = await signIn("ada", { viewport });
    const { page } = ada;
    await expect(ada.rows.first()).toContainText("Number 1");
    expect(await faults(page)).toEqual([]);
    // A row is there as a whole, at the latest after the page is scrolled.
    await ada.row("Number 1").scrollIntoViewIfNeeded();
    await expect(ada.row("Number 1").getByRole("link")).toBeInViewport({ ratio: 1 });

    // The list follows the page's scrolling, and its keys scroll the page.
    await page.evaluate(() => scrollTo(0, document.documentElement.scrollHeight));
    await expect(ada.row("Number 40")).toBeInViewport();
    await page.evaluate(() => scrollTo(0, 0));
    await expect(ada.row("Number 1")).toBeVisible();
    for (let at = 1; at <= 20; at++) {
      await page.keyboard.press("j");
      await expect(ada.row(`Number ${at}`).getByRole("link")).toBeFocused();
    }
    await expect(ada.row("Number 20").getByRole("link")).toBeInViewport({ ratio: 1 });
    await page.keyboard.press("Enter");
    await expect(ada.detail.getByRole("heading", { name: "Number 20" })).toBeFocused();
    await expect(ada.detail.getByRole("heading", { name: "Number 20" })).toBeInViewport();
    expect(await faults(page)).toEqual([]);
    await page.keyboard.press("Escape");
    await expect(ada.row("Number 20").getByRole("link")).toBeFocused();
    await expect(ada.row("Number 20").getByRole("link")).toBeInViewport({ ratio: 1 });

    const parts = ["people", "keys", "volume", "tenant"].map((part) => `administration?part=${part}`);
    for (const address of ["compose", "sent", `sent?item=${id}`, "settings", ...parts, "no-such-page", "inbox?view=snoozed", "inbox?view=dismissed"]) {
      await ada.open(address);
      await expect(page.getByRole("main").getByRole("heading").first()).toBeAttached();
      await expect(page.getByRole("main").getByText("Loading")).toHaveCount(0);
      expect(await faults(page), address).toEqual([]);
      // The navigation is not over the page, so nothing is hidden.
      const last = page.getByRole("main").locator("a, button, input, select, textarea, p").filter({ visible: true }).last();
      await last.scrollIntoViewIfNeeded();
      await expect(last, address).toBeInViewport();
    }
    await page.getByRole("navigation", { name: "Main navigation" }).getByRole("link", { name: "Inbox" }).click();
    for (const [key, name] of [["?", "Keyboard shortcuts"], ["v", "Save or export this view"]]) {
      await page.keyboard.press(key);
      const dialog = page.getByRole("dialog", { name });
      await expect(dialog).toBeVisible();
      const { x, y, width, height } = (await dialog.boundingBox())!;
      expect(x >= 0 && y >= 0 && x + width <= viewport.width && y + height <= viewport.height, name).toBe(true);
      await page.keyboard.press("Escape");
    }
  });
}

test("signing in fits a small window", async ({ page, campanile }) => {
  await page.setViewportSize(ZOOMED);
  await page.goto(`${campanile.url}/inbox`);
  const button = page.getByRole("button", { name: "Sign in" });
  await button.scrollIntoViewIfNeeded();
  await expect(button).toBeInViewport({ ratio: 1 });
  expect(await faults(page)).toEqual([]);
});
