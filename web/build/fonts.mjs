// The font, cut to the letters that European languages need, as WOFF2.
//
// Recovery codes are in a second one, whose characters are told apart, cut to what is in a code.
//
// Debian: fonts-inter, fonts-dejavu-core (the fonts), fonttools with python3-brotli (pyftsubset). Without fonttools the
// client is built all the same: its style names the system's own font next.

import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";

const source = "/usr/share/fonts/opentype/inter";
const codeSource = "/usr/share/fonts/truetype/dejavu";
const cutter = "/usr/bin/pyftsubset";

const files = {
  "inter-400": "Inter-Regular",
  "inter-600": "Inter-SemiBold",
  "inter-400-italic": "Inter-Italic",
};

const codeFiles = { "code-400": "DejaVuSansMono", "code-700": "DejaVuSansMono-Bold" };

/** Latin-1, what else French needs, and the marks that isolate. Other letters: the system's font. */
const letters = [
  "U+0020-007E",
  "U+00A0-00FF",
  "U+0152-0153",
  "U+0178",
  "U+2009-200B",
  "U+2010-2014",
  "U+2018-201E",
  "U+2022",
  "U+2026",
  "U+202F",
  "U+2039-203A",
  "U+2066-2069",
  "U+20AC",
  "U+2116",
  "U+2122",
  "U+2190-2193",
  "U+2212",
].join(",");

/** Writes `fonts/*.woff2` under `folder`. */
export function buildFonts(folder) {
  if (!existsSync(source) || !existsSync(cutter)) {
    console.error("fonts.mjs: no fonts-inter or no fonttools: the system's font will be used");
    return;
  }
  mkdirSync(join(folder, "fonts"), { recursive: true });
  for (const [name, file] of Object.entries(files)) {
    cut(join(source, `${file}.otf`), letters, "kern,liga,calt,tnum", name, folder);
  }
  if (!existsSync(codeSource)) return;
  for (const [name, file] of Object.entries(codeFiles)) {
    cut(
      join(codeSource, `${file}.ttf`),
      "U+0020,U+0030-0039,U+0041-005A,U+0061-007A",
      "",
      name,
      folder,
    );
  }
}

function cut(file, unicodes, features, name, folder) {
  execFileSync(cutter, [
    file,
    `--unicodes=${unicodes}`,
    `--layout-features=${features}`,
    "--flavor=woff2",
    "--no-hinting",
    // What the font's own editor kept in it.
    "--drop-tables+=FFTM",
    "--desubroutinize",
    `--output-file=${join(folder, "fonts", `${name}.woff2`)}`,
  ], { stdio: ["ignore", "ignore", "inherit"] });
}
