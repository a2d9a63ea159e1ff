#!/usr/bin/env python3
"""Tests of the engine in real browsers, against a real homeserver.

    tests/run.py --homeserver http://127.0.0.1:8008 [--browsers chromium,firefox] [--only WORD]

The homeserver has to let anyone register; build.mjs has to have run. Nothing is asked of any other
machine. Prints one line for each test, the figures that were measured, and `N passed, N failed`.
"""
import argparse
import json
import os
import pathlib
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request

from playwright.sync_api import sync_playwright

from hostile_html import CORPUS

WEB = pathlib.Path(__file__).resolve().parent.parent
PASSWORD = "des mots secrets 1794"
# A room in which all is in the clear, so that a test can look at what the server has.
OPEN = {"preset": "public_chat"}


class Proxy:
    """Serves the harness beside the homeserver; stopping it is losing the network."""

    def __init__(self, folder, homeserver):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.command = ["node", str(WEB / "dev-server.mjs"), str(self.port), homeserver, str(folder)]
        self.process = None
        self.start()

    @property
    def url(self):
        return f"http://localhost:{self.port}/"

    def start(self):
        self.process = subprocess.Popen(self.command, stderr=subprocess.PIPE)
        self.process.stderr.readline()

    def stop(self):
        self.process.terminate()
        self.process.wait()


class Person:
    """An account, used over the bare API, to see what the server has."""

    def __init__(self, homeserver, name):
        self.homeserver = homeserver
        self.name = f"{name}-{time.time_ns()}"
        self.token = None
        self.user_id = None

    def ask(self, method, path, body=None):
        request = urllib.request.Request(
            f"{self.homeserver}/_matrix/client{path}", method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={"Content-Type": "application/json",
                     **({"Authorization": f"Bearer {self.token}"} if self.token else {})})
        try:
            with urllib.request.urlopen(request) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as error:
            raise RuntimeError(f"{method} {path}: {error.read().decode()}") from error

    def register(self):
        answer = self.ask("POST", "/v3/register", {
            "username": self.name, "password": PASSWORD, "auth": {"type": "m.login.dummy"}})
        self.token, self.user_id = answer["access_token"], answer["user_id"]
        return self

    def messages(self, room):
        """The bodies of all messages in the room, oldest first."""
        bodies, token = [], None
        while True:
            more = f"&from={token}" if token else ""
            page = self.ask("GET", f"/v3/rooms/{room}/messages?dir=b&limit=100{more}")
            bodies += [event["content"].get("body") for event in page["chunk"]
                       if event["type"] == "m.room.message"]
            token = page.get("end")
            if token is None or not page["chunk"]:
                return bodies[::-1]


def wait(page, expression, argument=None, seconds=20):
    """Waits until the expression is true in the page. Returns the seconds that took."""
    start = time.monotonic()
    while time.monotonic() - start < seconds:
        if page.evaluate(expression, argument):
            return time.monotonic() - start
        page.wait_for_timeout(10)
    raise AssertionError(f"never became true: {expression}")


def texts(page):
    return page.evaluate("""timeline.state.get().items.filter((item) => item.content?.kind === "text")
        .map((item) => item.content.body)""")


