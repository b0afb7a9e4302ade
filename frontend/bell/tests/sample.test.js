import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { test } from "node:test";
import { PROPERTIES } from "../sample/theming.js";

const read = (path) => readFileSync(new URL(path, import.meta.url), "utf8");

test("the theming page and the documentation name every property that the bell reads", () => {
  const sources = read("../campanile/style.js") + read("../panel/src/panel.css");
  const used = [...new Set([...sources.matchAll(/var\(--campanile-([a-z-]+)/g)].map(([, name]) => name))].sort();
  assert.deepEqual(PROPERTIES.map(([name]) => name).sort(), used);
  const documented = [...new Set([...read("../../../docs/embedding.md").matchAll(/^\| `--campanile-([a-z-]+)`/gm)].map(([, name]) => name))].sort();
  assert.deepEqual(documented, used);
});

test("the bell speaks every language that has a file of texts", () => {
  const files = readdirSync(new URL("../../locales/", import.meta.url)).map((name) => name.replace(/\.json$/, "")).sort();
  const [, list] = read("../campanile/texts.js").match(/LANGUAGES = (\[[^\]]+\])/);
  assert.deepEqual(JSON.parse(list).sort(), files);
});
