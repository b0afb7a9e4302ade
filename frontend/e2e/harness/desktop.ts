// System notifications: lets the browser raise them, and asks it which it shows.
import type { BrowserContext, Page } from "@playwright/test";

/** A system notification that the browser shows. */
export interface Shown {
  title: string;
  body: string;
}

/** What a person allows in the browser's own dialog. */
export async function allowNotifications(context: BrowserContext, origin: string): Promise<void> {
  await context.grantPermissions(["notifications"], { origin });
}

/** Has every page that is loaded from now on remember the titles that it raises: equal ones replace each other. */
export async function rememberRaised(context: BrowserContext): Promise<void> {
  await context.addInitScript(() => {
    const titles: string[] = ((window as any).raised = []);
    const { prototype } = ServiceWorkerRegistration;
    const show = prototype.showNotification;
    prototype.showNotification = function (title, options) {
      titles.push(title);
      return show.call(this, title, options);
    };
  });
}

/** The titles that pages raised, in no order. */
export async function raised(...pages: Page[]): Promise<string[]> {
  const each = await Promise.all(pages.map((page) => page.evaluate<string[]>(() => (window as any).raised)));
  return each.flat();
}

/** The notifications that the browser shows for the origin of a page, whichever of its tabs raised them. */
export async function notifications(page: Page): Promise<Shown[]> {
  return page.evaluate(async () => {
    const registrations = await navigator.serviceWorker.getRegistrations();
    const shown = await Promise.all(registrations.map((registration) => registration.getNotifications()));
    return shown.flat().map(({ title, body }) => ({ title, body }));
  });
}
