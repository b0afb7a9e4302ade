// The bell in a difficult portal: other origin, other styles, other router, strict policy.
import { titled } from "../harness/citrix";
import { embed, EmbeddedBell, markup } from "../harness/embed";
import { portalToken } from "../harness/portal";
import { expect, test } from "../harness/test";

test("in a page of another origin it counts, opens, and marks items as read", async ({ campanile, portal, page, signIn, watch }) => {
  watch(page);
  const ada = await signIn("ada");
  const bell = await embed(page, portal, campanile, "ada");
  await bell.expectUnread(0);
  await campanile.citrix(titled("Gateway is down", { severity: "Error" }));
  await campanile.citrix(titled("Gateway is back", { severity: "Success" }));
  await bell.expectUnread(2);

  await bell.button.click();
  await expect(bell.panel).toBeVisible();
  await expect(bell.panel.getByText("Gateway is down")).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(bell.panel).toBeHidden();
  await expect(bell.button).toBeFocused();

  await bell.button.press("Enter");
  await bell.panel.getByRole("button", { name: "Mark all read" }).click();
  await bell.expectUnread(0);
  await ada.expectUnread(0);
});

test("the panel is not loaded before the person is about to open it", async ({ campanile, portal, page }) => {
  const fetched: string[] = [];
  page.on("request", (request) => fetched.push(new URL(request.url()).pathname));
  const bell = await embed(page, portal, campanile, "ada");
  await campanile.citrix(titled("Gateway is down"));
  await bell.expectUnread(1);
  expect(fetched.filter((path) => path.includes("panel"))).toEqual([]);
  await bell.button.hover();
  await expect.poll(() => fetched.filter((path) => path.endsWith(".wasm"))).toEqual(["/panel_bg.wasm"]);
});

test("a click opens the panel of the person who is signed in then", async ({ campanile, portal, page }) => {
  await campanile.citrix(titled("Gateway is down"));
  let release = () => {};
  const held = new Promise<void>((resolve) => (release = resolve));
  await page.route("**/panel_bg.wasm", async (route) => {
    await held;
    await route.continue();
  });
  const bell = await embed(page, portal, campanile, "ada");
  await bell.expectUnread(1);
  await bell.button.click();
  const token = portalToken(campanile.portalSecret, "bo");
  await bell.element.evaluate((element, token) => Object.assign(element, { token }), token);
  release();
  await expect(bell.panel).toBeVisible();
  await expect(bell.panel.getByText("Gateway is down")).toBeVisible();
});

test("the host page's styles, router and policy and several bells do not affect each other", async ({ campanile, portal, page, watch }) => {
  watch(page);
  const policy = [
    "default-src 'none'",
    `script-src 'self' ${campanile.url} 'wasm-unsafe-eval'`,
    "style-src 'self'",
    `connect-src ${campanile.url}`,
    "require-trusted-types-for 'script'",
  ].join("; ");
  portal.style(
    "/host.css",
    `* { font: italic 40px/3 fantasy; letter-spacing: 1em; text-transform: uppercase; text-align: right; word-spacing: 2em; cursor: help }
     button, div, span, ul, li, a, svg { display: none !important; color: red !important; position: fixed !important }
     nav a { display: inline !important; position: static !important }`,
  );
  portal.script(
    "/host.js",
    `window.routed = [];
     addEventListener("click", (event) => {
       const link = event.target.closest?.("a");
       if (!link) return;
       event.preventDefault();
       history.pushState(null, "", link.href);
       window.routed.push(location.pathname);
     });
     const bell = document.createElement("campanile-bell");
     bell.setAttribute("server", ${JSON.stringify(campanile.url)});
     bell.token = async () => ${JSON.stringify(portalToken(campanile.portalSecret, "bo"))};
     document.querySelector("main").append(bell);`,
  );
  const url = portal.page(
    "/app",
    `<!doctype html><html lang="en"><title>Host</title><link rel="stylesheet" href="/host.css">
     <script type="module" src="/host.js"></script>
     <nav><a href="/app/orders">Orders</a></nav><main>${markup(campanile, "ada")}</main>`,
    policy,
  );
  await page.goto(url);
  const [ada, bo] = [0, 1].map((at) => new EmbeddedBell(page, page.locator("campanile-bell").nth(at)));
  await campanile.citrix(titled("For both"));
  await campanile.citrix(titled("For Ada", { destinationAdmin: "ada" }));
  await ada.expectUnread(2);
  await bo.expectUnread(1);

  await ada.button.click();
  const title = ada.panel.getByText("For Ada");
  await expect(title).toBeVisible();
  await expect(title).toHaveCSS("letter-spacing", "normal");
  await expect(title).toHaveCSS("text-transform", "none");
  await expect(title).toHaveCSS("font-style", "normal");
  await expect(title).not.toHaveCSS("color", "rgb(255, 0, 0)");
  expect(parseFloat(await title.evaluate((element) => getComputedStyle(element).fontSize))).toBeLessThan(20);
  await bo.button.click();
  await expect(bo.panel.getByText("For both")).toBeVisible();
  await expect(ada.panel).toBeHidden();
  await page.keyboard.press("Escape");

  await page.getByRole("link", { name: "Orders" }).click();
  await expect(page).toHaveURL(`${portal.origin}/app/orders`);
  expect(await page.evaluate(() => (window as any).routed)).toEqual(["/app/orders"]);
  // The bell adds nothing to the page's own document.
  expect(await page.evaluate(() => document.querySelectorAll("style, [class*=campanile], [id*=campanile]").length)).toBe(0);
  expect(await page.evaluate(() => document.adoptedStyleSheets.length)).toBe(0);
});

