import { markdownToHTML } from "./markdown.ts";

function expect(text: string, html: string | undefined) {
  const made = markdownToHTML(text);
  if (made !== html) throw new Error(`${JSON.stringify(text)} became ${made}, not ${html}`);
}

Deno.test("What is only text needs no HTML", () => {
  for (
    const plain of [
      "bonjour",
      "a < b & c",
      "deux\nlignes",
      "3 * 4 * 5",
      "snake_case_name",
      "*",
      "**",
      "_ _",
      "a*b",
      "- ",
      "1.5 €",
      "#salon",
      "",
    ]
  ) {
    expect(plain, undefined);
  }
});

Deno.test("Bold, italic, strike and code", () => {
  expect("**gras**", "<strong>gras</strong>");
  expect("un *mot* et _un autre_", "un <em>mot</em> et <em>un autre</em>");
  expect("~~non~~ **oui *surtout***", "<del>non</del> <strong>oui <em>surtout</em></strong>");
  expect("***fort***", "<strong><em>fort</em></strong>");
  expect("`a *b* <c>`", "<code>a *b* &lt;c&gt;</code>");
  expect("\\*tel quel\\*", "*tel quel*");
});

Deno.test("Blocks", () => {
  expect(
    "```js\nlet a = 1 < 2;\n```",
    '<pre><code class="language-js">let a = 1 &lt; 2;\n</code></pre>',
  );
  expect("```\nouvert", "<pre><code>ouvert\n</code></pre>");
  expect("> cité\n> encore\nréponse", "<blockquote>cité<br>encore</blockquote><p>réponse</p>");
  expect(
    "- un\n- deux\n  - sous",
    "<ul><li>un</li><li><p>deux</p><ul><li>sous</li></ul></li></ul>",
  );
  expect("2. deux\n3. trois", '<ol start="2"><li>deux</li><li>trois</li></ol>');
  expect("# Titre", "<h1>Titre</h1>");
  expect("un\n\ndeux", "<p>un</p><p>deux</p>");
});

Deno.test("Links, and addresses without the punctuation after them", () => {
  expect(
    "[texte](https://exemple.fr/a?b=1&c=2)",
    '<a href="https://exemple.fr/a?b=1&amp;c=2">texte</a>',
  );
  expect(
    "voir https://exemple.fr/x_y_z.",
    'voir <a href="https://exemple.fr/x_y_z">https://exemple.fr/x_y_z</a>.',
  );
  expect("(www.exemple.fr)", '(<a href="https://www.exemple.fr/">www.exemple.fr</a>)');
  expect("[ici](javascript:alert(1))", undefined);
  expect('[x](https://a/"onclick=b)', '<a href="https://a/%22onclick=b">x</a>');
});

Deno.test("Typed HTML stays text", () => {
  expect("<b>**x**</b>", "&lt;b&gt;<strong>x</strong>&lt;/b&gt;");
  expect("`<script>`", "<code>&lt;script&gt;</code>");
  expect("\uE0000\uE001 *a*", "\uE0000\uE001 <em>a</em>");
});

Deno.test("A mention links to the person, the longest name first", () => {
  const mentions = [
    { userID: "@a:x", text: "@Amélie" },
    { userID: "@ad:x", text: "@Amélie Dupont" },
  ];
  const html = markdownToHTML("**@Amélie Dupont** et @Amélie", mentions);
  const wanted = '<strong><a href="https://matrix.to/#/@ad:x">@Amélie Dupont</a></strong> et ' +
    '<a href="https://matrix.to/#/@a:x">@Amélie</a>';
  if (html !== wanted) throw new Error(`${html}`);
});

Deno.test("Long and nested input ends in time", () => {
  const started = performance.now();
  for (
    const part of ["*", "_a ", "[", "`", "> ", "- ", "**a", "[a](", "~~", "\\", "((((", "https://a"]
  ) {
    markdownToHTML(part.repeat(2_000));
    markdownToHTML((part + "\n").repeat(500));
  }
  const took = performance.now() - started;
  if (took > 5_000) throw new Error(`It took ${took} ms`);
});
