// Runs before the console's WebAssembly: what must be there before the first pixel.

// Leptos makes its views from templates of its own by innerHTML. Under the page's content security policy
// only this policy may turn text into markup; script from text is never made, and the one worker
// that may be registered is ours. Text from outside never comes this way: it becomes text nodes.
if (window.trustedTypes) {
  trustedTypes.createPolicy("default", {
    createHTML: (markup) => markup,
    createScriptURL: (url) => (new URL(url, document.baseURI).href === new URL("sw.js", document.baseURI).href ? url : null),
  });
}

// The theme chosen here last, so that a dark page never flashes white.
try {
  const theme = localStorage.getItem("campanile.theme");
  if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
} catch {
  // Storage is forbidden: the system's theme it is.
}
