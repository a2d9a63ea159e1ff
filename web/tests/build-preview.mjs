// Builds the page that shows the views on sample data, for the tests of the screens.
//
//   node tests/build-preview.mjs FOLDER

import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { emojiData } from "../build/emoji.mjs";
import { buildFonts } from "../build/fonts.mjs";
import { buildIcons } from "../build/icons.mjs";

const web = dirname(dirname(fileURLToPath(import.meta.url)));
const folder = process.argv[2];
mkdirSync(folder, { recursive: true });

for (
  const [entry, name, options] of [
    ["src/app/preview.tsx", "main.js", ["--format=esm", "--jsx=automatic"]],
    ["src/app/styles.css", "app.css", ["--external:*.woff2"]],
  ]
) {
  execFileSync("esbuild", [
    entry,
    "--bundle",
    "--minify",
    "--target=es2022",
    "--charset=utf8",
    "--log-level=warning",
    '--define:process.env.NODE_ENV="production"',
    "--define:DEV=false",
    '--define:ENGINE_URL=""',
    `--outfile=${join(folder, name)}`,
    ...options,
  ], { cwd: web, stdio: "inherit", env: { ...process.env, NODE_PATH: join(web, "node_modules") } });
}
writeFileSync(join(folder, "index.html"), readFileSync(join(web, "index.html")));
for (const language of ["fr", "en"]) {
  writeFileSync(join(folder, `emoji-${language}.json`), JSON.stringify(emojiData(language)));
}
buildFonts(folder);
buildIcons(folder);