test("a portal that is not allowed gets no data", async ({ campanile, portal, page }) => {
  const url = portal.page("/stranger", `<!doctype html><title>Stranger</title>${markup(campanile, "ada")}`);
  // The same page under a host name that the server does not allow.
  await page.goto(url.replace("localhost", "127.0.0.1"));
  await campanile.citrix(titled("Gateway is down"));
  const answer = await page.evaluate(
    (server) => fetch(`${server}/api/v1/inbox`, { credentials: "include" }).then(({ status }) => String(status), () => "refused by the browser"),
    campanile.url,
  );
  expect(answer).toBe("refused by the browser");
  await new EmbeddedBell(page).expectUnread(0);
});

test("it uses the page's language and loads only its name before it is opened", async ({ campanile, portal, page }) => {
  const fetched: string[] = [];
  page.on("request", (request) => fetched.push(new URL(request.url()).pathname));
  const url = portal.page("/pl", `<!doctype html><html lang="pl"><title>Portal</title><main>${markup(campanile, "ada")}</main>`);
  await page.goto(url);
  const bell = page.locator("campanile-bell");
  await expect(bell.getByRole("button", { name: "Powiadomienia", exact: true })).toBeVisible();
  for (const title of ["One", "Two"]) await campanile.citrix(titled(title));
  const button = bell.getByRole("button", { name: "Powiadomienia, 2 nieprzeczytane" });
  await expect(button).toBeVisible();
  expect(fetched.filter((path) => path.includes("/locales/"))).toEqual(["/locales/pl.bell.json"]);
  await button.click();
  await expect(bell.getByRole("dialog", { name: "Powiadomienia" })).toBeVisible();
  await expect(bell.getByRole("link", { name: "Pokaż wszystkie" })).toBeVisible();
});

test("a page that is hidden for five minutes closes the stream and catches up when it is visible", async ({ campanile, portal, page }) => {
  await page.clock.install();
  const bell = await embed(page, portal, campanile, "ada");
  await campanile.citrix(titled("Seen"));
  await bell.expectUnread(1);

  const show = (hidden: boolean) =>
    page.evaluate((hidden) => {
      Object.defineProperty(document, "hidden", { configurable: true, value: hidden });
      dispatchEvent(new Event("visibilitychange"));
    }, hidden);
  const isStream = (request: { url(): string }) => request.url().endsWith("/api/v1/events");
  const ended = page.waitForEvent("requestfailed", isStream);
  await show(true);
  await page.clock.fastForward(300_000);
  await ended;
  await campanile.citrix(titled("Missed"));
  const resumed = page.waitForRequest(isStream);
  await show(false);
  await resumed;
  await bell.expectUnread(2);
});
