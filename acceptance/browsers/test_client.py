"""The client alone: tabs, keyboard, small screens, accessibility, what others send."""

import re
import secrets
import time

import pytest
from axe_playwright_python.sync_playwright import Axe
from harness.browsers import PHONE, new_page
from pages import Messenger
from playwright.sync_api import expect

pytestmark = [pytest.mark.timeout(180), pytest.mark.ours]


@pytest.fixture
def salon():
    return f"Salon {secrets.token_hex(3)}"


def axe(page):
    """What the accessibility checker finds on a page, shortly."""
    # What is still fading in has not its colours yet.
    page.evaluate("""() => Promise.all(document.getAnimations()
        .filter((a) => a.effect?.getComputedTiming().iterations !== Infinity)
        .map((a) => a.finished.catch(() => undefined)))""")
    found = Axe().run(page).response["violations"]
    return [f"{v['id']}: {v['help']} ({v['nodes'][0]['html'][:120]}) "
            f"{v['nodes'][0].get('failureSummary', '')[:300]}" for v in found]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_violation(chromium, new_member, someone, salon, scheme):
    """No screen has anything that the accessibility checker objects to, by day or by night."""
    stranger = someone(chromium, "Personne", color_scheme=scheme)
    expect(stranger.button("login.do")).to_be_visible()
    found = {"login": axe(stranger.page)}
    person = new_member(chromium, "Amélie Poulain", color_scheme=scheme)
    found["start"] = axe(person.page)
    person.create_public_room(salon, "Un sujet")
    person.composer.fill("Bonjour à **tous**, voyez https://example.org")
    person.composer.press("Enter")
    person.sees_sent("Bonjour à tous")
    found["room"] = axe(person.page)
    person.message("Bonjour à tous").hover()
    found["tools"] = axe(person.page)
    person.open_directory()
    person.field("directory.search").fill(salon)
    expect(person.button("directory.openNamed", name=salon)).to_be_visible()
    found["directory"] = axe(person.page)
    person.page.keyboard.press("Control+Shift+F")
    person.field("search.inAll").fill("bonjour")
    expect(person.page.locator("mark", has_text="Bonjour")).to_be_visible()
    found["search"] = axe(person.page)
    person.button("rooms.addRoom").click()
    found["menu"] = axe(person.page)
    person.menu_item("rooms.create").click()
    expect(person.dialog("rooms.create")).to_be_visible()
    found["create"] = axe(person.page)
    assert {k: v for k, v in found.items() if v} == {}


def test_small_screen(chromium, new_member, salon):
    """At 360 pixels nothing is cut off, and one gets everywhere."""
    person = new_member(chromium, "Amélie Poulain", viewport=PHONE, has_touch=True, is_mobile=True)

    def fits():
        return person.page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    assert fits()
    person.create_public_room(salon, "Un sujet")
    assert fits()
    person.say("Un mot très long : " + "anticonstitutionnellement" * 8)
    assert fits()
    person.button("common.back").first.click()
    expect(person.room_link(salon)).to_be_visible()
    person.open_directory()
    assert fits()


def test_keyboard_alone(chromium, client, someone):
    """One signs in, finds a room and writes without a pointer."""
    name = f"clavier{secrets.token_hex(2)}"
    user = client.register(name, password="mot de passe au clavier")
    salon = f"Salon {name}"
    user.public_room(name=salon)
    person = someone(chromium, "Amélie")
    press = person.page.keyboard.press

    def tab_to(predicate, limit=60):
        for _ in range(limit):
            press("Tab")
            if person.page.evaluate(f"(() => {{ const e = document.activeElement; return {predicate}; }})()"):
                # Where one is must be seen.
                assert person.page.evaluate("document.activeElement.matches(':focus-visible')")
                return
        raise AssertionError(f"the Tab key does not lead to {predicate}")
    expect(person.button("login.do")).to_be_visible()
    tab_to("e.autocomplete === 'username'")
    person.page.keyboard.type(name)
    tab_to("e.autocomplete === 'current-password'")
    person.page.keyboard.type("mot de passe au clavier")
    press("Enter")
    person.keep_code()
    expect(person.rooms).to_be_visible()
    expect(person.room_link(salon)).to_be_visible()
    tab_to("e.closest('nav#rooms') && e.matches('a')")
    press("Enter")
    expect(person.composer).to_be_visible()
    tab_to("e.matches('.composer textarea')")
    person.page.keyboard.type("Écrit au clavier")
    press("Enter")
    person.sees_sent("Écrit au clavier")


