#!/usr/bin/env python3
"""Tests of the screens in a browser, on sample data: nothing else is needed.

    tests/screens.py [--all] [--browser firefox] [--only WORD] [--pictures FOLDER]

Each screen is drawn small and light, and large and dark; with --all, at three widths in both. None
may have a finding of axe, an error in the console, or something that sticks out at its side. Then
come stories: what the keyboard does, where the reader's place stays, what a keystroke costs.

Prints one line for each test, the figures that were measured, and `N passed, N failed`.
"""
import argparse
import functools
import pathlib
import re
import socket
import subprocess
import sys
import tempfile
import traceback

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect, sync_playwright

WEB = pathlib.Path(__file__).resolve().parent.parent
ROOM = "#/salon/!presse%3Aculture.example"
HEIGHTS = {360: 740, 768: 1024, 1440: 900}
BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
ACTIVE = "document.activeElement.getAttribute('aria-label') ?? document.activeElement.id"


# The screens, and what is done to get there.

def tools(page):
    row = page.locator("[data-row$='-389']")
    row.scroll_into_view_if_needed()
    row.hover()


def more(page):
    tools(page)
    page.get_by_role("button", name="Autres actions").click()


def reply(page):
    page.locator("[data-row$='-399']").focus()
    page.keyboard.press("r")
    page.locator("textarea").fill("**Oui**, c’est fait.\n- un\n- deux")


def failed(page):
    page.locator("textarea").fill("Ceci est un échec")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Renvoyer").wait_for()


def mention(page):
    page.locator("textarea").press_sequentially("Bonjour @bas")
    page.get_by_role("option").first.wait_for()


def emoji(page):
    page.get_by_role("button", name="Ajouter un émoji").click()
    page.get_by_role("button", name="Visages").click()


def files(page):
    page.set_input_files("input[type=file]", [
        {"name": "Note de service.pdf", "mimeType": "application/pdf", "buffer": b"x" * 123456}])


def people(page):
    page.get_by_role("searchbox", name="Rechercher une personne").fill("ma")
    page.get_by_role("button", name="Écrire à Basile").wait_for()


def search(text):
    def act(page):
        page.get_by_role("searchbox", name="Rechercher dans").fill(text)
        page.locator(".found, .note-problem, .empty-title").first.wait_for()
        page.wait_for_timeout(700)
    return act


def press(role, name):
    return lambda page: page.get_by_role(role, name=name).first.click()


def sheet(page):
    page.locator("[data-row$='-398']").dispatch_event(
        "pointerdown", {"pointerType": "touch", "clientX": 100, "clientY": 300})
    page.locator(".sheet").wait_for()


def shortcuts(page):
    page.locator("#main").focus()
    page.keyboard.press("?")


def shown_code(page):
    page.get_by_role("button", name="Imprimer").wait_for()


def code_check(page):
    page.evaluate("window.print = () => {}")
    page.get_by_role("button", name="Imprimer").click()
    page.get_by_role("button", name="Continuer").click()
    page.get_by_label("Groupe n°").fill("abcd")
    page.get_by_role("button", name="Vérifier").click()


def typed(text):
    return lambda page: page.get_by_label("Code de récupération").fill(text)


def code_of(fill):
    """The codes of the sample account: 2 is the present one, 1 the one before."""
    body = bytes([0x8b, 1]) + bytes(at * 7 + fill & 255 for at in range(32))
    number = int.from_bytes(body + bytes([functools.reduce(lambda a, b: a ^ b, body)]))
    digits = ""
    while number:
        number, digit = divmod(number, 58)
        digits = BASE58[digit] + digits
    return digits


def older_code(page):
    typed(code_of(1))(page)
    page.keyboard.press("Enter")
    page.get_by_text("Il a été remplacé").wait_for()


