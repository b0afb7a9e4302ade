// Measures in Chromium how long a person waits. The benchmark `browser` starts this script with one argument,
// JSON, and reads one line of JSON from its output.
import { createHmac } from "node:crypto";
import { createServer } from "node:http";
import { chromium } from "@playwright/test";

/**
 * @typedef {object} Setting
 * @property {string} server  URL of the server.
 * @property {number} portal  Port of a portal that the server lets embed the bell.
 * @property {string} tenant
 * @property {string} secret  The tenant's portal secret.
 * @property {string} key  An API key that may send.
 * @property {string} link  A sign-in link of the person with the long inbox.
 * @property {number} items  The number of items in that inbox.
 * @property {number} quiet  How long an idle console is observed, in seconds.
 */

/** @type {Setting} */
const setting = JSON.parse(process.argv[2]);
/** The person whose bell is measured. */
const LOGIN = "bo";
/** How often the bell is opened. */
const OPENINGS = 11;
/** How long the pointer is over the bell before the click, in milliseconds. People take longer. */
const POINTING = 100;
/** How many notifications are sent. */
const SENDS = 300;
/** The number of frames to scroll, and the distance of each, in pixels. */
const FRAMES = 600;
const STEP = 1_200;

const encode = (/** @type {object} */ value) => Buffer.from(JSON.stringify(value)).toString("base64url");

/** The token that a portal signs for its person (RFC 7519, HS256). */
function token() {
  const claims = { iss: setting.tenant, sub: LOGIN, exp: Math.floor(Date.now() / 1000) + 3_000 };
  const signed = `${encode({ alg: "HS256", typ: "JWT" })}.${encode(claims)}`;
  return `${signed}.${createHmac("sha256", setting.secret).update(signed).digest("base64url")}`;
}

const portal = createServer((_, response) => {
  response.writeHead(200, { "Content-Type": "text/html; charset=utf-8" });
  response.end(`<!doctype html><html lang="en"><title>Portal</title><body style="margin:0"><h1>Portal</h1>
    <script type="module" src="${setting.server}/campanile.js"></script>
    <campanile-bell server="${setting.server}" token="${token()}"></campanile-bell>`);
});
await new Promise((resolve) => portal.listen(setting.portal, "127.0.0.1", () => resolve(null)));
const page_of_the_portal = `http://localhost:${setting.portal}/`;

const browser = await chromium.launch({
  executablePath: process.env.E2E_CHROMIUM ?? "/usr/bin/chromium",
  args: ["--enable-precise-memory-info"],
});

/** Sends to everyone. Returns the time of the answer, in milliseconds since the epoch. */
async function send(/** @type {number} */ number) {
  const response = await fetch(`${setting.server}/api/v1/notifications`, {
    method: "POST",
    headers: { Authorization: `Bearer ${setting.key}`, "Content-Type": "application/json" },
    body: JSON.stringify({ to: [{ kind: "everyone" }], content: [{ language: "en", title: `Measured ${number}` }] }),
  });
  const at = performance.timeOrigin + performance.now();
  if (response.status !== 201) throw new Error(`a send was answered ${response.status}`);
  return at;
}

/** Waits until the bell shows a number. */
const counted = (/** @type {import("@playwright/test").Page} */ page, /** @type {number} */ number) =>
  page.waitForFunction((number) => document.querySelector("campanile-bell").shadowRoot.querySelector("[part=badge]")?.textContent === `${number}`, number);

/** What a portal page loads until the bell shows its number: bytes of scripts, and API requests. */
async function before() {
  const context = await browser.newContext({ locale: "en-US" });
  const page = await context.newPage();
  /** @type {import("@playwright/test").Response[]} */
  const responses = [];
  page.on("response", (response) => response.url().startsWith(setting.server) && responses.push(response));
  await page.goto(page_of_the_portal);
  await counted(page, setting.sent);
  const files = responses.filter((response) => !response.url().includes("/api/"));
  const bytes = files.reduce((sum, response) => sum + Number(response.headers()["content-length"]), 0);
  const asked = responses.filter((response) => response.url().includes("/api/") && response.request().method() !== "OPTIONS").length;
  await context.close();
  return { bytes, asked };
}