class Test:
    """What each test is given."""

    def __init__(self, browser, proxy, homeserver):
        self.browser, self.proxy, self.homeserver = browser, proxy, homeserver
        self.contexts = []
        self.errors = []
        self.figures = {}

    def profile(self):
        context = self.browser.new_context()
        self.contexts.append(context)
        return context

    def tab(self, context):
        page = context.new_page()
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.goto(self.proxy.url)
        wait(page, "globalThis.client?.session.get().phase !== 'opening'")
        return page

    def sign_in(self, page, person):
        page.evaluate("([name, password]) => client.authentication.signIn(name, password)",
                      [person.name, PASSWORD])
        wait(page, "client.session.get().phase === 'ready'")

    def keep_code(self, page):
        """Goes through the recovery code's page, as somebody does who has just signed up."""
        wait(page, "client.security.get()?.state.get().phase === 'new'")
        outcome = page.evaluate("client.security.get().createCode()")
        if not outcome["done"]:
            outcome = page.evaluate("""([session, password]) => client.security.get().createCode(
                { session, stage: "m.login.password", password })""",
                [outcome["challenge"]["session"], PASSWORD])
        assert outcome == {"done": True}, outcome
        wait(page, "client.security.get().state.get().phase === 'unsaved'")
        code = page.evaluate("client.security.get().state.get().code.text")
        page.evaluate("client.security.get().confirmCode()")
        wait(page, "client.security.get().state.get().phase === 'ready'")
        return code

    def look(self, page, room):
        wait(page, "(id) => client.rooms.room(id).summary.get() !== undefined", room)
        page.evaluate("""(id) => {
            globalThis.timeline = client.rooms.room(id).openTimeline();
            timeline.state.subscribe(() => {});
        }""", room)
        wait(page, "timeline.state.get().isLoaded")

    def close(self):
        for context in self.contexts:
            context.close()
        assert not self.errors, self.errors


def databases(test):
    """The database in memory, on which the engine is tested, behaves as the browser's."""
    page = test.tab(test.profile())
    test.figures["steps"] = sum(page.evaluate("(seed) => checkDatabases(seed)", seed)
                                for seed in range(1, 11))
    page.evaluate("checkUpgrade()")


def encryption(test):
    """The browser's own cryptography and database carry encrypted messages, also over crashes."""
    test.figures.update(test.tab(test.profile()).evaluate("checkEncryption()"))


def hostile_html(test):
    """HTML from others runs nothing, loads nothing, and leaves only what is on the list."""
    page = test.tab(test.profile())
    found = page.evaluate("""async (corpus) => {
        let hits = 0;
        globalThis.hit = () => hits++;
        const allowed = new Set(["A", "B", "BLOCKQUOTE", "BR", "CAPTION", "CODE", "DEL", "DETAILS", "DIV",
            "EM", "H1", "H2", "H3", "H4", "H5", "H6", "HR", "I", "LI", "OL", "P", "PRE", "S", "SPAN",
            "STRONG", "SUB", "SUMMARY", "SUP", "TABLE", "TBODY", "TD", "TH", "THEAD", "TR", "U", "UL"]);
        const attributes = new Set(["href", "target", "rel", "title", "class", "start", "data-user-id",
            "data-room-id", "data-event-id", "data-reason"]);
        const problems = [];
        let deepest = 0;
        for (const html of corpus) {
            for (const make of [sanitize, textToNodes]) {
                const host = document.createElement("div");
                host.append(make(html));
                document.body.append(host);
                for (const element of host.querySelectorAll("*")) {
                    if (!allowed.has(element.tagName)) problems.push([html.slice(0, 99), element.tagName]);
                    for (const { name, value } of element.attributes) {
                        if (!attributes.has(name)) problems.push([html.slice(0, 99), name]);
                        if (name === "href" && !/^(https?|mailto|tel|geo|magnet|matrix):/.test(value)) {
                            problems.push([html.slice(0, 99), value]);
                        }
                    }
                    let depth = 0;
                    for (let up = element; up !== host; up = up.parentElement) depth++;
                    deepest = Math.max(deepest, depth);
                }
                host.querySelectorAll("a, p, code").forEach((element) => {
                    for (const type of ["mouseover", "focus", "toggle"]) {
                        element.dispatchEvent(new Event(type, { bubbles: true }));
                    }
                });
            }
        }
        await new Promise((done) => setTimeout(done, 300));
        const render = (html) => {
            const host = document.createElement("div");
            host.append(sanitize(html));
            return host.innerHTML;
        };
        return { hits, problems, violations, deepest, samples: {
            link: render("<a href='https://evil.example/'>https://bank.example/</a>"),
            mention: render("<a href='https://matrix.to/#/%40a%3Ab'>A</a>"),
            room: render("<a href='matrix:roomid/abc:x/e/ev'>R</a>"),
            reply: render("<mx-reply><blockquote>no</blockquote></mx-reply>yes"),
            spoiler: render("<span data-mx-spoiler='why'>x</span>"),
            code: render("<pre><code class='language-py'>a https://x.example b</code></pre>"),
            plain: render("see https://x.example/a_b_c."),
            image: render("<img alt=':-)' src='mxc://a/b'>"),
        } };
    }""", CORPUS)
    assert found["hits"] == 0, found
    assert found["problems"] == [], found["problems"]
    assert found["violations"] == [], found["violations"]
    assert found["deepest"] <= 101, found["deepest"]
    samples = found["samples"]
    assert samples["link"].endswith(">https://evil.example/</a>"), samples
    assert 'class="mention" data-user-id="@a:b"' in samples["mention"], samples
    assert 'data-room-id="!abc:x" data-event-id="$ev"' in samples["room"], samples
    assert samples["reply"] == "yes", samples
    assert samples["spoiler"] == '<span class="spoiler" data-reason="why">x</span>', samples
    assert samples["code"] == '<pre><code class="language-py">a https://x.example b</code></pre>', samples
    assert ">https://x.example/a_b_c</a>." in samples["plain"], samples
    assert samples["image"] == ":-)", samples
    test.figures["inputs"] = len(CORPUS)