SCREENS = {
    "home": ("", "", None),
    "a room": ("", ROOM, None),
    "a room, further up": ("", ROOM, lambda page: page.locator(".reversed").evaluate(
        "list => list.scrollTop = -600")),
    "the verbs of a message": ("", ROOM, tools),
    "the menu of a message": ("", ROOM, more),
    "the sheet of a message": ("", ROOM, sheet),
    "a reply being written": ("", ROOM, reply),
    "a message that could not be sent": ("", ROOM, failed),
    "a mention being completed": ("", ROOM, mention),
    "the emoji": ("", ROOM, emoji),
    "files about to be sent": ("", ROOM, files),
    "a picture, large": ("", ROOM, lambda page: page.locator(".picture").last.click()),
    "members": ("", ROOM + "/membres", None),
    "a person": ("", ROOM + "/membres/%40basile.martin%3Aculture.example", None),
    "room settings": ("", ROOM + "/parametres", None),
    "an encrypted room": ("", "#/salon/!coffre%3Aculture.example", None),
    "a code to be kept": ("security=new", "", shown_code),
    "a code to be checked": ("security=new", "", code_check),
    "a code for a new device": ("security=locked", "", None),
    "a code being typed wrongly": ("security=locked", "", typed("Es O")),
    "an older code": ("security=locked", "", older_code),
    "a lost code": ("security=locked", "", press("button", "J’ai perdu mon code")),
    "a device not confirmed yet": ("security=locked", ROOM, press("button", "Plus tard")),
    "a device that asks": ("security=asked", "", None),
    "pictures to compare": ("security=comparing", "", None),
    "numbers to compare": ("security=comparing", "", press("button", "Comparer plutôt des nombres")),
    "somebody whose identity changed": ("security=changed", "#/salon/!coffre%3Aculture.example", None),
    "a person whose identity changed": (
        "security=changed", ROOM + "/membres/%40basile.martin%3Aculture.example", None),
    "signing out too early": ("security=behind", "#/parametres", press("button", "Se déconnecter")),
    "a direct message": ("", "#/salon/!basile%3Aculture.example", None),
    "an invitation": ("", "#/salon/!invitation%3Aculture.example", None),
    "a room one is not in": ("", "#/salon/!ailleurs%3Aculture.example", None),
    "public rooms": ("", "#/repertoire", lambda page: page.get_by_role(
        "button", name="Rejoindre").first.wait_for()),
    "people": ("", "#/annuaire", people),
    "a search": ("", "#/recherche", None),
    "messages found": ("", "#/recherche", search("dossi reunion")),
    "messages found everywhere": ("", "#/recherche", search("merci")),
    "no message found": ("", "#/recherche", search("introuvable")),
    "a search that fails": ("", "#/recherche", search("panne")),
    "messages found in a room": ("", ROOM + "/recherche", search("accessib")),
    "a search where none can be": ("", "#/salon/!coffre%3Aculture.example/recherche", None),
    "a list filtered by words": ("", "", lambda page: page.get_by_role(
        "searchbox", name="Filtrer les conversations").fill("presse")),
    "settings": ("", "#/parametres", None),
    "a new room": ("", "#/repertoire", press("button", "Créer un salon")),
    "going to a conversation": ("", ROOM, lambda page: page.keyboard.press("Control+k")),
    "shortcuts": ("", "#/parametres", shortcuts),
    "no connection": ("offline", ROOM, None),
    "signing in, with mistakes": ("signed-out", "", press("button", "Se connecter")),
    "signing up, with mistakes": ("signed-out", "#/inscription", press("button", "Créer mon compte")),
}


class Preview:
    """The views on sample data, in a browser of their own."""

    def __init__(self, browser, url, pictures):
        self.browser, self.url, self.pictures = browser, url, pictures

    def open(self, query="", fragment="", width=1440, theme="light"):
        context = self.browser.new_context(
            viewport={"width": width, "height": HEIGHTS[width]}, color_scheme=theme,
            locale="fr-FR", timezone_id="Europe/Paris", reduced_motion="reduce")
        page = context.new_page()
        page.problems = []
        page.on("console", lambda said: said.type in ("error", "warning")
                and page.problems.append(said.text))
        page.on("pageerror", lambda error: page.problems.append(str(error)))
        page.goto(f"{self.url}?{query}{fragment}")
        page.locator("main, .shell").first.wait_for()
        page.wait_for_timeout(250)
        return page

    def screen(self, name, width, theme):
        query, fragment, act = SCREENS[name]
        page = self.open(query, fragment, width, theme)
        try:
            if act:
                act(page)
            page.wait_for_timeout(350)
            if self.pictures:
                page.screenshot(path=self.pictures / f"{name} {width} {theme}.png")
            found = [f"{one['id']}: {one['nodes'][0]['html'][:120]}"
                     for one in Axe().run(page).response["violations"]]
            assert not found, found
            assert not page.problems, page.problems
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), "too wide"
        finally:
            page.context.close()


