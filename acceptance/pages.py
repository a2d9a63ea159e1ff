"""The web client as its users see it: screens, by the names that a screen reader would say.

The names come from the client's own French texts, by their keys, so that a changed wording changes no
test; the names that people are told to look for are spelled out, in `test_story.py`.
"""

import json
import os
import pathlib
import re

from playwright.sync_api import Locator, Page, expect

ROOT = pathlib.Path(__file__).resolve().parents[1]
# Long enough for a loaded machine with two cores and three browsers.
PATIENCE = 20_000


class Words:
    """The texts of the client in French."""

    def __init__(self):
        folder = os.environ.get("CHAPPE_WEB_SOURCES", str(ROOT / "web"))
        self.texts = json.loads((pathlib.Path(folder) / "src/locales/fr.json").read_text("utf-8"))

    def __call__(self, key, **values):
        """What matches a text: with these values in its places, and with any in the others."""
        text = self.texts[key]
        forms = [text] if isinstance(text, str) else list(text.values())
        return re.compile("^(?:" + "|".join(self._pattern(f, values) for f in forms) + ")$")

    @staticmethod
    def _pattern(form, values):
        def piece(part):
            if not re.fullmatch(r"\{\w+\}", part):
                # French has spaces of several kinds, which the browser reads as one.
                return re.sub(r"(?:\\?\s)+", r"\\s+", re.escape(part))
            # Names may be wrapped in isolating characters.
            given = values.get(part[1:-1])
            return ".*" if given is None else "\u2068?" + re.escape(str(given)) + "\u2069?"
        return "".join(piece(p) for p in re.split(r"(\{\w+\})", form))