def test_three_tabs(chromium, client, someone):
    """One tab leads; when it goes while it sends, another takes over, and nothing is lost or doubled."""
    name = f"onglets{secrets.token_hex(2)}"
    user = client.register(name, password="mot de passe des onglets")
    salon = f"Salon {name}"
    room = user.public_room(name=salon)
    first = someone(chromium, "Amélie").sign_in(name, "mot de passe des onglets")
    context = first.page.context
    tabs = [first] + [Messenger(context.new_page(), client.url, f"onglet {i}").open() for i in (2, 3)]
    for tab in tabs:
        tab.open_room(salon)
    # Messages from one tab show in all.
    tabs[2].say("Du troisième onglet")
    for tab in tabs:
        tab.sees("Du troisième onglet")
    texts = [f"message {i}" for i in range(10)]
    for text in texts:
        tabs[1].say(text)
    # Whichever tab leads: the first came first.
    first.page.close()
    begin = time.monotonic()
    tabs[1].say("après la fermeture")
    tabs[1].sees_sent("après la fermeture")
    took = time.monotonic() - begin
    tabs[2].sees("après la fermeture")
    sent = [e["content"]["body"] for e in user.history(room)[::-1] if e["type"] == "m.room.message"]
    assert sent == ["Du troisième onglet", *texts, "après la fermeture"]
    assert took < 5, f"another tab took over after {took:.1f} s"


def test_offline(chromium, client, new_member, salon):
    """What is written without a network waits, is shown as waiting, and goes when there is one again."""
    person = new_member(chromium, "Amélie Poulain")
    person.create_public_room(salon, "Un sujet")
    person.page.context.set_offline(True)
    person.say("Écrit hors ligne")
    person.page.context.set_offline(False)
    person.sees_sent("Écrit hors ligne")


def test_reload(chromium, new_member, salon):
    """After a reload one is where one was, with what one had read."""
    person = new_member(chromium, "Amélie Poulain")
    person.create_public_room(salon, "Un sujet")
    person.say("Avant le rechargement")
    person.sees_sent("Avant le rechargement")
    person.page.reload()
    person.sees("Avant le rechargement")
    expect(person.composer).to_be_visible()


# Each of these once ran a script in some client (H1, H2).
HOSTILE = [
    {"formatted_body": "<img src=x onerror=\"document.title='percé'\">"},
    {"formatted_body": "<script>document.title='percé'</script>"},
    {"formatted_body": "<a href=\"javascript:document.title='percé'\" id=piege>lien</a>"},
    {"formatted_body": "<svg><script>document.title='percé'</script></svg><svg onload=\"document.title='percé'\">"},
    {"formatted_body": "<math><mtext><table><mglyph><style><img src=x onerror=\"document.title='percé'\">"},
    {"formatted_body": "<iframe srcdoc=\"<script>parent.document.title='percé'</script>\"></iframe>"},
    {"formatted_body": "<style>*{display:none}</style><p style=\"position:fixed;inset:0\">x</p>"},
    {"formatted_body": "<form action=https://elsewhere.example><input name=a></form>"},
    {"formatted_body": "<div>" * 3_000},
    {"formatted_body": 5}, {"formatted_body": {}}, {"body": 5}, {"body": {"a": 1}}, {"body": None}, {"msgtype": 5},
    {"msgtype": "m.image", "url": "javascript:alert(1)"}, {"msgtype": "m.image", "url": 5, "info": "x"},
    {"msgtype": "m.image", "url": "mxc://a/../../b", "info": {"w": -1, "h": 1e6}},
    {"m.relates_to": 5}, {"m.relates_to": {"rel_type": "m.replace", "event_id": "$x"}, "m.new_content": 7},
    {"m.mentions": "x"}, {"__proto__": {"polluted": True}, "constructor": {"prototype": {"polluted": True}}},
]