# Stories.

def is_chromium(page):
    """Firefox, as it is driven here, tells of no download and does not print."""
    return page.context.browser.browser_type.name == "chromium"


def keyboard_alone(preview):
    """A conversation is found, written in, answered and left by the keyboard alone."""
    page = preview.open()
    for _ in range(6):
        page.keyboard.press("Tab")
    page.locator(".room-link").first.focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    composer = page.get_by_role("textbox", name="Écrire dans")
    expect(composer).to_be_focused()
    page.keyboard.type("Bonjour")
    page.keyboard.press("Shift+Enter")
    page.keyboard.type("à tous")
    page.keyboard.press("Enter")
    expect(composer).to_have_value("")
    expect(page.locator("[data-row]").filter(has_text="à tous").first).to_be_visible()
    page.wait_for_timeout(600)
    page.keyboard.press("ArrowUp")
    expect(composer).to_have_value("Bonjour\nà tous")
    page.keyboard.press("Escape")
    expect(composer).to_have_value("")
    page.locator(".reversed").focus()
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("r")
    expect(composer).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator(".composer-banner")).to_have_count(0)
    return page


def enter_is_not_a_line(preview):
    """An Enter that presses something does not go on into the text that gets the focus."""
    page = preview.open(fragment=ROOM)
    composer = page.locator("textarea")
    page.get_by_role("button", name="Ajouter un émoji").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("searchbox", name="Rechercher un émoji")).to_be_focused()
    page.keyboard.type("coeur rouge")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(composer).to_be_focused()
    expect(composer).to_have_value("❤️")
    page.keyboard.press("Control+k")
    page.keyboard.type("chlo")
    page.keyboard.press("Enter")
    expect(page.get_by_role("textbox", name="Écrire à")).to_be_focused()
    expect(composer).to_have_value("")
    return page


def back_button(preview):
    """The browser's back button goes back through rooms and panels, and titles follow."""
    page = preview.open(width=360)
    page.get_by_role("link", name="Revue de presse").click()
    expect(page).to_have_title(re.compile(r"^(\(\d+\) )?Revue de presse – Chappe$"))
    page.get_by_role("button", name="Membres").click()
    page.get_by_role("link", name="Basile Martin").click()
    expect(page.get_by_role("heading", name="Profil")).to_be_focused()
    page.evaluate("history.back()")
    expect(page.get_by_role("heading", name="Membres", exact=True)).to_be_visible()
    page.evaluate("history.back()")
    expect(page.get_by_role("textbox", name="Écrire dans")).to_be_visible()
    page.evaluate("history.back()")
    expect(page.get_by_role("searchbox", name="Filtrer les conversations")).to_be_visible()
    return page


def messages_searched(preview):
    """By the keyboard alone, a message is found, gone to, and come back from."""
    page = preview.open(fragment=ROOM)
    expect(page.get_by_role("textbox", name="Écrire dans")).to_be_focused()
    page.keyboard.press("Control+Shift+F")
    field = page.get_by_role("searchbox", name="Rechercher dans cette conversation")
    expect(field).to_be_focused()
    page.keyboard.type("accessibilite")
    expect(page.locator(".found").first).to_be_visible()
    expect(page.locator(".found mark").first).to_have_text("accessibilité")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("End")
    # More comes by itself.
    expect(page.locator(".found").nth(20)).to_be_attached()
    page.keyboard.press("End")
    page.keyboard.press("Enter")
    lit = page.locator(".row-lit")
    expect(lit).to_be_in_viewport()
    assert "$" + lit.get_attribute("data-row") in page.evaluate("decodeURIComponent(location.hash)")
    expect(page.locator(".found:focus")).to_have_count(1)
    page.keyboard.press("Home")
    page.keyboard.press("ArrowUp")
    expect(field).to_be_focused()
    page.keyboard.press("Escape")
    expect(field).to_have_value("")
    page.keyboard.press("Escape")
    expect(field).to_have_count(0)
    page.get_by_role("button", name="Aller aux derniers messages").press("Enter")
    expect(page.locator("[data-row$='-399']")).to_be_in_viewport()
    # Everywhere, and back to where one was in what was found.
    page.keyboard.press("Control+k")
    page.keyboard.type("merci")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    expect(page.get_by_role("searchbox", name="Rechercher dans tous")).to_be_focused()
    expect(page.locator(".found-room").first).to_be_visible()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    second = page.locator(".found:focus").get_attribute("href")
    page.keyboard.press("Enter")
    expect(page.locator(".row-lit")).to_be_in_viewport()
    page.evaluate("history.back()")
    expect(page.locator(".found:focus")).to_have_attribute("href", second)
    return page


