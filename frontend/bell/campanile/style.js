/** The style of the button. Every colour and size can be set by a custom property of the host page. */
export const sheet = new CSSStyleSheet();
sheet.replaceSync(`
:host {
  display: inline-block;
  --c-information: var(--campanile-information, light-dark(#1f6fb2, #6cb4f0));
  --c-success: var(--campanile-success, light-dark(#1d7a46, #58c48a));
  --c-warning: var(--campanile-warning, light-dark(#96600a, #e5ab4d));
  --c-error: var(--campanile-error, light-dark(#b3261e, #ff8a80));
}
:host([hidden]), [hidden] { display: none }
button[part] {
  all: initial;
  color-scheme: inherit;
  position: relative;
  display: grid;
  place-items: center;
  inline-size: 32px;
  block-size: 32px;
  border: 1px solid transparent;
  border-radius: var(--campanile-radius-small, 6px);
  color: var(--campanile-bell, currentColor);
  box-shadow: inset 0 0 0 1.5px var(--c-ring);
  cursor: pointer;
}
button[part]:hover { background: color-mix(in srgb, currentColor 10%, transparent) }
button[part]:focus-visible { outline: 2px solid }
button[aria-busy] { cursor: progress }
button[part] > svg { inline-size: 18px; fill: none; stroke: currentColor; stroke-width: 1.5; stroke-linecap: round; stroke-linejoin: round }
[part=badge] {
  position: absolute;
  inset-block-start: -6px;
  inset-inline-end: -7px;
  min-inline-size: 9px;
  padding-inline: 4px;
  border: 1px solid transparent;
  border-radius: 9px;
  background: var(--c-ring);
  color: light-dark(#fff, #14152b);
  font: 600 11px/16px var(--campanile-font, system-ui);
  text-align: center;
}
`);