class Messenger:
    """One page of the client, and the person in front of it."""

    def __init__(self, page: Page, url, name):
        self.page, self.url, self.name = page, url, name
        self.t = Words()
        self.username = self.password = self.code = None
        self.problems = []
        page.set_default_timeout(PATIENCE)
        expect.set_options(timeout=PATIENCE)
        page.on("pageerror", lambda e: self.problems.append(f"{name}: {e}"))
        page.on("console", lambda m: m.type == "error" and "Content-Security-Policy" in m.text
                and self.problems.append(f"{name}: {m.text}"))

    # -- finding things ----------------------------------------------------

    def button(self, key, within=None, **values) -> Locator:
        """A button by its text's key."""
        return (within or self.page).get_by_role("button", name=self.t(key, **values))

    def field(self, key, within=None, **values) -> Locator:
        """A field by its label's key. Hints and marks of what is required may follow the label."""
        label = re.compile(self.t(key, **values).pattern.removesuffix("$") + r"\W*$")
        return (within or self.page).get_by_label(label)

    def dialog(self, key, **values) -> Locator:
        """An open dialog by its title's key."""
        return self.page.get_by_role("dialog", name=self.t(key, **values))

    def menu_item(self, key) -> Locator:
        """An entry of the open menu."""
        return self.page.get_by_role("menuitem", name=self.t(key))

    # -- coming in -----------------------------------------------------------

    def open(self):
        """Loads the client."""
        self.page.goto(self.url + "/")
        return self

    def sign_up(self, username, password):
        """Creates an account, from the first screen."""
        self.username, self.password = username, password
        self.page.get_by_role("link", name=self.t("signUp.title")).click()
        self.field("signUp.name").fill(self.name)
        self.field("signUp.username").fill(username)
        self.field("signUp.password").fill(password)
        self.field("signUp.again").fill(password)
        self.button("signUp.do").click()
        self.keep_code()
        return self

    def keep_code(self):
        """Goes through the pages that show a recovery code, and remembers it."""
        heading = self.page.get_by_role("heading", name=self.t("recovery.title"))
        expect(heading).to_be_visible()
        groups = self.page.locator(".code-card .code-group")
        expect(groups).to_have_count(12)
        self.code = " ".join(groups.all_inner_texts())
        self.button("recovery.save").click()
        self.button("recovery.continue").click()
        field = self.field("recovery.checkLabel")
        label = self.page.locator("label", has_text=re.compile(r"\d+")).first.inner_text()
        place = int(re.search(r"\d+", label).group())
        field.fill(self.code.split(" ")[place - 1])
        self.button("recovery.checkDo").click()
        expect(self.rooms).to_be_visible()
        return self

    def type_code(self, code):
        """Confirms this browser with the recovery code."""
        expect(self.page.get_by_role("heading", name=self.t("unlock.title"))).to_be_visible()
        self.page.locator(".code-field input, .code-field textarea").fill(code)
        self.button("unlock.do").click()
        expect(self.rooms).to_be_visible()
        return self

    def sign_in(self, username, password, code=None):
        """Comes in with an account, from the first screen. Without a code, the account gets one."""
        self.username, self.password = username, password
        self.field("login.user").fill(username)
        self.field("login.password").fill(password)
        self.button("login.do").click()
        if code is None:
            return self.keep_code()
        return self.type_code(code)

    # -- rooms -----------------------------------------------------------------

    @property
    def rooms(self) -> Locator:
        """The list of conversations."""
        return self.page.get_by_role("navigation", name=self.t("rooms.label"))

    def room_link(self, name) -> Locator:
        """A room in the list."""
        return self.rooms.get_by_role("link").filter(has_text=name)

    def create_public_room(self, name, topic):
        """Makes a room that all may find and join."""
        self.button("rooms.addRoom").click()
        self.menu_item("rooms.create").click()
        dialog = self.dialog("rooms.create")
        self.field("create.name", dialog).fill(name)
        dialog.get_by_role("radio", name=re.compile(self.t.texts["create.public"])).check()
        self.field("create.topic", dialog).fill(topic)
        self.button("create.do", dialog).click()
        expect(self.composer).to_be_visible()

    def create_private_room(self, name):
        """Makes a room into which one is invited."""
        self.button("rooms.addRoom").click()
        self.menu_item("rooms.create").click()
        dialog = self.dialog("rooms.create")
        self.field("create.name", dialog).fill(name)
        dialog.get_by_role("radio", name=re.compile(self.t.texts["create.private"])).check()
        self.button("create.do", dialog).click()
        expect(self.composer).to_be_visible()

    def open_directory(self):
        """« + » beside « Salons », then « Répertoire des salons »."""
        self.button("rooms.addRoom").click()
        self.menu_item("directory.title").click()

    def join_from_directory(self, name):
        """Finds a room in the directory and joins it."""
        self.open_directory()
        self.field("directory.search").fill(name)
        self.button("directory.joinNamed", name=name).click()
        expect(self.composer).to_be_visible()

    def open_room(self, name):
        """Opens a room of the list."""
        self.room_link(name).click()
        expect(self.composer).to_be_visible()

    # -- messages ----------------------------------------------------------------

    @property
    def composer(self) -> Locator:
        """Where one writes."""
        return self.page.locator(".composer textarea")

    @property
    def timeline(self) -> Locator:
        """The messages of the open room."""
        return self.page.locator(".timeline")

    def message(self, text) -> Locator:
        """A message by a part of its text; the newest when there are several."""
        return self.timeline.locator("li.message", has_text=text).last

    def say(self, text):
        """Writes and sends a message."""
        self.composer.fill(text)
        self.composer.press("Enter")
        expect(self.message(text)).to_be_visible()

    def sees(self, text):
        """Waits until a message is shown."""
        expect(self.message(text)).to_be_visible()

    def no_longer_sees(self, text):
        """Waits until a message is gone."""
        expect(self.timeline.locator("li.message", has_text=text)).to_have_count(0)

    def sees_sent(self, text):
        """Waits until one's own message is shown as on the server, not as on its way."""
        self.sees(text)
        expect(self.message(text)).not_to_have_class(re.compile(r"message-(waiting|sending|failed)"))

    def tool(self, text, key):
        """Uses one of the tools at the corner of a message."""
        message = self.message(text)
        message.hover()
        tools = message.get_by_role("toolbar")
        direct = tools.get_by_role("button", name=self.t(f"message.{key}"))
        if key in ("react", "reply", "edit"):
            direct.click()
        else:
            tools.get_by_role("button", name=self.t("message.more")).click()
            self.menu_item(f"message.{key}").click()

    def reply(self, to, text):
        """Answers a message."""
        self.tool(to, "reply")
        self.say(text)

    def edit(self, text, instead):
        """Writes another text over one's own message."""
        self.tool(text, "edit")
        self.composer.fill(instead)
        self.composer.press("Enter")
        expect(self.message(instead).get_by_text(self.t("timeline.edited"))).to_be_visible()

    def react(self, to, emoji):
        """Reacts with an emoji, found in the picker."""
        self.tool(to, "react")
        picker = self.page.get_by_role("dialog", name=self.t("message.react"))
        picker.get_by_text(emoji, exact=True).first.click()

    def reaction(self, to, emoji) -> Locator:
        """A reaction under a message."""
        return self.message(to).locator(".reaction").filter(has_text=emoji)

    def remove(self, text):
        """Deletes a message for everybody."""
        self.tool(text, "remove")
        self.button("remove.do", self.dialog("remove.title")).click()
        self.no_longer_sees(text)

    def send_file(self, path, caption=None):
        """Chooses a file, looks at it, sends it."""
        self.page.locator(".composer input[type=file]").set_input_files(path)
        dialog = self.dialog("files.title")
        if caption:
            self.field("files.caption", dialog).fill(caption)
        self.button("files.send", dialog).click()

    def sees_picture(self, name):
        """Waits until a picture is drawn, not only announced."""
        picture = self.timeline.get_by_role("button", name=self.t("media.open", name=name)).last
        expect(picture.locator("img")).to_be_visible()
        self.page.wait_for_function(
            "e => e.complete && e.naturalWidth > 0", arg=picture.locator("img").element_handle())

    def sees_typing(self, name):
        """Waits until somebody is shown as typing."""
        expect(self.page.locator(".composer").get_by_text(
            re.compile(re.escape(name.split(" [")[0].split(" ")[0])))).to_be_visible()

    def sees_joined(self, name):
        """Waits until somebody's arrival is told; many changes at once are folded into one line."""
        told = self.timeline.get_by_text(re.compile(re.escape(name) + r".*rejoint"))
        folded = self.timeline.get_by_role("button", name=re.compile("rejoint")).last
        expect(told.or_(folded).last).to_be_visible()
        if not told.count():
            folded.click()
        expect(told.last).to_be_visible()

    def sees_read_by(self, name):
        """Waits until somebody is shown as having read to the end."""
        expect(self.timeline.get_by_role("button", name=re.compile(re.escape(name))).and_(
            self.timeline.locator(".read-by")).last).to_be_visible()

    def texts(self):
        """The texts of all drawn messages, in order."""
        return self.timeline.locator("li.message .message-content").all_inner_texts()
