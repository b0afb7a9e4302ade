// Pages that show nothing but a text and a way on: unknown, refused and empty ones.
import { expect, test } from "../harness/test";

const SIZES = { wide: { width: 1360, height: 900 }, narrow: { width: 320, height: 640 }, short: { width: 320, height: 256 } };

for (const [size, viewport] of Object.entries(SIZES)) {
  test(`the text is at the top and the button is as tall as others: ${size}`, async ({ signIn }, info) => {
    const cy = await signIn("cy", { viewport });
    const { page } = cy;
    for (const address of ["no-such-page", "compose", "sent", "administration"]) {
      await cy.open(address);
      const main = page.getByRole("main");
      const link = main.getByRole("link", { name: "Go to the inbox" });
      await expect(link).toBeVisible();
      await expect(main.getByRole("heading", { level: 1 })).toBeVisible();
      await info.attach(`${size}-${address}`, { body: await page.screenshot(), contentType: "image/png" });
      const box = (await link.boundingBox())!;
      expect(box.height, address).toBeGreaterThanOrEqual(24);
      expect(box.height, address).toBeLessThanOrEqual(40);
      expect(box.width, address).toBeLessThanOrEqual(280);
      const { y } = (await main.boundingBox())!;
      expect(box.y - y, address).toBeLessThan(260);
      await link.click();
      await expect(page).toHaveURL(/\/inbox$/);
    }
  });
}
