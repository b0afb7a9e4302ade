// What the page shows before the program has started.
import { titled } from "../harness/citrix";
import { Console } from "../harness/console";
import { expect, test } from "../harness/test";

/** The frame is for the eye only, so it has no role and no name. */
const FRAME = "#first-frame";

for (const [address, rows] of [
  ["inbox", 4],
  ["settings", 0],
] as const)
  test(`a signed-in person sees the frame of ${address} before the program is loaded`, async ({ campanile, signIn }) => {
    await campanile.citrix(titled("Before"));
    const ada = await signIn("ada");
    const { page } = ada;
    let start = () => {};
    const started = new Promise<void>((resolve) => (start = resolve));
    await page.route("**/*.wasm", async (route) => {
      await started;
      await route.continue();
    });
    await page.goto(ada.base + address, { waitUntil: "commit" });
    await expect(page.locator(FRAME)).toBeVisible();
    await expect(page.locator(`${FRAME} .skeleton-row`).filter({ visible: true })).toHaveCount(rows);
    // Nothing scrolls while it is shown.
    expect(await page.evaluate(() => document.documentElement.scrollHeight <= innerHeight)).toBe(true);
    start();
    await expect(page.locator(FRAME)).toHaveCount(0);
    await expect(page.getByRole("main")).toBeVisible();
    if (rows) await expect(ada.row("Before")).toBeVisible();
  });

test("without a session there is no frame to replace", async ({ campanile, page, signIn }) => {
  const visitor = new Console(page, `${campanile.url}/`);
  await page.route("**/*.wasm", () => {});
  await page.goto(visitor.base, { waitUntil: "commit" });
  await expect(page.locator(FRAME)).toBeAttached();
  await expect(page.locator(FRAME)).toBeHidden();
  await page.unroute("**/*.wasm");

  const ada = await signIn("ada");
  await ada.open("inbox");
  await ada.signOut();
  await ada.page.route("**/*.wasm", () => {});
  await ada.page.goto(ada.base, { waitUntil: "commit" });
  await expect(ada.page.locator(FRAME)).toBeAttached();
  await expect(ada.page.locator(FRAME)).toBeHidden();
});
