/**
 * The console's service worker: what happens when a desktop notification is clicked.
 *
 * The console registers it and shows its notifications through the registration, each with
 * `data: { item: "<id>" }`. It caches nothing and answers no request.
 */

addEventListener("install", () => skipWaiting());
addEventListener("activate", (event) => event.waitUntil(clients.claim()));

addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(show(event.notification.data?.item));
});

/**
 * Shows an item in a tab of the console that is open, or in a new one. Without an item: the inbox.
 *
 * @param {string | undefined} item
 */
async function show(item) {
  // The scope is the folder of the console; each of its pages lies right in it.
  const url = new URL(item ? `inbox?item=${encodeURIComponent(item)}` : "inbox", registration.scope).href;
  const tabs = await clients.matchAll({ type: "window", includeUncontrolled: true });
  const [tab] = tabs.filter((tab) => tab.url.startsWith(registration.scope)).sort((one, other) => other.focused - one.focused);
  if (!tab) return clients.openWindow(url);
  tab.postMessage({ type: "campanile-item", item });
  // The click may be too long ago for the browser to let a tab come to the front.
  return tab.focus().catch(() => {});
}