/**
 * The time from the click on the bell until its rows are painted, in milliseconds, with cached files and a slowed
 * processor. The panel is created when the pointer is over the bell, some time before the click.
 */
async function openings(/** @type {number} */ pointing) {
  const context = await browser.newContext({ locale: "en-US" });
  const times = [];
  for (let number = 0; number <= OPENINGS; number++) {
    const page = await context.newPage();
    await page.goto(page_of_the_portal);
    await counted(page, setting.sent);
    const session = await context.newCDPSession(page);
    await session.send("Emulation.setCPUThrottlingRate", { rate: 4 });
    await page.evaluate(() => {
      const { shadowRoot } = document.querySelector("campanile-bell");
      shadowRoot.querySelector("button").addEventListener(
        "click",
        (event) => {
          const look = () => {
            const row = shadowRoot.querySelector("[part=panel]")?.matches(":popover-open") && shadowRoot.querySelector("li");
            if (!row || !row.getBoundingClientRect().height) return requestAnimationFrame(look);
            // The next task after this frame runs when it is painted.
            const painted = new MessageChannel();
            painted.port1.onmessage = () => (window.opened = performance.now() - event.timeStamp);
            painted.port2.postMessage(null);
          };
          requestAnimationFrame(look);
        },
        { capture: true },
      );
    });
    const { x, y, width, height } = await page.locator("campanile-bell").getByRole("button").first().boundingBox();
    await page.mouse.move(x + width / 2, y + height / 2);
    await page.waitForTimeout(pointing);
    await page.mouse.down();
    await page.mouse.up();
    const time = await (await page.waitForFunction(() => window.opened)).jsonValue();
    // The first run fills the cache.
    if (number) times.push(time);
    await page.close();
  }
  await context.close();
  return times;
}

/** The time from the answer to a send until the number on the bell changes, in milliseconds. */
async function arrivals() {
  const context = await browser.newContext({ locale: "en-US" });
  const page = await context.newPage();
  await page.goto(page_of_the_portal);
  await counted(page, setting.sent);
  await page.evaluate(() => {
    window.changed = {};
    const badge = document.querySelector("campanile-bell").shadowRoot.querySelector("[part=badge]");
    new MutationObserver(() => (window.changed[badge.textContent] ??= performance.timeOrigin + performance.now())).observe(badge, {
      childList: true,
      characterData: true,
      subtree: true,
    });
  });
  const times = [];
  for (let number = 1; number <= SENDS; number++) {
    const answered = await send(number);
    const shown = setting.sent + number;
    const at = await (await page.waitForFunction((shown) => window.changed[shown], shown)).jsonValue();
    times.push(Math.max(0, at - answered));
  }
  setting.sent += SENDS;
  await context.close();
  return times;
}

