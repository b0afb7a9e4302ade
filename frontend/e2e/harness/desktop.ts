// System notifications: allows the browser to show them, and reads which ones it shows.
import type { BrowserContext, Page } from "@playwright/test";

/** A system notification that the browser shows. */
export interface Shown {
  title: string;
  body: string;
}

/** Grants the permission that a person gives in the browser's dialog. */
export async function allowNotifications(context: BrowserContext, origin: string): Promise<void> {
  await context.grantPermissions(["notifications"], { origin });
}

/** Makes every page that is loaded later record the titles that it raises, because equal notifications replace each other. */
export async function rememberRaised(context: BrowserContext): Promise<void> {
  await context.addInitScript(() => {
    const titles: string[] = ((window as any).raised = []);
    // Pages without a secure context, such as about:blank, have no service workers.
    if (!("ServiceWorkerRegistration" in window)) return;
    const { prototype } = ServiceWorkerRegistration;
    const show = prototype.showNotification;
    prototype.showNotification = function (title, options) {
      titles.push(title);
      return show.call(this, title, options);
    };
  });
}

/** The titles that the pages raised, in no particular order. */
export async function raised(...pages: Page[]): Promise<string[]> {
  const each = await Promise.all(pages.map((page) => page.evaluate<string[]>(() => (window as any).raised)));
  return each.flat();
}

/** The notifications that the browser shows for a page's origin, from any tab. */
export async function notifications(page: Page): Promise<Shown[]> {
  return page.evaluate(async () => {
    const registrations = await navigator.serviceWorker.getRegistrations();
    const shown = await Promise.all(registrations.map((registration) => registration.getNotifications()));
    return shown.flat().map(({ title, body }) => ({ title, body }));
  });
}
