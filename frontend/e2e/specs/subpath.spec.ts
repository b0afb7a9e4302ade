// The same files from a separate web server, under a path, with the API at another origin.
import { Campanile } from "../harness/campanile";
import { titled } from "../harness/citrix";
import { Console } from "../harness/console";
import { Nginx } from "../harness/nginx";
import { expect, PASSWORD, test as base } from "../harness/test";

const test = base.extend<{ nginx: Nginx; campanile: Campanile }>({
  nginx: async ({}, use) => {
    const nginx = await Nginx.prepare();
    await use(nginx);
    await nginx.stop();
  },
  campanile: async ({ nginx }, use) => {
    const campanile = await Campanile.start([nginx.origin]);
    await nginx.serve(campanile.url);
    await use(campanile);
    await campanile.stop();
  },
});

test("nginx serves the console under a path, and config.json names the server", async ({ page, campanile, nginx, watch }) => {
  watch(page);
  const console = new Console(page, nginx.base);
  await console.open("inbox");
  await console.signIn("ada", PASSWORD);
  await console.expectUnread(0);
  await campanile.citrix(titled("Through another origin"));
  await expect(console.row("Through another origin")).toBeVisible();

  // Every page below the path can be reloaded and links to the others.
  await page.getByRole("link", { name: "Settings" }).click();
  await expect(page).toHaveURL(`${nginx.base}settings`);
  await page.reload();
  await expect(page.getByRole("heading", { name: "Settings", level: 1 })).toBeVisible();
  await page.getByRole("link", { name: /^Inbox/ }).click();
  await expect(page).toHaveURL(new RegExp(`^${nginx.base}inbox`));
  await console.dismiss("Through another origin");
  await console.expectUnread(0);
});
