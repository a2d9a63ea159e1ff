"""Private rooms are encrypted, and their history survives a new browser: in Chromium and Firefox, and with
a client that is not ours (matrix-nio on vodozemac).
"""

import asyncio
import contextlib
import secrets
import threading

import pytest
from harness.browsers import new_page
from harness.client import Client
from harness.images import png
from harness.phone import Phone, good
from harness.secrecy import assert_nothing_readable
from harness.server import Homeserver
from pages import Messenger
from playwright.sync_api import expect

pytestmark = [pytest.mark.timeout(300), pytest.mark.ours]

SALON = "Salon secret"
PASSWORD = "mot de passe pour chiffrer"


@pytest.fixture
def encrypting():
    """A server that encrypts private rooms, with a database of its own."""
    with Homeserver(arguments=["--encrypt-private-rooms"]) as running:
        yield running


@pytest.fixture
def person(encrypting):
    """Opens the client for somebody, in a browser of their own: `person(chromium, "Amélie")`."""
    opened = []

    def make(browser, name):
        opened.append(Messenger(new_page(browser), encrypting.url, name).open())
        return opened[-1]
    yield make
    problems = [p for one in opened for p in one.problems]
    for one in opened:
        with contextlib.suppress(Exception):
            one.page.context.close()
    assert problems == []


def name_of(word):
    return f"{word}-{secrets.token_hex(3)}"


def accept(person, salon):
    """Takes an invitation from the list of rooms."""
    person.room_link(salon).click()
    person.button("door.accept").first.click()
    expect(person.composer).to_be_visible()


def invite(encrypting, inviter, user_id):
    """Invites somebody into the inviter's one room, over the bare API."""
    user = Client(encrypting.url).log_in(inviter.username, inviter.password)
    [room] = user.get("/v3/joined_rooms").ok()["joined_rooms"]
    user.post("/v3/rooms/{}/invite", room, body={"user_id": user_id}).ok()
    user.post("/v3/logout", body={}).ok()
    return room


def test_history_on_new_browsers(chromium, firefox, encrypting, person, tmp_path):
    """Two people talk and share a picture. A second browser reads all by the code; a third too, when both
    others are gone. The server can read none of it.
    """
    amelie = person(chromium, "Amélie").sign_up(name_of("amelie"), PASSWORD)
    basile = person(firefox, "Basile").sign_up(name_of("basile"), PASSWORD)
    amelie.create_private_room(SALON)
    invite(encrypting, amelie, f"@{basile.username}:{encrypting.name}")
    accept(basile, SALON)
    amelie.sees_joined("Basile")
    for number in range(3):
        amelie.say(f"SECRET d'Amélie {number}")
        basile.sees(f"SECRET d'Amélie {number}")
        basile.say(f"SECRET de Basile {number}")
        amelie.sees(f"SECRET de Basile {number}")
    picture = tmp_path / "plan.png"
    picture.write_bytes(png(120, 80))
    amelie.send_file(picture)
    basile.sees_picture("plan.png")
    amelie.react("SECRET de Basile 1", "👍")
    expect(basile.reaction("SECRET de Basile 1", "👍")).to_be_visible()
    amelie.edit("SECRET d'Amélie 2", "SECRET d'Amélie corrigé")
    basile.sees("SECRET d'Amélie corrigé")

    def reads_everything(one):
        one.open_room(SALON)
        for text in ("SECRET d'Amélie 0", "SECRET de Basile 0", "SECRET d'Amélie corrigé", "SECRET de Basile 2"):
            one.sees(text)
        one.sees_picture("plan.png")
    second = person(firefox, "Amélie").sign_in(amelie.username, PASSWORD, amelie.code)
    reads_everything(second)
    second.say("SECRET du second navigateur")
    basile.sees("SECRET du second navigateur")
    for one in (amelie, second):
        one.page.context.close()
    third = person(chromium, "Amélie").sign_in(amelie.username, PASSWORD, amelie.code)
    reads_everything(third)
    third.sees("SECRET du second navigateur")
    assert_nothing_readable(encrypting)


class Aside:
    """Runs the other client in a thread of its own: the browsers have this one."""

    def __init__(self):
        self.loop = asyncio.new_event_loop()
        self.thread = threading.Thread(target=self.loop.run_forever)
        self.thread.start()

    def __call__(self, coroutine):
        return asyncio.run_coroutine_threadsafe(coroutine, self.loop).result(120)

    def close(self):
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join()


def test_with_another_client(chromium, encrypting, person):
    """Somebody whose client cannot sign its devices is written to by who allows it, and both read each other."""
    amelie = person(chromium, "Amélie").sign_up(name_of("amelie"), PASSWORD)
    amelie.page.goto(f"{encrypting.url}/#/parametres")
    switch = amelie.page.get_by_role("switch", name=amelie.t("recoverySettings.unconfirmed"))
    switch.click()
    expect(switch).to_be_checked()
    amelie.create_private_room(SALON)
    aside = Aside()
    chloe = aside(Phone.register(encrypting.url, name_of("chloe")))
    try:
        room = invite(encrypting, amelie, chloe.client.user_id)
        aside(chloe.sync())
        good(aside(chloe.client.join(room)))
        aside(chloe.sync())
        amelie.sees_joined("chloe")
        amelie.say("SECRET pour l'autre client")
        amelie.sees_sent("SECRET pour l'autre client")

        async def newest():
            for _ in range(20):
                await chloe.sync()
                if "SECRET pour l'autre client" in chloe.read.values():
                    return True
            return False
        assert aside(newest()), chloe.unreadable
        aside(chloe.say(room, "SECRET de l'autre client"))
        amelie.sees("SECRET de l'autre client")
    finally:
        aside(chloe.close())
        aside.close()
