// Builds the one style sheet of the pages: the NL Design System components they use, the design
// tokens those components ask for, our own tokens over them, and our layout.
//
//   node build.mjs OUT.css           writes OUT.css and its licence beside it
//   node build.mjs --check OUT.css   exits 1 when OUT.css is not what would be written

import { readFileSync, writeFileSync } from "node:fs";

// Only what a template really uses; the server's tests compare this list with the templates.
const COMPONENTS = [
  "root", "document", "skip-link", "page-layout", "page-header", "page-body", "page-footer",
  "heading-1", "heading-2", "heading-3", "paragraph", "link", "link-list",
  "ordered-list", "data-list", "alert", "status-badge",
  "button", "button-group", "form-field", "form-label", "form-field-description",
  "form-field-error-message", "textbox", "checkbox",
];
const TOKENS = "@nl-design-system-unstable/voorbeeld-design-tokens";
const LIBRARY = "@utrecht/component-library-css";

const read = (path) => readFileSync(path, "utf8");
const beside = (name) => read(new URL(name, import.meta.url));
const inPackage = (name, file) => read(new URL(`node_modules/${name}/${file}`, import.meta.url));
const uncommented = (css) => css.replace(/\/\*[\s\S]*?\*\//g, "");

/** The custom properties that `css` refers to. */
const wanted = (css) => [...css.matchAll(/var\(\s*(--[\w-]+)/g)].map((match) => match[1]);

/** The custom properties that `css` declares, in order. */
function declared(css) {
  const found = new Map();
  for (const [, name, value] of uncommented(css).matchAll(/(--[\w-]+):\s*([^;]+);/g)) {
    found.set(name, value.trim());
  }
  return found;
}

/** The tokens of the theme that the components and our own sheets reach, sorted. */
function reached(theme, sheets, ours) {
  const need = new Set();
  const queue = sheets.flatMap(wanted);
  while (queue.length > 0) {
    const name = queue.pop();
    if (need.has(name) || ours.has(name) || !theme.has(name)) continue;
    need.add(name);
    queue.push(...wanted(theme.get(name)));
  }
  return [...need].sort();
}

function build() {
  const components = COMPONENTS.map((name) =>
    uncommented(inPackage(`@utrecht/${name}-css`, "dist/index.css")).trim(),
  );
  const [own, layout] = [beside("tokens.css"), beside("layout.css")];
  const theme = declared(inPackage(TOKENS, "dist/theme.css"));
  const ours = declared(own.split("@media")[0]);
  const names = reached(theme, [...components, own, layout], ours);
  const version = (name) => JSON.parse(inPackage(name, "package.json")).version;
  return [
    `/* Built by server/design/build.mjs; do not edit. Components: ${LIBRARY} ${version(LIBRARY)},`,
    `   tokens: ${TOKENS} ${version(TOKENS)}, both EUPL-1.2: see sleutelbos.css.LICENSE.md.`,
    "   Copyright (c) 2020-2024 Frameless B.V., (c) 2021-2024 Gemeente Utrecht,",
    "   (c) 2021 NL Design System Community. Our own tokens and layout: MIT OR Apache-2.0. */",
    `:root {\n${names.map((name) => `  ${name}: ${theme.get(name)};`).join("\n")}\n}`,
    uncommented(own).trim(),
    ...components,
    uncommented(layout).trim(),
    "",
  ].join("\n").replace(/\n{2,}/g, "\n");
}

const check = process.argv[2] === "--check";
const out = process.argv[check ? 3 : 2];
if (!out) throw new Error("usage: node build.mjs [--check] OUT.css");
const css = build();
if (!check) {
  writeFileSync(out, css);
  writeFileSync(`${out}.LICENSE.md`, inPackage(LIBRARY, "LICENSE.md"));
} else if (read(out) !== css) {
  console.error(`${out} is not what its sources give: run make css`);
  process.exit(1);
}
