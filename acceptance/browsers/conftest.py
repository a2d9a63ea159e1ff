"""What the browser tests share: the browsers and a page object for each person."""

import pathlib
import secrets

import pytest
from harness.browsers import launched, new_page
from harness.server import web_folder
from pages import Messenger, Words
from playwright.sync_api import sync_playwright

PICTURES = pathlib.Path(__file__).resolve().parents[2] / "docs" / "pictures"


@pytest.fixture(scope="session")
def playwright():
    if not (pathlib.Path(web_folder()) / "index.html").exists():
        pytest.exit(f"{web_folder()} holds no web client: run `make build`, or set CHAPPE_WEB", 2)
    with sync_playwright() as running:
        yield running


@pytest.fixture(scope="session")
def chromium(playwright):
    with launched(playwright, "chromium") as browser:
        yield browser


@pytest.fixture(scope="session")
def firefox(playwright):
    with launched(playwright, "firefox") as browser:
        yield browser


@pytest.fixture(scope="session")
def t():
    """The client's French texts."""
    return Words()


@pytest.fixture
def someone(client):
    """Opens the client for a person in a browser: `someone(chromium, "Amélie Poulain")`."""
    opened = []

    def make(browser, name, page=None, **options):
        person = Messenger(page or new_page(browser, **options), client.url, name).open()
        opened.append(person)
        return person
    yield make
    problems = [p for person in opened for p in person.problems]
    for person in opened:
        person.page.context.close()
    assert problems == []


@pytest.fixture
def new_member(someone):
    """The same, with a new account."""
    def make(browser, name, **options):
        first = name.split()[0].lower().translate(str.maketrans("éè", "ee"))
        username = f"{first}-{secrets.token_hex(3)}"
        return someone(browser, name, **options).sign_up(username, f"mot de passe de {username}")
    return make


@pytest.fixture
def picture(request):
    """Takes a screenshot for the documents, when they are asked for: `picture(page, "conversation")`."""
    def take(page, name):
        if request.config.getoption("--pictures"):
            PICTURES.mkdir(parents=True, exist_ok=True)
            page.screenshot(path=PICTURES / f"{name}.png", animations="disabled", caret="hide")
    return take
