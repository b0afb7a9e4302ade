// The fixtures of every browser test: a server of its own, its people, and consoles signed in as them.
import { test as base, type BrowserContextOptions, type Page } from "@playwright/test";

import { Campanile, PASSWORD, type Login } from "./campanile";
import { Console } from "./console";
import { Portal } from "./portal";
import { Receiver } from "./receiver";

export { expect } from "@playwright/test";
export { PASSWORD } from "./campanile";

interface Fixtures {
  /** A portal of another origin, which the server allows to embed the bell. */
  portal: Portal;
  /** An endpoint that receives POST requests. */
  receiver: Receiver;
  /** The server, with Ada, Bo and Cy in the tenant `acme`. */
  campanile: Campanile;
  /** A console in its own browser profile, with the person signed in and the inbox open. */
  signIn(login: Login, options?: BrowserContextOptions): Promise<Console>;
  /** The console in a new tab of the same browser profile. */
  anotherTab(beside: Console): Promise<Console>;
  /** Fails the test if the page throws or violates its Content-Security-Policy. */
  watch(page: Page): void;
}

export const test = base.extend<Fixtures>({
  portal: async ({}, use) => {
    const portal = new Portal();
    await portal.start();
    await use(portal);
    await portal.stop();
  },

  receiver: async ({}, use) => {
    const receiver = new Receiver();
    await receiver.start();
    await use(receiver);
    await receiver.stop();
  },

  campanile: async ({ portal }, use) => {
    const campanile = await Campanile.start([portal.origin]);
    await use(campanile);
    await campanile.stop();
  },

  watch: async ({}, use, info) => {
    const errors: string[] = [];
    await use((page) => {
      page.on("pageerror", (error) => errors.push(String(error)));
      page.on("console", (message) => {
        if (/Content.Security.Policy|TrustedHTML|TrustedScript|panicked at/i.test(message.text())) errors.push(message.text());
      });
    });
    if (info.status === info.expectedStatus && errors.length) throw new Error(`the page reported errors:\n${errors.join("\n")}`);
  },

  signIn: async ({ browser, campanile, watch }, use) => {
    const contexts: { close(): Promise<void> }[] = [];
    await use(async (login, options = {}) => {
      const context = await browser.newContext({ viewport: { width: 1360, height: 900 }, locale: "en-US", ...options });
      contexts.push(context);
      const page = await context.newPage();
      watch(page);
      const console = new Console(page, `${campanile.url}/`);
      await console.open("inbox");
      await console.signIn(login, PASSWORD);
      await console.bell.waitFor();
      return console;
    });
    for (const context of contexts) await context.close();
  },

  anotherTab: async ({ watch }, use) => {
    await use(async (beside) => {
      const page = await beside.page.context().newPage();
      watch(page);
      const console = new Console(page, beside.base);
      await console.open("inbox");
      await console.bell.waitFor();
      return console;
    });
  },
});
