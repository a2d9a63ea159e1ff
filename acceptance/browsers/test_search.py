"""Finding messages: in one conversation, in all of them, and on the way to them."""

import secrets

import pytest
from playwright.sync_api import expect

pytestmark = [pytest.mark.timeout(180), pytest.mark.ours]


@pytest.fixture
def library(client, someone):
    """Somebody in two rooms with a history: « budget » is said at its beginning, and in the other."""
    def make(browser):
        name = f"recherche{secrets.token_hex(3)}"
        password = "mot de passe de la recherche"
        user = client.register(name, password=password)
        basile = client.register(f"basile{secrets.token_hex(3)}")
        rooms = {}
        for title in ("Finances", "Cantine"):
            rooms[title] = user.public_room(name=f"{title} {name}")
            basile.join(rooms[title])
        basile.send(rooms["Finances"], "Les budgets de l’année sont votés")
        for i in range(130):
            basile.send(rooms["Finances"], f"Point {i} de l’ordre du jour")
        basile.send(rooms["Cantine"], "Le budget de la cantine")
        user.send(rooms["Cantine"], "Merci")
        return someone(browser, "Amélie").sign_in(name, password), name
    return make


def test_search(chromium, library):
    """A message far back is found by another form of its word, gone to, and left for the newest."""
    person, name = library(chromium)
    page = person.page
    person.open_room(f"Finances {name}")
    person.sees("Point 129")
    expect(person.timeline.get_by_text("budgets")).to_have_count(0)
    page.keyboard.press("Control+Shift+F")
    field = person.field("search.inRoom")
    expect(field).to_be_focused()
    page.keyboard.type("budget année")
    found = page.get_by_role("list", name=person.t("search.results")).get_by_role("link")
    expect(found).to_have_count(1)
    expect(found.locator("mark")).to_have_text(["budgets", "année"])
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(person.message("Les budgets de l’année")).to_be_in_viewport()
    person.sees("Point 3")
    person.button("timeline.jump").click()
    expect(person.message("Point 129")).to_be_in_viewport()

    # In all conversations: each room by its name, the newest first.
    person.button("search.everywhere").click()
    field = person.field("search.inAll")
    expect(field).to_have_value("budget année")
    field.fill("budg")
    main = page.get_by_role("main")
    expect(main.get_by_role("heading", level=2).locator("bdi")).to_have_text([f"Cantine {name}", f"Finances {name}"])
    expect(main.get_by_role("link").locator("mark")).to_have_text(["budget", "budgets"])
    main.get_by_role("link").filter(has_text="cantine").click()
    expect(person.message("Le budget de la cantine")).to_be_in_viewport()
    page.go_back()
    expect(main.get_by_role("link").filter(has_text="cantine")).to_be_focused()
    field.fill("introuvable")
    expect(main.get_by_text(person.t("search.none")).last).to_be_visible()
    expect(main.get_by_role("link")).to_have_count(0)


def test_search_pages(chromium, library):
    """More comes as one scrolls; without a connection that is said, and can be tried again."""
    person, name = library(chromium)
    page = person.page
    person.field("rooms.filter").fill("point")
    person.button("search.forWords", text="point").click()
    main = page.get_by_role("main")
    found = main.get_by_role("link")
    expect(found.first).to_contain_text("Point 129")
    page.context.set_offline(True)
    found.last.scroll_into_view_if_needed()
    again = person.button("common.retry", main)
    expect(again).to_be_visible()
    page.context.set_offline(False)
    again.click()
    while found.filter(has_text="Point 0 ").count() == 0:
        before = found.count()
        found.last.scroll_into_view_if_needed()
        expect(found.nth(before)).to_be_attached()
    expect(found).to_have_count(130)
