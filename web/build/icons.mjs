// The icons of the app and its manifest. The drawing is that of src/ui/Logo.tsx, at rest.
//
// The PNG files are drawn from this same SVG by build/draw-icons.py, and kept in build/icons/,
// because drawing them needs a browser and they change once in a blue moon.

import { cpSync, mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));

/** `rounded`: with its own rounded corners; without, the system cuts its own shape out of it. */
export function logo({ rounded }) {
  const ground = rounded
    ? '<rect width="48" height="48" rx="12" fill="#2849b4"/>'
    : '<rect width="48" height="48" fill="#2849b4"/>';
  const scale = rounded ? "" : ' transform="translate(24 24) scale(.72) translate(-24 -24)"';
  return '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 48 48" fill="none" ' +
    `stroke-linecap="round" stroke-linejoin="round">${ground}<g${scale}>` +
    '<path d="M24 40V20.5M17.5 40h13" stroke="#a9b9e8" stroke-width="3.2"/>' +
    '<g stroke="#fff" stroke-width="3.6" transform="rotate(-22 24 20.5)"><path d="M12.5 20.5h23"/>' +
    '<path d="M12.5 20.5h-9" transform="rotate(82 12.5 20.5)"/>' +
    '<path d="M35.5 20.5h9" transform="rotate(-28 35.5 20.5)"/></g>' +
    '<circle cx="24" cy="20.5" r="2.7" fill="#2849b4" stroke="#fff" stroke-width="2"/></g></svg>\n';
}

const manifest = {
  id: "/",
  name: "Chappe",
  short_name: "Chappe",
  description: "La messagerie des agents publics",
  lang: "fr",
  dir: "ltr",
  start_url: "./",
  scope: "./",
  display: "standalone",
  background_color: "#f4f6fa",
  theme_color: "#2849b4",
  categories: ["productivity", "government"],
  icons: [
    { src: "icons/chappe.svg", sizes: "any", type: "image/svg+xml" },
    { src: "icons/chappe-192.png", sizes: "192x192", type: "image/png" },
    { src: "icons/chappe-512.png", sizes: "512x512", type: "image/png" },
    { src: "icons/chappe-mask-192.png", sizes: "192x192", type: "image/png", purpose: "maskable" },
    { src: "icons/chappe-mask-512.png", sizes: "512x512", type: "image/png", purpose: "maskable" },
  ],
  shortcuts: [
    { name: "Annuaire", url: "./#/annuaire" },
    { name: "Répertoire des salons", url: "./#/repertoire" },
  ],
};

/** Writes `icons/` and `manifest.webmanifest` into `folder`. */
export function buildIcons(folder) {
  mkdirSync(join(folder, "icons"), { recursive: true });
  writeFileSync(join(folder, "icons", "chappe.svg"), logo({ rounded: true }));
  writeFileSync(join(folder, "manifest.webmanifest"), JSON.stringify(manifest, null, 2) + "\n");
  cpSync(join(here, "icons"), join(folder, "icons"), { recursive: true });
}