def story(test):
    """Two people sign up, one invites the other, and they say and do all there is."""
    amelie, basile = test.tab(test.profile()), test.tab(test.profile())
    names = {}
    for page, name in [(amelie, "Amélie"), (basile, "Basile")]:
        names[name] = f"{'amelie' if name == 'Amélie' else 'basile'}{time.time_ns()}"
        outcome = page.evaluate(
            "(account) => client.authentication.signUp(account)",
            {"username": names[name], "password": PASSWORD, "displayName": name})
        assert outcome == {"done": True}, outcome
        wait(page, "client.session.get().phase === 'ready'")
        test.keep_code(page)
    basile_id = basile.evaluate("client.session.get().userID")
    room = amelie.evaluate("client.rooms.create({ name: 'Revue de presse', access: 'private' })")
    wait(amelie, "(id) => client.rooms.sections.get().rooms.includes(id)", room)
    amelie.evaluate("([id, user]) => client.rooms.room(id).invite(user)", [room, basile_id])
    wait(basile, "(id) => client.rooms.sections.get().invites.includes(id)", room)
    invited = basile.evaluate("(id) => client.rooms.room(id).summary.get()", room)
    assert invited["name"] == {"kind": "own", "text": "Revue de presse"}, invited
    assert invited["invitation"]["by"]["name"] == "Amélie", invited
    basile.evaluate("(id) => client.rooms.join(id)", room)
    wait(basile, "(id) => client.rooms.sections.get().rooms.includes(id)", room)
    for page in (amelie, basile):
        test.look(page, room)
    wait(amelie, """timeline.state.get().items.some((item) =>
        item.content?.kind === "membership" && item.content.change === "joined" &&
        item.content.target.name === "Basile")""")

    start = time.monotonic()
    amelie.evaluate("(id) => client.rooms.room(id).sendText({ text: 'Bonjour **Basile**' })", room)
    wait(basile, """timeline.state.get().items.at(-1).content.html === "Bonjour <strong>Basile</strong>" """)
    test.figures["from one browser to the other, ms"] = round((time.monotonic() - start) * 1000)
    event = basile.evaluate("timeline.state.get().items.at(-1).eventID")

    basile.evaluate("(id) => client.rooms.room(id).setTyping(true)", room)
    wait(amelie, "(id) => client.rooms.room(id).summary.get().typing[0]?.name === 'Basile'", room)
    basile.evaluate("([id, event]) => client.rooms.room(id).markRead(event)", [room, event])
    wait(amelie, "timeline.state.get().items.at(-1).readBy[0]?.name === 'Basile'")
    basile.evaluate("([id, event]) => client.rooms.room(id).react(event, '👍')", [room, event])
    wait(amelie, "timeline.state.get().items.at(-1).reactions[0]?.count === 1")
    basile.evaluate("([id, replyTo]) => client.rooms.room(id).sendText({ text: 'Oui ?', replyTo })",
                    [room, event])
    wait(amelie, """timeline.state.get().items.at(-1).replyTo?.state === "ready" """)
    assert amelie.evaluate("timeline.state.get().items.at(-1).isHighlight"), "a reply mentions its author"
    wait(amelie, "(id) => client.rooms.room(id).summary.get().unreadCount > 0", room)
    amelie.evaluate("([id, event]) => client.rooms.room(id).edit(event, { text: 'Bonsoir' })", [room, event])
    wait(basile, """timeline.state.get().items.some((item) =>
        item.content?.body === "Bonsoir" && item.editedTS !== undefined)""")
    basile.evaluate("([id, event]) => client.rooms.room(id).unreact(event, '👍')", [room, event])
    wait(amelie, "timeline.state.get().items.every((item) => item.reactions?.length === 0)")

    amelie.evaluate("""async (id) => {
        const canvas = new OffscreenCanvas(320, 200);
        canvas.getContext("2d").fillRect(0, 0, 160, 200);
        const blob = await canvas.convertToBlob();
        await client.rooms.room(id).sendFile(new File([blob], "plan.png", { type: "image/png" }),
            { caption: "Le plan" });
    }""", room)
    wait(basile, """timeline.state.get().items.at(-1).content?.kind === "image" """)
    image = basile.evaluate("timeline.state.get().items.at(-1).content")
    assert (image["width"], image["height"], image["caption"]) == (320, 200, "Le plan"), image
    shown = basile.evaluate("""async (source) => {
        const store = client.media.url(source);
        await new Promise((done) => store.subscribe(() => store.get().state !== "loading" && done()));
        const picture = new Image();
        picture.src = store.get().url;
        await picture.decode();
        return [picture.naturalWidth, picture.naturalHeight];
    }""", image["source"])
    assert shown == [320, 200], shown

    amelie.evaluate("([id, event]) => client.rooms.room(id).redact(event)", [room, event])
    wait(basile, """timeline.state.get().items.some((item) => item.content?.kind === "redacted")""")
    basile.evaluate("(id) => client.rooms.room(id).members.subscribe(() => {})", room)
    wait(basile, "(id) => client.rooms.room(id).members.get().isComplete", room)
    members = basile.evaluate("(id) => client.rooms.room(id).members.get().members", room)
    assert [member["name"] for member in members] == ["Amélie", "Basile"], members
    basile.evaluate("client.authentication.signOut()")
    left = basile.evaluate("indexedDB.databases().then((all) => all.map(({ name }) => name))")
    assert left == ["chappe"], left