def search_over_messages(preview):
    """On a small screen a message that was found takes the place of the search; back leads to it."""
    page = preview.open(fragment=ROOM, width=360)
    page.get_by_role("button", name="Options de la conversation").click()
    page.get_by_role("menuitem", name="Rechercher des messages").click()
    page.get_by_role("searchbox", name="Rechercher dans").fill("bonjour")
    page.locator(".found").nth(3).click()
    expect(page.locator(".row-lit")).to_be_in_viewport()
    expect(page.get_by_role("searchbox", name="Rechercher dans")).to_have_count(0)
    page.evaluate("history.back()")
    expect(page.locator(".found").nth(3)).to_be_focused()
    return page


def failed_search(preview):
    """A search that fails says so, and can be tried again; other words end it."""
    page = preview.open(fragment="#/recherche")
    field = page.get_by_role("searchbox", name="Rechercher dans")
    field.fill("panne")
    expect(page.get_by_role("alert")).to_be_visible()
    page.get_by_role("button", name="Réessayer").click()
    expect(page.get_by_role("alert")).to_be_visible()
    field.fill("merci")
    expect(page.locator(".found").first).to_be_visible()
    expect(page.get_by_role("alert")).to_have_count(0)
    return page


def held_place(preview):
    """What is being read stays where it is when older and newer messages come in."""
    page = preview.open("messages=600", ROOM)
    page.locator(".reversed").evaluate("list => list.scrollTop = -2600")
    page.wait_for_timeout(900)
    key, top = page.evaluate(
        "(row => [row.dataset.row, row.getBoundingClientRect().top])"
        "(document.elementFromPoint(900, 400).closest('[data-row]'))")
    page.locator("textarea").fill("Un nouveau message")
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Aller aux derniers messages, 1 nouveau")).to_be_visible()
    now = page.locator(f"[data-row='{key}']").evaluate("row => row.getBoundingClientRect().top")
    assert abs(now - top) < 2, f"moved by {now - top}"
    page.get_by_role("button", name="Aller aux derniers messages").click()
    expect(page.locator("[data-row]").filter(has_text="Bien reçu.").last).to_be_visible()
    return page


def steady_scrolling(preview):
    """Scrolling through what was never measured moves by what was scrolled, and leaves no hole."""
    page = preview.open("messages=1500&page=1500", ROOM)
    moved, holes = page.evaluate("""async () => {
        const list = document.querySelector('.reversed');
        const start = list.scrollTop;
        let holes = 0;
        for (let step = 0; step < 60; step++) {
            list.scrollTop -= 350;
            await new Promise(requestAnimationFrame);
            await new Promise((done) => setTimeout(done, 0));
            if (!document.elementFromPoint(900, 400).closest('[data-row]')) holes++;
        }
        return [start - list.scrollTop, holes];
    }""")
    assert holes == 0, f"{holes} holes"
    assert abs(moved - 21_000) < 2_500, moved
    return page


