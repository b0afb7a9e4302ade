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

/** The notifications that the browser shows for the origin of a page, whichever of its tabs raised them. */
export async function notifications(page: Page): Promise<Shown[]> {
  return page.evaluate(async () => {
    const registrations = await navigator.serviceWorker.getRegistrations();
    const shown = await Promise.all(registrations.map((registration) => registration.getNotifications()));
    return shown.flat().map(({ title, body }) => ({ title, body }));
  });
}