def sign_up(test, name):
    """A browser of somebody new, who keeps their recovery code: its page, the account's name, the code."""
    page = test.tab(test.profile())
    username = f"{name.lower()}{time.time_ns()}"
    outcome = page.evaluate("(account) => client.authentication.signUp(account)",
                            {"username": username, "password": PASSWORD, "displayName": name})
    assert outcome == {"done": True}, outcome
    return page, username, test.keep_code(page)


def another_browser(test, username):
    """A browser in which somebody signs in who has been here before; it is not confirmed yet."""
    page = test.tab(test.profile())
    page.evaluate("([name, password]) => client.authentication.signIn(name, password)", [username, PASSWORD])
    wait(page, "client.security.get()?.state.get().phase === 'locked'")
    return page


def said(pages, room, sender, text):
    """Says something in an encrypted room, and waits until everybody reads it."""
    sender.evaluate("([id, text]) => client.rooms.room(id).sendText({ text })", [room, text])
    for page in pages:
        wait(page, """(text) => timeline.state.get().items.some((item) =>
            item.content?.body === text && item.sending === undefined)""", text)


def reads_all(page, wanted):
    """Waits until all of it is read, going back as far as it takes."""
    for _ in range(20):
        try:
            wait(page, """(wanted) => {
                const all = timeline.state.get().items;
                const bodies = new Set(all.map((item) => item.content?.body));
                return wanted.every((text) => bodies.has(text)) &&
                    all.every((item) => item.content?.kind !== "unreadable");
            }""", wanted, seconds=3)
            return
        except AssertionError:
            page.evaluate("timeline.loadEarlier()")
    raise AssertionError([item.get("content") for item in page.evaluate("timeline.state.get().items")])


