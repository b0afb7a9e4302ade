// The theming page: a control for every property of the bell. Changes apply to this page at once.

/** All properties of the bell: the name, its purpose, and the values to choose from. */
export const PROPERTIES = [
  ["bell", "The bell; unset: the text colour of its surroundings", "color"],
  ["accent", "Links, unread marks, the focus ring", "color"],
  ["focus", "The focus ring; unset: the accent", "color"],
  ["raised", "The panel", "color"],
  ["sunken", "The panel's footer", "color"],
  ["hover", "A row on hover", "color"],
  ["line-color", "Lines", "color"],
  ["text", "Text", "color"],
  ["muted", "Descriptions", "color"],
  ["faint", "Times and components", "color"],
  ["information", "Severity: information", "color"],
  ["success", "Severity: success", "color"],
  ["warning", "Severity: warning", "color"],
  ["error", "Severity: error", "color"],
  ["panel-size", "Width of the panel", ["320px", "360px", "400px", "480px"]],
  ["radius-small", "Corners of rows and buttons", ["0px", "3px", "6px", "10px"]],
  ["font", "Typeface", ["system-ui, sans-serif", "Georgia, serif", "ui-monospace, monospace"]],
  ["size", "Size of text", ["13px", "14px", "16px"]],
  ["line", "Height of a line", ["18px", "20px", "24px"]],
  ["small", "Size of small text", ["11px", "12px", "13px"]],
  ["shadow", "Shadow of the panel", ["none", "0 2px 6px rgb(0 0 0 / .2)", "0 12px 32px rgb(0 0 0 / .3)"]],
];

/** Sets up the page. The router calls it when the page is shown. */
export function theming(page) {
  const style = document.documentElement.style;
  const css = page.querySelector("output");
  const showRules = () => {
    const lines = PROPERTIES.map(([name]) => [`--campanile-${name}`, style.getPropertyValue(`--campanile-${name}`)]).filter(([, value]) => value);
    css.textContent = lines.length ? `campanile-bell {\n${lines.map(([name, value]) => `  ${name}: ${value};\n`).join("")}}` : "/* No changes. */";
  };
  const control = (name, kind) => {
    const field = document.createElement(kind === "color" ? "input" : "select");
    if (kind === "color") field.type = "color";
    else for (const value of ["", ...kind]) field.append(new Option(value || "default", value));
    field.id = `theme-${name}`;
    field.value = style.getPropertyValue(`--campanile-${name}`) || (kind === "color" ? "#808080" : "");
    field.addEventListener("input", () => {
      style.setProperty(`--campanile-${name}`, field.value);
      showRules();
    });
    return field;
  };
  page.querySelector("tbody").append(
    ...PROPERTIES.map(([name, what, kind]) => {
      const row = document.createElement("tr");
      const label = document.createElement("label");
      const code = document.createElement("code");
      code.textContent = `--campanile-${name}`;
      label.htmlFor = `theme-${name}`;
      label.append(code);
      const cells = [label, what, control(name, kind)].map((content) => {
        const cell = document.createElement("td");
        cell.append(content);
        return cell;
      });
      row.append(...cells);
      return row;
    }),
  );
  page.querySelector("[name=scheme]").addEventListener("change", ({ target }) => (style.colorScheme = target.value));
  page.querySelector("button").addEventListener("click", () => {
    for (const [name] of PROPERTIES) style.removeProperty(`--campanile-${name}`);
    page.querySelectorAll("tbody input, tbody select").forEach((field) => (field.value = field.type === "color" ? "#808080" : ""));
    showRules();
  });
  showRules();
}
