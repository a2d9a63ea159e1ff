// Builds the page that the tests in a browser use: the client without views, and the engine.
//
//   node tests/build.mjs FOLDER

import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const web = dirname(dirname(fileURLToPath(import.meta.url)));
const folder = process.argv[2];
mkdirSync(folder, { recursive: true });

for (
  const [entry, name, options] of [
    ["src/engine.worker.ts", "engine", ["--format=esm"]],
    ["tests/harness.ts", "harness", ["--format=esm", '--define:ENGINE_URL="/engine.js"']],
  ]
) {
  execFileSync("esbuild", [
    entry,
    "--bundle",
    "--target=es2022",
    "--sourcemap",
    "--define:DEV=true",
    "--log-level=warning",
    `--outfile=${join(folder, name)}.js`,
    ...options,
  ], { cwd: web, stdio: "inherit" });
}
writeFileSync(
  join(folder, "index.html"),
  `<!doctype html>
<meta charset="utf-8"><title>Chappe</title>
<div id="app"></div>
<script type="module" src="/harness.js"></script>
`,
);
