// The portal's own script: a router that handles every link of the page, and the token for the bell.

import { theming } from "/theming.js";

const PAGES = { "/": "overview", "/services": "services", "/access": "access", "/theming": "theming" };

const main = document.querySelector("main");

/** Shows the page of the URL. */
function show() {
  const page = PAGES[location.pathname] ?? "overview";
  main.replaceChildren(document.getElementById(page).content.cloneNode(true));
  if (page === "theming") theming(main);
  for (const bell of document.querySelectorAll("campanile-bell")) bell.token ??= token;
  for (const link of document.querySelectorAll("nav a")) {
    const current = link.pathname === location.pathname;
    current ? link.setAttribute("aria-current", "page") : link.removeAttribute("aria-current");
    if (current) document.title = `${link.textContent} · Harbour`;
  }
}

// Like other routers, it handles every click on a link that stays in the tab and on the site.
document.addEventListener("click", (event) => {
  const link = event.target.closest?.("a");
  if (!link || link.target || link.origin !== location.origin || event.metaKey || event.ctrlKey || event.shiftKey) return;
  event.preventDefault();
  history.pushState(null, "", link.href);
  show();
  main.focus({ preventScroll: true });
});
addEventListener("popstate", show);

/** The portal knows who is signed in and signs a short-lived token for the bell. */
async function token() {
  const response = await fetch("/token");
  if (!response.ok) throw new Error("no token");
  return response.text();
}

show();
