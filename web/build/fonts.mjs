// The font, cut to the letters that European languages need, as WOFF2.
//
// Debian: fonts-inter (the font), fonttools with python3-brotli (pyftsubset). Without fonttools the
// client is built all the same: its style names the system's own font next.

import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";

const source = "/usr/share/fonts/opentype/inter";

const files = {
  "inter-400": "Inter-Regular",
  "inter-500": "Inter-Medium",
  "inter-600": "Inter-SemiBold",
  "inter-400-italic": "Inter-Italic",
};

/** Latin with all its accents, punctuation, currency signs, arrows and the marks that isolate. */
const letters = [
  "U+0020-007E", "U+00A0-017F", "U+0192", "U+0218-021B", "U+02C6-02DD", "U+0300-0304",
  "U+0306-030C", "U+1E80-1E85", "U+1EF2-1EF3", "U+2010-2015", "U+2018-201E", "U+2020-2022",
  "U+2026", "U+2028-202F", "U+2030", "U+2039-203A", "U+2044", "U+2066-2069", "U+20AC",
  "U+2116", "U+2122", "U+2190-2193", "U+2212", "U+2215", "U+FEFF",
].join(",");

/** Writes `fonts/*.woff2` under `folder`. */
export function buildFonts(folder) {
  if (!existsSync(source)) {
    console.error("fonts.mjs: fonts-inter is not installed: the system's font will be used");
    return;
  }
  mkdirSync(join(folder, "fonts"), { recursive: true });
  for (const [name, file] of Object.entries(files)) {
    execFileSync("/usr/bin/pyftsubset", [
      join(source, `${file}.otf`),
      `--unicodes=${letters}`,
      "--layout-features=kern,liga,calt,ccmp,locl,mark,mkmk,tnum,case,cv05,ss03",
      "--flavor=woff2", "--no-hinting", "--desubroutinize",
      `--output-file=${join(folder, "fonts", `${name}.woff2`)}`,
    ], { stdio: ["ignore", "ignore", "inherit"] });
  }
}
