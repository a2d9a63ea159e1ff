// Builds the client into dist/: hashed scripts and styles, index.html, manifest, service worker.
//
//   node build.mjs [--dev] [--preview]
//
// --dev      keeps names and line breaks readable, and does not judge the size
// --preview  draws the views on sample data, without a server (src/app/preview.tsx)
//
// Needs Debian's esbuild and what setup.sh copies. Offline.

import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { basename, dirname, join, relative } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { gzipSync } from "node:zlib";

/** All that a browser fetches before one can chat, compressed. DESIGN.md, section 6. */
const maxCompressedBytes = 250_000;

/**
 * Icons for installing, the lists of the emoji picker, the letters of emphasis and of recovery
 * codes: when first needed. So are scripts that nothing imports at the start.
 */
const fetchedLater = /^icons\/|^emoji-|-italic\.|^fonts\/code-/;
const importedLater = new Set();

const web = dirname(fileURLToPath(import.meta.url));
const dist = join(web, "dist");
const isDev = process.argv.includes("--dev");
const isPreview = process.argv.includes("--preview");

rmSync(dist, { recursive: true, force: true });
mkdirSync(dist, { recursive: true });

// 1. What is made from Debian's data: emoji names, fonts, icons and manifest.
for (
  const [file, make] of Object.entries({
    "emoji.mjs": async ({ emojiData }) => {
      for (const language of ["fr", "en"]) {
        const data = JSON.stringify(await emojiData(language));
        writeFileSync(join(dist, `emoji-${language}.json`), data);
      }
    },
    "fonts.mjs": ({ buildFonts }) => buildFonts(dist),
    "icons.mjs": ({ buildIcons }) => buildIcons(dist),
  })
) {
  const path = join(web, "build", file);
  if (existsSync(path)) await make(await import(pathToFileURL(path).href));
}

// 2. The engine first, since the app has to know its name.
const engine = bundle("src/engine.worker.ts", ["--format=esm", "--splitting"]);
const app = bundle(isPreview ? "src/app/preview.tsx" : "src/main.ts", [
  "--format=esm",
  "--splitting",
  `--define:ENGINE_URL="/${engine}"`,
]);
const styles = bundle("src/app/styles.css", []);

// 3. The page. It names its script and its style as they stand in the source.
let page = readFileSync(join(web, "index.html"), "utf8");
for (const [from, to] of [["main.js", app], ["app.css", styles]]) {
  const reference = new RegExp(`(["'])(?:\\./|/)?${from.replace(".", "\\.")}\\1`);
  if (!reference.test(page)) throw new Error(`index.html does not load ${from}`);
  page = page.replace(reference, () => `"./${to}"`);
}
if (/<script(?![^>]*\bsrc=)|<style/.test(page)) throw new Error("index.html has something inline");
writeFileSync(join(dist, "index.html"), page);

// 4. What is served as it is.
const fixed = join(web, "static");
if (existsSync(fixed)) cpSync(fixed, dist, { recursive: true });

// 5. The service worker, which has to know all the rest.
const shell = files(dist).filter((name) => !/\.(map|gz)$/.test(name));
const version = createHash("sha256").update(
  shell.map((name) => name + digest(join(dist, name))).join("\n"),
).digest("hex").slice(0, 12);
bundle("src/platform/service.worker.ts", [
  "--format=iife",
  `--define:SHELL=${JSON.stringify(shell.map((name) => "/" + name))}`,
  `--define:VERSION="${version}"`,
], "sw");

report();

/** Bundles one entry point. Returns the name that it has in dist/. */
function bundle(entry, options, name = "[name]-[hash]") {
  const meta = join(dist, "meta.json");
  execFileSync("esbuild", [
    entry,
    "--bundle",
    "--target=es2022",
    "--sourcemap",
    "--legal-comments=none",
    "--charset=utf8",
    "--jsx=automatic",
    `--define:process.env.NODE_ENV="${isDev ? "development" : "production"}"`,
    `--define:DEV=${isDev}`,
    ...(isDev ? [] : ["--minify"]),
    "--external:*.woff2",
    "--loader:.svg=file",
    "--loader:.png=file",
    `--entry-names=${name}`,
    "--chunk-names=part-[hash]",
    "--asset-names=[name]-[hash]",
    `--outdir=${dist}`,
    `--metafile=${meta}`,
    "--log-level=warning",
    ...options,
  ], { cwd: web, stdio: "inherit", env: { ...process.env, NODE_PATH: join(web, "node_modules") } });
  const { outputs } = JSON.parse(readFileSync(meta, "utf8"));
  rmSync(meta);
  const first = Object.keys(outputs).find((path) => outputs[path].entryPoint === entry);
  const atStart = new Set([first]);
  for (const path of atStart) {
    for (const { path: next, kind } of outputs[path].imports) {
      if (kind === "import-statement") atStart.add(next);
    }
  }
  for (const path of Object.keys(outputs)) {
    if (path.endsWith(".js") && !atStart.has(path)) importedLater.add(basename(path));
  }
  return basename(first);
}

function digest(path) {
  return createHash("sha256").update(readFileSync(path)).digest("hex");
}

function files(folder) {
  return readdirSync(folder, { recursive: true })
    .map((name) => relative(folder, join(folder, name)))
    .filter((name) => statSync(join(folder, name)).isFile())
    .sort();
}

/** Prints the compressed sizes, and fails when what is needed to chat is over the budget. */
function report() {
  let total = 0;
  for (const name of files(dist).filter((name) => !/\.(map|gz)$/.test(name))) {
    const packed = gzipSync(readFileSync(join(dist, name)), { level: 9 });
    const bytes = packed.length;
    // The server hands out what is there packed already, where that is worth it.
    if (/\.(js|css|html|json|svg|webmanifest)$/.test(name)) {
      writeFileSync(join(dist, `${name}.gz`), packed);
    }
    const isLate = fetchedLater.test(name) || importedLater.has(name);
    if (!isLate) total += bytes;
    console.error(`${String(bytes).padStart(8)}${isLate ? " " : " *"} ${name}`);
  }
  console.error(
    `${String(total).padStart(8)} * bytes compressed before one can chat, of ${maxCompressedBytes}`,
  );
  if (!isDev && !isPreview && total > maxCompressedBytes) {
    console.error("build: the client is larger than its budget");
    process.exitCode = 1;
  }
}