def several_devices(test):
    """In an encrypted room, a second browser reads everything by the code, a third by comparing, and a
    fourth by the code alone, when all others have gone.
    """
    amelie, amelie_name, code = sign_up(test, "Amelie")
    basile, _, _ = sign_up(test, "Basile")
    basile_id = basile.evaluate("client.session.get().userID")
    room = amelie.evaluate("(user) => client.rooms.create({ name: 'Secret', access: 'private', invite: [user] })",
                           basile_id)
    wait(basile, "(id) => client.rooms.sections.get().invites.includes(id)", room)
    basile.evaluate("(id) => client.rooms.join(id)", room)
    for page in (amelie, basile):
        test.look(page, room)
        wait(page, "(id) => client.rooms.room(id).summary.get()?.isEncrypted", room)
    wait(amelie, """timeline.state.get().items.some((item) => item.content?.change === "joined" &&
        item.content.target.name === "Basile")""")
    texts_said = []
    for turn in range(3):
        for page, name in ((amelie, "a"), (basile, "b")):
            texts_said.append(f"{name} {turn}")
            said((amelie, basile), room, page, texts_said[-1])
    amelie.evaluate("""async (id) => {
        const canvas = new OffscreenCanvas(700, 500);
        const context = canvas.getContext("2d");
        const noise = context.createImageData(700, 500);
        for (let at = 0; at < noise.data.length; at += 1) noise.data[at] = Math.random() * 256;
        context.putImageData(noise, 0, 0);
        const file = new File([await canvas.convertToBlob()], "plan.png", { type: "image/png" });
        await client.rooms.room(id).sendFile(file, { caption: "Le plan" });
    }""", room)

    second = another_browser(test, amelie_name)
    test.look(second, room)
    assert second.evaluate("client.security.get().openWith('EsTx 9999')") == {"done": False, "reason": "wrong"}
    start = time.monotonic()
    assert second.evaluate("(code) => client.security.get().openWith(code)", code) == {"done": True}
    reads_all(second, texts_said)
    test.figures["by the code, s"] = round(time.monotonic() - start, 1)
    wait(second, "client.security.get().state.get().phase === 'ready'")
    for page in (basile, second):
        wait(page, """timeline.state.get().items.some((item) => item.content?.kind === "image")""")
        size = page.evaluate("""async () => {
            const { source, thumbnail } = timeline.state.get().items
                .find((item) => item.content?.kind === "image").content;
            if (source.kind !== "encrypted" || thumbnail?.kind !== "encrypted") return [source, thumbnail];
            const sizes = [];
            for (const one of [source, thumbnail]) {
                const picture = await createImageBitmap(await client.media.blob(one));
                sizes.push(picture.width, picture.height);
            }
            return sizes;
        }""")
        assert size == [700, 500, 700, 500], size
    texts_said += ["from the second", "to the second"]
    said((amelie, basile, second), room, second, texts_said[-2])
    said((amelie, basile, second), room, basile, texts_said[-1])

    third = another_browser(test, amelie_name)
    test.look(third, room)
    wait(third, "client.security.get().state.get().canCompare")
    third.evaluate("client.security.get().compareWithDevices()")
    wait(amelie, "client.security.get().comparisons.get()[0]?.state.phase === 'asked'")
    amelie.evaluate("client.security.get().acceptComparison(client.security.get().comparisons.get()[0].id)")
    comparing = "client.security.get().comparisons.get()[0]?.state.phase === 'comparing'"
    shown = "client.security.get().comparisons.get()[0].state.emoji"
    for page in (amelie, third):
        wait(page, comparing)
    assert amelie.evaluate(shown) == third.evaluate(shown)
    for page in (amelie, third):
        page.evaluate("""client.security.get().answerComparison(
            client.security.get().comparisons.get()[0].id, true)""")
    for page in (amelie, third):
        wait(page, "client.security.get().comparisons.get()[0]?.state.phase === 'done'")
    wait(third, "client.security.get().state.get().phase === 'ready'")
    reads_all(third, texts_said)
    texts_said.append("to all three")
    said((amelie, basile, second, third), room, basile, texts_said[-1])

    for page in (amelie, second, third):
        wait(page, "client.security.get().backup.get().waiting === 0")
        page.evaluate("client.authentication.signOut()")
    texts_said.append("while she is away")
    said((basile,), room, basile, texts_said[-1])
    fourth = another_browser(test, amelie_name)
    assert fourth.evaluate("(code) => client.security.get().openWith(code)", code) == {"done": True}
    test.look(fourth, room)
    # What was said while none of her devices was there, none can ever read.
    wait(fourth, """(wanted) => {
        const bodies = timeline.state.get().items.map((item) => item.content?.body);
        return wanted.every((text) => bodies.includes(text));
    }""", texts_said[:-1])
    test.figures["messages"] = len(texts_said)


