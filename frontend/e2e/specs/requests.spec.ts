// What a browser loads that has nothing of the console in its cache.
import { titled } from "../harness/citrix";
import { Console } from "../harness/console";
import { expect, test } from "../harness/test";

/** Page, script, program, styles, live connection, configuration and texts; person and items; then the second parts of program (two files), styles and texts, and the event stream. */
const MAX_REQUESTS = 15;

test("a cold start of the inbox makes few requests, and none twice", async ({ browser, campanile, signIn, watch }) => {
  await campanile.citrix(titled("Before"));
  const storageState = await (await signIn("ada")).page.context().storageState();
  const context = await browser.newContext({ storageState });
  const page = await context.newPage();
  watch(page);
  const requests: string[] = [];
  page.on("request", (request) => requests.push(`${request.method()} ${request.url().replace(campanile.url, "")}`));
  const ada = new Console(page, `${campanile.url}/`);
  await ada.openLive("inbox");
  await expect(ada.row("Before")).toBeVisible();
  // An item that arrives shows that the start is over.
  await campanile.citrix(titled("After"));
  await expect(ada.row("After")).toBeVisible();

  expect(requests.length, requests.join("\n")).toBeLessThanOrEqual(MAX_REQUESTS);
  expect(requests).toEqual([...new Set(requests)]);
  await context.close();
});
