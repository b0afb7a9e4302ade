// The embedded bell in a portal's page.
import { expect, type Locator, type Page } from "@playwright/test";

import type { Campanile, Login } from "./campanile";
import { portalToken, type Portal } from "./portal";

/** The markup that a portal's page needs for the bell of a person. */
export function markup(campanile: Campanile, login: Login): string {
  return `<script type="module" src="${campanile.url}/campanile.js"></script>
    <campanile-bell server="${campanile.url}" token="${portalToken(campanile.portalSecret, login)}"></campanile-bell>`;
}

export class EmbeddedBell {
  constructor(
    readonly page: Page,
    /** The element; the first of the page unless another is given. */
    readonly element: Locator = page.locator("campanile-bell").first(),
  ) {}

  get button(): Locator {
    return this.element.getByRole("button", { name: /^Notifications/ });
  }

  get panel(): Locator {
    return this.element.getByRole("dialog", { name: "Notifications" });
  }

  async expectUnread(count: number, within = 10_000): Promise<void> {
    const name = count === 0 ? "Notifications" : `Notifications, ${count} unread`;
    await expect(this.button).toHaveAccessibleName(name, { timeout: within });
  }
}

/** A page of the portal whose bell requests a token from the portal for the person who is signed in. */
export async function embedSession(page: Page, portal: Portal, campanile: Campanile, session: () => string): Promise<EmbeddedBell> {
  portal.answer("/token", () => ({ type: "text/plain", body: session() }));
  portal.script(
    "/session.js",
    `window.unreadCounts = [];
     const bell = document.querySelector("campanile-bell");
     bell.addEventListener("campanile-count", ({ detail }) => window.unreadCounts.push(detail.unread));
     bell.token = async () => (await fetch("/token")).text();`,
  );
  const url = portal.page(
    "/session",
    `<!doctype html><html lang="en"><title>Portal</title><main><h1>Portal</h1>
     <script type="module" src="${campanile.url}/campanile.js"></script>
     <campanile-bell server="${campanile.url}"></campanile-bell></main>
     <script type="module" src="/session.js"></script>`,
  );
  await page.goto(url);
  return new EmbeddedBell(page);
}

/** A plain page of the portal with the person's bell. */
export async function embed(page: Page, portal: Portal, campanile: Campanile, login: Login): Promise<EmbeddedBell> {
  const url = portal.page("/plain", `<!doctype html><html lang="en"><title>Portal</title><main><h1>Portal</h1>${markup(campanile, login)}</main>`);
  await page.goto(url);
  return new EmbeddedBell(page);
}
