import { defaults, LocalSettingsModel, type Shelf } from "./LocalSettings.ts";

class MemoryShelf implements Shelf {
  constructor(public text: string | null) {}
  getItem(): string | null {
    return this.text;
  }
  setItem(_key: string, text: string): void {
    this.text = text;
  }
}

Deno.test("Settings come back, and damaged ones count as never set", () => {
  const shelf = new MemoryShelf(null);
  new LocalSettingsModel(shelf).change({ theme: "dark", language: "en" });
  const again = new LocalSettingsModel(shelf).value.get();
  if (again.theme !== "dark" || again.language !== "en") throw new Error("lost");
  for (const bad of ["{", "null", "[]", '{"theme":"vert","sidebarWidth":1e9,"recentEmoji":3}']) {
    const value = new LocalSettingsModel(new MemoryShelf(bad)).value.get();
    if (JSON.stringify(value) !== JSON.stringify(defaults)) throw new Error(bad);
  }
});

Deno.test("An emoji used again moves to the front", () => {
  const model = new LocalSettingsModel(new MemoryShelf(null));
  model.use("🎉");
  const recent = model.value.get().recentEmoji;
  if (recent[0] !== "🎉" || recent.filter((one) => one === "🎉").length !== 1) {
    throw new Error(recent.join());
  }
});