def many_messages(preview):
    """In a room of 10,000 messages a keystroke is cheap, and few rows are in the page."""
    page = preview.open("messages=10000&page=10000&rooms=300", ROOM)
    page.locator("textarea").wait_for()
    page.wait_for_timeout(1500)
    rows = page.locator("[data-row]").count()
    assert rows < 120, rows
    # What a keystroke costs this thread: script, style and layout, up to the paint.
    cost = page.evaluate("""() => {
        const area = document.querySelector('textarea');
        const set = Object.getOwnPropertyDescriptor(HTMLTextAreaElement.prototype, 'value').set;
        const costs = [];
        for (let count = 0; count < 60; count++) {
            const start = performance.now();
            set.call(area, area.value + 'é');
            area.dispatchEvent(new Event('input', { bubbles: true }));
            area.getBoundingClientRect();
            costs.push(performance.now() - start);
        }
        return costs.sort((one, other) => one - other);
    }""")
    page.evaluate("""() => {
        window.paints = [];
        document.querySelector('textarea').addEventListener('keydown', ({ timeStamp }) => {
            requestAnimationFrame(() => {
                const { port1, port2 } = new MessageChannel();
                port1.onmessage = () => window.paints.push(performance.now() - timeStamp);
                port2.postMessage(0);
            });
        }, true);
    }""")
    page.locator("textarea").fill("")
    for letter in "Bonjour, voici de quoi mesurer la frappe.":
        page.keyboard.press("Space" if letter == " " else letter)
        page.wait_for_timeout(20)
    paints = sorted(page.evaluate("window.paints"))
    print(f"    keystroke: {cost[30]:.2f} ms of this thread (p50), {cost[57]:.2f} ms (p95);"
          f" key to paint with the wait for the frame: {paints[len(paints) // 2]:.1f} ms (p50);"
          f" {rows} rows in the page")
    assert cost[57] <= 16, cost[57]
    return page


def narrow_and_large_text(preview):
    """With text at 200 % a large screen shows one pane, and nothing sticks out."""
    page = preview.open(fragment=ROOM)
    if not is_chromium(page):
        return page
    page.context.new_cdp_session(page).send("Page.setFontSizes", {"fontSizes": {"standard": 32}})
    page.reload()
    page.locator("textarea").wait_for()
    assert page.evaluate("getComputedStyle(document.documentElement).fontSize") == "32px"
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    return page


def code_kept(preview):
    """A new account gets its code, cannot go on before it is kept, and shows that it is."""
    page = preview.open("security=new")
    page.evaluate("window.print = () => {}")
    page.get_by_role("button", name="Continuer").click()
    expect(page.get_by_role("alert")).to_contain_text("avant de continuer")
    save = page.get_by_role("button", name="Enregistrer")
    if is_chromium(page):
        with page.expect_download() as download:
            save.click()
        saved = pathlib.Path(download.value.path()).read_text("utf-8")
        assert " ".join(re.findall(".{4}", code_of(2))) in saved, saved
    else:
        page.get_by_role("button", name="Imprimer").click()
    page.get_by_role("button", name="Continuer").click()
    field = page.get_by_label("Groupe n°")
    expect(field).to_be_focused()
    place = int(re.search(r"\d+", field.evaluate("field => field.labels[0].textContent"))[0])
    page.keyboard.type(code_of(2)[place * 4 - 4:place * 4])
    page.keyboard.press("Enter")
    expect(page.get_by_role("searchbox", name="Filtrer les conversations")).to_be_visible()
    return page


def printed_sheet(preview):
    """The printed sheet holds the code and its squares, and nothing else of the page."""
    page = preview.open("security=new", theme="dark")
    page.get_by_role("button", name="Imprimer").wait_for()
    if not is_chromium(page):
        return page
    page.emulate_media(media="print")
    assert page.locator("#app").is_hidden()
    sheet = page.locator(".code-sheet")
    assert "".join(sheet.locator(".code-group").all_text_contents()) == code_of(2)
    assert sheet.locator(".qr").is_visible()
    assert sheet.evaluate("sheet => getComputedStyle(sheet).color") == "rgb(0, 0, 0)"
    return page


def code_typed(preview):
    """On a new device the code is typed by the keyboard alone, with its faults told as they come."""
    page = preview.open("security=locked")
    field = page.get_by_label("Code de récupération")
    expect(field).to_be_focused()
    page.keyboard.type("EsO")
    expect(page.get_by_text("caractère n°\u00a03")).to_be_visible()
    page.keyboard.press("Backspace")
    page.keyboard.type(code_of(2)[2:] + "z")
    expect(page.get_by_text("1 caractère de trop")).to_be_visible()
    page.keyboard.press("Backspace")
    expect(page.get_by_text("Le code est complet.")).to_be_visible()
    page.keyboard.press("Enter")
    expect(page.get_by_role("searchbox", name="Filtrer les conversations")).to_be_visible()
    return page


