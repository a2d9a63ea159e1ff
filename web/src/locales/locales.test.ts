import type { Language } from "./translate.ts";
import { translator } from "./translate.ts";
import { formats } from "./formats.ts";

type Texts = Readonly<Record<string, string | Readonly<Record<string, string>>>>;

async function read(language: Language): Promise<Texts> {
  return JSON.parse(await Deno.readTextFile(new URL(`./${language}.json`, import.meta.url)));
}

const fr = await read("fr");
const en = await read("en");

/** The places of a text, and the names of its forms. */
function shape(text: Texts[string] | undefined): string {
  if (text === undefined) return "missing";
  if (typeof text !== "string") return Object.keys(text).sort().join("/");
  return [...text.matchAll(/\{(\w+)\}/g)].map((match) => match[1]).sort().join(",");
}

function expect(actual: unknown, wanted: unknown): void {
  if (actual !== wanted) throw new Error(`${actual} instead of ${wanted}`);
}

Deno.test("Every text exists in both languages, with the same places", () => {
  const keys = new Set([...Object.keys(fr), ...Object.keys(en)]);
  const wrong = [...keys].filter((key) =>
    !(key in fr) || !(key in en) || shape(fr[key]) !== shape(en[key])
  );
  expect(wrong.join(), "");
});

Deno.test("Texts stand in the order of their names, so that each is found", () => {
  for (const texts of [fr, en]) {
    const keys = Object.keys(texts);
    expect(keys.find((key, index) => index > 0 && key < (keys[index - 1] ?? "")), undefined);
  }
});

Deno.test("No text is left that nothing uses, and none is used that is missing", async () => {
  const source = await allSource(new URL("..", import.meta.url));
  const unused = Object.keys(fr).filter((key) => !isUsed(key, source));
  expect(unused.join(), "");
});

Deno.test("No word of the protocol is shown to people", () => {
  const jargon =
    /homeserver|mxid|matrix|déchiffr|decrypt|chiffré|chiffrem|event|évènement|token|jeton|alias/i;
  for (const [key, text] of [...Object.entries(fr), ...Object.entries(en)]) {
    const words = (typeof text === "string" ? text : Object.values(text).join(" "))
      .replace(/\{\w+\}/g, "");
    if (jargon.test(words)) throw new Error(`${key}: ${words}`);
  }
});

Deno.test("French puts a space that does not break before its high marks", () => {
  for (const [key, text] of Object.entries(fr)) {
    for (const form of typeof text === "string" ? [text] : Object.values(text)) {
      if (/ [;:?!»]|« /.test(form)) throw new Error(`${key}: ${form}`);
    }
  }
});

Deno.test("A number chooses the form, and is written as the language does", () => {
  const t = translator(fr as never, "fr");
  expect(t("rooms.unread", { count: 0 }), "0 message non lu");
  expect(t("rooms.unread", { count: 1 }), "1 message non lu");
  expect(t("rooms.unread", { count: 1200 }), "1\u202f200 messages non lus");
});

Deno.test("Days are said as people say them", () => {
  const t = translator(fr as never, "fr");
  const format = formats("fr", t, "Europe/Paris");
  const now = Date.UTC(2026, 10, 24, 20);
  const hour = 3_600_000;
  expect(format.day(now - 2 * hour, now), "Aujourd’hui");
  expect(format.day(now - 24 * hour, now), "Hier");
  expect(format.day(Date.UTC(2026, 2, 3, 12), now), "mardi 3 mars");
  expect(format.day(Date.UTC(2025, 2, 3, 12), now), "lundi 3 mars 2025");
  expect(format.brief(now, now), "21:00");
  expect(format.brief(now - 3 * 24 * hour, now), "samedi");
  expect(format.size(1_482_113), "1,5\u202fMo");
  expect(format.size(0), "0\u202fo");
  expect(format.list(["Amélie", "Basile", "Chloé"]), "Amélie, Basile et Chloé");
  expect(format.duration(65_000), "1:05");
});

async function allSource(folder: URL): Promise<string> {
  const parts: string[] = [];
  for await (const entry of Deno.readDir(folder)) {
    const path = new URL(entry.name + (entry.isDirectory ? "/" : ""), folder);
    if (entry.isDirectory) parts.push(await allSource(path));
    else if (/\.tsx?$/.test(entry.name) && !entry.name.endsWith(".test.ts")) {
      parts.push(await Deno.readTextFile(path));
    }
  }
  return parts.join("\n");
}

/** Whether a text is named whole, or by the beginning that is put before a variable. */
function isUsed(key: string, source: string): boolean {
  if (source.includes(`"${key}"`)) return true;
  const [area, name = ""] = [key.slice(0, key.indexOf(".")), key.slice(key.indexOf(".") + 1)];
  return source.includes("`" + area + ".${") ||
    source.includes("`" + area + "." + name.split(".")[0] + ".${");
}
