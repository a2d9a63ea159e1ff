import { assertEquals } from "../../platform/assert.ts";
import { editableText, editContent, textContent } from "./textContent.ts";

const self = "@amelie:test";
const mention = { userID: "@basile:test", text: "@Basile" };

Deno.test("A text has HTML only when it says more, and always says who is meant", () => {
  assertEquals(textContent({ text: " bonjour " }, self), {
    msgtype: "m.text",
    body: "bonjour",
    "m.mentions": {},
  });
  assertEquals(textContent({ text: "**Salut** @Basile", mentions: [mention] }, self), {
    msgtype: "m.text",
    body: "**Salut** @Basile",
    format: "org.matrix.custom.html",
    formatted_body: '<strong>Salut</strong> <a href="https://matrix.to/#/@basile:test">@Basile</a>',
    "m.mentions": { user_ids: ["@basile:test"] },
  });
});

Deno.test("A mention whose words were deleted is none, and nobody mentions themselves", () => {
  const mentions = [mention, { userID: self, text: "@Amélie" }];
  assertEquals(textContent({ text: "@Amélie", mentions }, self)["m.mentions"], {});
});

Deno.test("A reply tells its author, and stays in the thread", () => {
  const target = { id: "$a", sender: "@chloe:test", threadRoot: "$root" };
  const content = textContent({ text: "oui" }, self, target);
  assertEquals(content["m.mentions"], { user_ids: ["@chloe:test"] });
  assertEquals(content["m.relates_to"], {
    "m.in_reply_to": { event_id: "$a" },
    rel_type: "m.thread",
    event_id: "$root",
    is_falling_back: false,
  });
});

Deno.test("An edit tells only those who are new, and can be edited again", () => {
  const message = {
    text: "@Basile et @Chloé",
    mentions: [mention, { userID: "@chloe:test", text: "@Chloé" }],
  };
  const content = editContent(message, self, "$a", ["@basile:test"]);
  assertEquals(content["m.mentions"], { user_ids: ["@chloe:test"] });
  const next = content["m.new_content"] as Record<string, unknown>;
  assertEquals(next["m.mentions"], { user_ids: ["@basile:test", "@chloe:test"] });
  assertEquals(editableText(next), { ...message, mentionsRoom: false, isEmote: false });
});