def pictures_compared(preview):
    """On a new device, comparing pictures with another one does as well."""
    page = preview.open("security=locked")
    page.get_by_role("button", name="Comparer avec un autre appareil").press("Enter")
    expect(page.get_by_role("heading", name="Demande envoyée")).to_be_visible()
    expect(page.get_by_text("Chien")).to_be_visible()
    assert page.locator(".comparison-picture").count() == 7
    page.get_by_role("button", name="Ce sont les mêmes").press("Enter")
    expect(page.get_by_text("Les deux appareils se font confiance.")).to_be_visible()
    page.get_by_role("button", name="Fermer").last.press("Enter")
    expect(page.get_by_role("searchbox", name="Filtrer les conversations")).to_be_visible()
    return page


def device_confirmed(preview):
    """A device that nobody has confirmed is marked in the settings, and confirmed from there."""
    page = preview.open(fragment="#/parametres")
    row = page.get_by_role("listitem").filter(has_text="Poste du bureau")
    expect(row).to_contain_text("À confirmer")
    row.get_by_role("button", name="Confirmer Poste du bureau").click()
    page.get_by_role("button", name="Elles sont différentes").click()
    expect(page.get_by_role("alert")).to_contain_text("Ce n’est pas pareil")
    return page


def identity_changed(preview):
    """Where somebody confirmed is not who they were, nothing is written before it is answered."""
    page = preview.open("security=changed", "#/salon/!coffre%3Aculture.example")
    expect(page.get_by_text("Avant d’écrire ici")).to_be_visible()
    expect(page.get_by_role("textbox", name="Écrire dans")).to_have_count(0)
    page.get_by_role("button", name="Continuer sans comparer").click()
    expect(page.get_by_role("textbox", name="Écrire dans")).to_be_visible()
    expect(page.get_by_text("Vous aviez confirmé")).to_have_count(0)
    return page


STORIES = [identity_changed, code_kept, printed_sheet, code_typed, pictures_compared, device_confirmed, keyboard_alone, enter_is_not_a_line, back_button, held_place, steady_scrolling,
           many_messages, narrow_and_large_text, messages_searched, search_over_messages, failed_search]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--all", action="store_true", help="three widths, light and dark")
    parser.add_argument("--browser", default="chromium", choices=["chromium", "firefox"])
    parser.add_argument("--only", default="", help="tests whose name holds this")
    parser.add_argument("--pictures", type=pathlib.Path, help="where to put pictures of the screens")
    options = parser.parse_args()
    if options.pictures:
        options.pictures.mkdir(parents=True, exist_ok=True)

    places = ([(width, theme) for width in HEIGHTS for theme in ("light", "dark")]
              if options.all else [(360, "light"), (1440, "dark")])
    tests = [(f"{name} at {width} px, {theme}",
              lambda preview, name=name, width=width, theme=theme:
              preview.screen(name, width, theme))
             for name in SCREENS for width, theme in places]
    tests += [(story.__doc__.splitlines()[0], story) for story in STORIES]

    with tempfile.TemporaryDirectory() as folder, socket.socket() as free, \
            sync_playwright() as playwright:
        subprocess.run(["node", str(WEB / "tests/build-preview.mjs"), folder], check=True)
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
        free.close()
        server = subprocess.Popen(
            ["node", str(WEB / "dev-server.mjs"), str(port), "http://127.0.0.1:9", folder],
            stderr=subprocess.PIPE)
        server.stderr.readline()
        browser = launch(playwright, options.browser)
        try:
            failed = run(tests, options.only,
                         Preview(browser, f"http://localhost:{port}/", options.pictures))
        finally:
            browser.close()
            server.terminate()
            server.wait()
    sys.exit(1 if failed else 0)


def launch(playwright, name):
    if name == "firefox":
        return playwright.firefox.launch(
            channel="moz-firefox", executable_path="/usr/bin/firefox-esr")
    return playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])


def run(tests, only, preview):
    passed = failed = 0
    for name, test in tests:
        if only not in name:
            continue
        try:
            page = test(preview)
            if page is not None:
                assert not page.problems, page.problems
                page.context.close()
            passed += 1
            print(f"ok      {name}", flush=True)
        except Exception:
            failed += 1
            print(f"FAILED  {name}\n{traceback.format_exc(limit=3)}", flush=True)
    print(f"{passed} passed, {failed} failed")
    return failed


if __name__ == "__main__":
    main()