def three_tabs(test):
    """The leading tab is closed while it sends: the next takes over, nothing is lost or doubled."""
    person = Person(test.homeserver, "trois").register()
    room = person.ask("POST", "/v3/createRoom", {"name": "Onglets", **OPEN})["room_id"]
    context = test.profile()
    tabs = [test.tab(context) for _ in range(3)]
    test.sign_in(tabs[0], person)
    for tab in tabs[1:]:
        wait(tab, "client.session.get().phase === 'ready'")
    expected, takeovers = [], []
    for turn in range(4):
        leader, others = tabs[0], tabs[1:]
        for tab in tabs:
            test.look(tab, room)
        # Both the leader and another send; each keeps its own order.
        for sender, name in [(leader, "chef"), (others[0], "autre")]:
            bodies = [f"{name} {turn}.{index}" for index in range(15)]
            sender.evaluate("""([id, bodies]) =>
                Promise.all(bodies.map((text) => client.rooms.room(id).sendText({ text })))""",
                [room, bodies])
            expected.append(bodies)
        leader.close()
        # A call is answered by the next engine, as soon as there is one.
        takeovers.append(others[0].evaluate("""async (id) => {
            const start = performance.now();
            await client.rooms.room(id).findMembers("");
            return performance.now() - start;
        }""", room))
        wanted = expected[-2] + expected[-1]
        for tab in others:
            wait(tab, """(wanted) => {
                const said = timeline.state.get().items.filter((item) => wanted.includes(item.content?.body));
                return said.length >= wanted.length && said.every((item) => item.sending === undefined);
            }""", wanted)
            assert sorted(body for body in texts(tab) if body in wanted) == sorted(wanted), texts(tab)
        tabs = [*others, test.tab(context)]
    found = person.messages(room)
    for bodies in expected:
        assert [body for body in found if body in bodies] == bodies, (bodies, found)
    assert len(found) == sum(len(bodies) for bodies in expected), found
    assert max(takeovers) < 1000, takeovers
    test.figures["takeovers, ms"] = [round(ms) for ms in takeovers]
    test.figures["messages"] = len(found)