def test_what_others_send(chromium, client, new_member, salon):
    """No message runs a script, breaks the page or hides what comes after it."""
    person = new_member(chromium, "Amélie Poulain")
    person.create_public_room(salon, "Un sujet")
    basile = client.register(f"hostile{secrets.token_hex(3)}")
    room = basile.post("/v3/publicRooms", body={"filter": {"generic_search_term": salon}}).ok()["chunk"][0]["room_id"]
    basile.join(room)
    sent = 0
    for content in HOSTILE:
        sent += basile.try_send(room, {"msgtype": "m.text", "body": "hostile", "format": "org.matrix.custom.html",
                                       **content}).status == 200
    assert sent > 10
    for field in ("name", "topic"):
        basile.try_set_state(room, f"m.room.{field}", {field: "<img src=x onerror=\"document.title='percé'\">"})
    basile.put("/v3/profile/{}/displayname", basile.user_id, body={
        "displayname": "\u202e<img src=x onerror=\"document.title='percé'\">"})
    basile.send(room, "Après tout cela")
    person.sees("Après tout cela")
    assert person.page.title() != "percé"
    assert person.page.evaluate("({}).polluted") is None
    assert person.page.evaluate("document.querySelectorAll('.timeline script, .timeline iframe, .timeline style, .timeline form').length") == 0
    links = person.page.evaluate("[...document.querySelectorAll('.timeline a')].map(a => a.getAttribute('href'))")
    assert not [href for href in links if href and re.match(r"\s*javascript:", href, re.I)]
    person.say("Et je réponds")
    person.sees_sent("Et je réponds")
    person.page.reload()
    person.sees("Et je réponds")
    assert person.page.title() != "percé"


@pytest.mark.parametrize("browser_name", ["chromium", "firefox"])
def test_old_browser(request, client, browser_name, someone):
    """Without what the floor of browsers lacks, the client works (or says what it needs)."""
    name = f"ancien{secrets.token_hex(2)}"
    user = client.register(name, password="mot de passe ancien")
    user.public_room(name=f"Salon {name}")
    page = new_page(request.getfixturevalue(browser_name))
    page.add_init_script("""
        for (const name of ["Temporal", "trustedTypes", "Sanitizer", "cookieStore"]) delete globalThis[name];
        delete Element.prototype.setHTML; delete Element.prototype.setHTMLUnsafe;
        delete Uint8Array.prototype.toBase64; delete Uint8Array.fromBase64;
        delete Document.prototype.startViewTransition;""")
    person = someone(None, "Amélie", page=page).sign_in(name, "mot de passe ancien")
    person.open_room(f"Salon {name}")
    person.say("Depuis un ancien navigateur")
    person.sees_sent("Depuis un ancien navigateur")


def test_token_stays_here(chromium, client, new_member, salon):
    """The token goes to the server alone, and never into an address (H5)."""
    asked = []
    page = new_page(chromium)
    page.on("request", lambda r: asked.append((r.url, r.headers)))
    person = new_member(None, "Amélie Poulain", page=page)
    person.create_public_room(salon, "Un sujet")
    person.say("Bonjour")
    person.sees_sent("Bonjour")
    assert asked
    strangers = [url for url, _ in asked if not url.startswith((client.url + "/", "data:", "blob:"))]
    assert strangers == []
    assert not [url for url, _ in asked if "access_token" in url]


def test_headers(client):
    """The page may load nothing but its own, and be framed by nobody."""
    answer = client.get("/")
    assert answer.status == 200
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy or "default-src 'self'" in policy and "object-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy and "base-uri 'none'" in policy
    assert "unsafe-inline" not in policy and "unsafe-eval" not in policy
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
