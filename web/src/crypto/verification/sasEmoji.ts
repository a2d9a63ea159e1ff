/**
 * The pictures that two people compare, by their number. Their names are texts of the client.
 *
 * - Spec: [SAS method: emoji](https://spec.matrix.org/v1.19/client-server-api/#sas-method-emoji)
 */
export const sasEmoji: readonly string[] = [
  ..."🐶 🐱 🦁 🐎 🦄 🐷 🐘 🐰 🐼 🐓 🐧 🐢 🐟 🐙 🦋 🌷".split(" "),
  ..."🌳 🌵 🍄 🌏 🌙 ☁️ 🔥 🍌 🍎 🍓 🌽 🍕 🎂 ❤️ 😀 🤖".split(" "),
  ..."🎩 👓 🔧 🎅 👍 ☂️ ⌛ ⏰ 🎁 💡 📕 ✏️ 📎 ✂️ 🔒 🔑".split(" "),
  ..."🔨 ☎️ 🏁 🚂 🚲 ✈️ 🚀 🏆 ⚽ 🎸 🎺 🔔 ⚓ 🎧 📁 📌".split(" "),
];