def a_stuck_engine(test):
    """An engine that is dead in its tab, but still has the lock, is replaced."""
    person = Person(test.homeserver, "muet").register()
    room = person.ask("POST", "/v3/createRoom", {"name": "Silence", **OPEN})["room_id"]
    context = test.profile()
    first, second = test.tab(context), test.tab(context)
    test.sign_in(first, person)
    wait(second, "client.session.get().phase === 'ready'")
    # Another window takes the lock by force, as one would from a tab that sleeps.
    second.evaluate("""navigator.locks.request("chappe host", { steal: true },
        () => new Promise((done) => setTimeout(done, 200)))""")
    second.evaluate("(id) => client.rooms.room(id).sendText({ text: 'encore là' })", room)
    test.look(second, room)
    wait(second, "timeline.state.get().items.at(-1).sending === undefined")
    assert person.messages(room) == ["encore là"]


def network_loss(test):
    """Without a network one reads and writes on; when it is back, all goes out by itself."""
    person = Person(test.homeserver, "reseau").register()
    room = person.ask("POST", "/v3/createRoom", {"name": "Tunnel", **OPEN})["room_id"]
    page = test.tab(test.profile())
    test.sign_in(page, person)
    test.look(page, room)
    test.proxy.stop()
    for text in ["un", "deux"]:
        page.evaluate("([id, text]) => client.rooms.room(id).sendText({ text })", [room, text])
    wait(page, "client.connection.get().status === 'offline'", seconds=60)
    assert texts(page) == ["un", "deux"]
    person.ask("PUT", f"/v3/rooms/{room}/send/m.room.message/x", {"msgtype": "m.text", "body": "dehors"})
    test.proxy.start()
    page.evaluate("client.authentication.retryNow()")
    took = wait(page, """timeline.state.get().items.filter((item) =>
        item.content?.kind === "text" && item.sending === undefined).length === 3""", seconds=40)
    wait(page, "client.connection.get().status === 'online'")
    test.figures["back after, s"] = round(took, 1)
    assert person.messages(room) == ["dehors", "un", "deux"], person.messages(room)


def a_killed_browser(test):
    """The browser is killed while it sends: what was shown as queued goes out at the next start."""
    person = Person(test.homeserver, "coupure").register()
    room = person.ask("POST", "/v3/createRoom", {"name": "Coupure", **OPEN})["room_id"]
    expected = []
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        for turn in range(4):
            context = test.browser.browser_type.launch_persistent_context(
                folder, executable_path="/usr/bin/chromium", args=["--no-sandbox"])
            page = context.new_page()
            page.goto(test.proxy.url)
            wait(page, "globalThis.client?.session.get().phase !== 'opening'")
            if turn == 0:
                test.sign_in(page, person)
            wait(page, "client.session.get().phase === 'ready'")
            test.look(page, room)
            wait(page, """timeline.state.get().items.every((item) => item.sending === undefined)""")
            if turn < 3:
                bodies = [f"{turn}.{index}" for index in range(12)]
                page.evaluate("""([id, bodies]) =>
                    Promise.all(bodies.map((text) => client.rooms.room(id).sendText({ text })))""",
                    [room, bodies])
                expected += bodies
                os.kill(browser_pid(folder), signal.SIGKILL)
                time.sleep(0.5)
            try:
                context.close()
            except Exception:  # noqa: BLE001 -- it is dead
                pass
    assert person.messages(room) == expected, person.messages(room)
    test.figures["messages"] = len(expected)


def browser_pid(folder):
    """The first process of the browser that uses this profile."""
    for entry in pathlib.Path("/proc").glob("[0-9]*/cmdline"):
        try:
            words = entry.read_bytes().split(b"\0")
        except OSError:
            continue
        mine = f"--user-data-dir={folder}".encode() in words
        if mine and not any(word.startswith(b"--type=") for word in words):
            return int(entry.parent.name)
    raise AssertionError("no such browser")