/** A console with a long inbox, fully loaded: frames while scrolling, rows, memory. */
async function scrolling(/** @type {import("@playwright/test").BrowserContext} */ context) {
  const page = await context.newPage();
  // The browser's heap size does not include WebAssembly memory, which is nearly all of it.
  await page.addInitScript(() => {
    window.memories = new Set();
    for (const name of ["instantiate", "instantiateStreaming"]) {
      const made = WebAssembly[name];
      WebAssembly[name] = async (...given) => {
        const result = await made.apply(WebAssembly, given);
        const { exports } = result.instance ?? result;
        for (const memory of Object.values(exports)) if (memory instanceof WebAssembly.Memory) window.memories.add(memory);
        return result;
      };
    }
  });
  await page.goto(`${setting.server}/inbox`);
  await page.waitForSelector(".inbox-scroll [data-item]");
  const begin = performance.now();
  const loaded = () => page.evaluate(() => document.querySelector(".inbox-scroll").scrollHeight);
  // Scrolls to the end of the list: pages are loaded as the end comes near.
  for (let last = -1, same = 0; same < 100; ) {
    const height = await page.evaluate(
      () =>
        new Promise((resolve) => {
          const list = document.querySelector(".inbox-scroll");
          list.scrollTop = list.scrollHeight;
          requestAnimationFrame(() => setTimeout(() => resolve(list.scrollHeight)));
        }),
    );
    same = height === last ? same + 1 : 0;
    last = height;
    if (performance.now() - begin > setting.patience * 1_000) break;
  }
  const filled = (performance.now() - begin) / 1_000;
  const items = Math.round((await loaded()) / 96);
  const session = await context.newCDPSession(page);
  await session.send("Performance.enable");
  const work = async () => {
    const { metrics } = await session.send("Performance.getMetrics");
    const seconds = (/** @type {string} */ name) => metrics.find((metric) => metric.name === name).value;
    return { script: seconds("ScriptDuration"), look: seconds("LayoutDuration") + seconds("RecalcStyleDuration") };
  };
  const before = await work();
  const { frames, rows } = await page.evaluate(
    ([count, step]) =>
      new Promise((resolve) => {
        const list = document.querySelector(".inbox-scroll");
        list.scrollTop = 0;
        const frames = [];
        let rows = 0;
        let before;
        const frame = (now) => {
          if (before !== undefined) frames.push(now - before);
          before = now;
          rows = Math.max(rows, list.querySelectorAll("[data-item]").length);
          list.scrollTop += step;
          frames.length < count ? requestAnimationFrame(frame) : resolve({ frames, rows });
        };
        requestAnimationFrame(frame);
      }),
    [FRAMES, STEP],
  );
  const after = await work();
  const each = (/** @type {"script" | "look"} */ kind) => ((after[kind] - before[kind]) * 1_000) / frames.length;
  await session.send("HeapProfiler.collectGarbage");
  const { usedSize, embedderHeapUsedSize = 0, backingStorageSize = 0 } = await session.send("Runtime.getHeapUsage");
  const own = await page.evaluate(() => [...window.memories].reduce((sum, memory) => sum + memory.buffer.byteLength, 0));
  await page.close();
  return { frames, rows, items, filled, script: each("script"), look: each("look"), heap: usedSize + embedderHeapUsedSize + backingStorageSize + own };
}

/** An idle console: its requests, received bytes and timers. */
async function idle(/** @type {import("@playwright/test").BrowserContext} */ context) {
  const page = await context.newPage();
  await page.addInitScript(() => {
    window.timers = [];
    for (const name of ["setTimeout", "setInterval"]) {
      const made = window[name];
      window[name] = (act, delay, ...rest) => {
        window.timers.push(delay ?? 0);
        return made(act, delay, ...rest);
      };
    }
  });
  const session = await context.newCDPSession(page);
  await session.send("Network.enable");
  await page.goto(`${setting.server}/inbox`);
  await page.waitForSelector(".inbox-scroll [data-item]");
  await page.waitForLoadState("load");
  await page.evaluate(() => new Promise((resolve) => setTimeout(resolve, 3_000)));
  let bytes = 0;
  let requests = 0;
  session.on("Network.dataReceived", ({ dataLength }) => (bytes += dataLength));
  session.on("Network.requestWillBeSent", () => requests++);
  await page.evaluate(() => (window.timers.length = 0));
  await page.evaluate((quiet) => new Promise((resolve) => setTimeout(resolve, quiet)), setting.quiet * 1_000);
  const timers = (await page.evaluate(() => window.timers)).filter((/** @type {number} */ delay) => delay !== setting.quiet * 1_000);
  await page.close();
  return { bytes: (bytes * 60) / setting.quiet, requests, timers };
}

setting.sent = 20;
setting.patience ??= 240;
for (let number = 0; number < setting.sent; number++) await send(number);
const signed = await browser.newContext({ viewport: { width: 1360, height: 900 }, locale: "en-US" });
const entry = await signed.newPage();
await entry.goto(setting.link);
await entry.waitForSelector(".inbox-scroll");
await entry.close();
const answer = {
  before: await before(),
  openings: await openings(POINTING),
  hurried: await openings(0),
  arrivals: await arrivals(),
  idle: await idle(signed),
  scrolling: await scrolling(signed),
};
await browser.close();
portal.close();
portal.closeAllConnections();
console.log(JSON.stringify(answer));
