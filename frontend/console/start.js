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

// The theme that was last chosen here, so that a dark page never flashes white.
try {
  const theme = localStorage.getItem("campanile.theme");
  if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
} catch {
  // Storage is forbidden: the system's theme is used.
}