def start_time(test):
    """What is stored is there at once: before the server has said a word."""
    person = Person(test.homeserver, "depart").register()
    rooms = []
    for index in range(40):
        rooms.append(person.ask("POST", "/v3/createRoom", {"name": f"Salon {index}", **OPEN})["room_id"])
    for index in range(60):
        person.ask("PUT", f"/v3/rooms/{rooms[-1]}/send/m.room.message/{index}",
                   {"msgtype": "m.text", "body": f"message {index}"})
    context = test.profile()
    page = test.tab(context)
    start = time.monotonic()
    test.sign_in(page, person)
    test.figures["first sync of 40 rooms, ms"] = round((time.monotonic() - start) * 1000)
    page.close()
    times = []
    for _ in range(5):
        page = context.new_page()
        page.goto(test.proxy.url, wait_until="commit")
        wait(page, "globalThis.client?.session.get().phase === 'ready'")
        times.append(page.evaluate("""async (id) => {
            const timeline = client.rooms.room(id).openTimeline();
            await new Promise((done) => timeline.state.subscribe(() =>
                timeline.state.get().items.length >= 20 && done()));
            return performance.now();
        }""", rooms[-1]))
        page.close()
    test.figures["from navigation to messages, ms"] = [round(ms) for ms in times]
    assert sorted(times)[2] < 1000, times


def offline_shell(test):
    """The application itself opens without a network, and asks the service worker for nothing else."""
    proxy = Proxy(WEB / "dist", test.homeserver)
    page = test.profile().new_page()
    page.goto(proxy.url)
    wait(page, "navigator.serviceWorker.ready.then(() => true)")
    wait(page, "navigator.serviceWorker.controller !== null")
    drawn = "document.querySelector('#app').childElementCount > 0"
    wait(page, drawn)
    kept = page.evaluate("""caches.keys().then((names) => Promise.all(names.map((name) =>
        caches.open(name).then((cache) => cache.keys()))))
        .then((all) => all.flat().map(({ url }) => new URL(url).pathname))""")
    assert "/index.html" in kept and not any(path.startswith("/_matrix") for path in kept), kept
    proxy.stop()
    page.goto(proxy.url)
    wait(page, drawn)
    test.figures["files"] = len(kept)


TESTS = [offline_shell, databases, encryption, hostile_html, story, several_devices, three_tabs, a_stuck_engine, network_loss,
         a_killed_browser, start_time]


# Debian's Firefox cannot be driven with a profile that lasts.
CHROMIUM_ONLY = [a_killed_browser]


def launch(playwright, name):
    if name == "chromium":
        return playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
    # The only way that Debian's Firefox can be driven, with Playwright 1.60.
    return playwright.firefox.launch(channel="moz-firefox", executable_path="/usr/bin/firefox-esr")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--homeserver", default="http://127.0.0.1:8008")
    parser.add_argument("--browsers", default="chromium,firefox")
    parser.add_argument("--only", default="")
    options = parser.parse_args()
    passed = failed = 0
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        subprocess.run(["node", str(WEB / "tests/build.mjs"), folder], check=True)
        proxy = Proxy(folder, options.homeserver)
        for name in options.browsers.split(","):
            browser = launch(playwright, name)
            for run in TESTS:
                if options.only not in run.__name__ or (name != "chromium" and run in CHROMIUM_ONLY):
                    continue
                test = Test(browser, proxy, options.homeserver)
                try:
                    run(test)
                    test.close()
                    passed += 1
                    print(f"ok      {name}: {run.__doc__} {test.figures or ''}", flush=True)
                except Exception as error:  # noqa: BLE001 -- each test is told by itself
                    failed += 1
                    print(f"FAILED  {name}: {run.__doc__}\n        {error} {test.errors}", flush=True)
            browser.close()
        proxy.stop()
    print(f"{passed} passed, {failed} failed")
    sys.exit(failed > 0)


if __name__ == "__main__":
    main()
