// Runs before the console's WebAssembly, and before the first paint.

// Leptos creates views from its own templates by innerHTML. Under the page's content security policy only this
// policy may turn text into markup. It creates no scripts from text, and allows one worker: `sw.js`. Text from
// users never becomes markup: it is set as text nodes.
if (window.trustedTypes) {
  trustedTypes.createPolicy("default", {
    createHTML: (markup) => markup,
    createScriptURL: (url) => (new URL(url, document.baseURI).href === new URL("sw.js", document.baseURI).href ? url : null),
  });
}

try {
  const root = document.documentElement;
  // The theme that was last chosen here, so that a dark page never flashes white.
  const theme = localStorage.getItem("campanile.theme");
  if (theme === "light" || theme === "dark") root.dataset.theme = theme;
  // A person who was signed in here sees the frame of their page at once. Others may need to sign in first.
  if (localStorage.getItem("campanile.person")) root.dataset.firstFrame = /\/(inbox)?$/.test(location.pathname) ? "inbox" : "page";
} catch {
  // Storage is forbidden: the system's theme is used, and the page is empty until the program has started.
}
