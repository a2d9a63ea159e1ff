"""The story of the first people, in two Chromium pages and a Firefox page."""

import secrets

import pytest
from harness.browsers import PHONE
from harness.client import Client
from harness.images import landscape
from harness.server import Homeserver
from playwright.sync_api import expect

pytestmark = pytest.mark.timeout(300)


@pytest.fixture
def own_server(elsewhere):
    """A server of the story's own, since it is killed."""
    if elsewhere:
        yield None
        return
    with Homeserver() as running:
        yield running


@pytest.fixture
def client(own_server, client):
    return Client(own_server.url) if own_server else client


def furnish(client, amelie):
    """What is there already: a few rooms with something in them, and a colleague who writes."""
    owner = client.log_in(amelie.username, amelie.password)
    denis = client.register(f"denis-{secrets.token_hex(3)}")
    denis.put("/v3/profile/{}/displayname", denis.user_id, body={"displayname": "Denis Roche"}).ok()
    for name, topic, said in (
            ("Accessibilité", "Tout ce qui se lit, pour tous", "La grille est à jour, merci pour les relectures."),
            ("Logiciels libres", "Partager ce que nous faisons", "La réunion de jeudi passe à 14 h."),
            ("Projet Sémaphore", "Du chantier à la mise en service", "J'ai déposé le compte rendu.")):
        room = owner.public_room(name=name, topic=topic, visibility="public")
        denis.join(room)
        denis.send(room, said)


def test_story(own_server, client, chromium, firefox, new_member, picture, tmp_path):
    """Accounts, a public room, its directory, chatting with everything, a crash, and on."""
    salon = "Cantine" if own_server else f"Cantine {secrets.token_hex(2)}"
    amelie = new_member(chromium, "Amélie Poulain")
    basile = new_member(chromium, "Basile Martin")

    furnish(client, amelie)

    # The names that people are told to look for.
    expect(amelie.rooms.get_by_text("Salons", exact=True)).to_be_visible()
    expect(amelie.rooms.get_by_text("Messages directs", exact=True)).to_be_visible()

    # One makes a public room; the other finds it in « Répertoire des salons » and joins.
    amelie.create_public_room(salon, "Le menu du jour et les allergies")
    basile.open_directory()
    expect(basile.page.get_by_role("heading", name="Répertoire des salons")).to_be_visible()
    basile.field("directory.search").fill(salon)
    basile.button("directory.joinNamed", name=salon).wait_for()
    picture(basile.page, "repertoire")
    basile.button("directory.joinNamed", name=salon).click()
    expect(basile.composer).to_be_visible()
    # The first is told so.
    amelie.sees_joined("Basile Martin")

    # They chat.
    basile.composer.press_sequentially("Bonjour, qu'y a-t-il", delay=20)
    amelie.sees_typing("Basile")
    basile.say("Bonjour, qu'y a-t-il aujourd'hui ?")
    amelie.sees("Bonjour, qu'y a-t-il aujourd'hui ?")
    amelie.say("Un gratni")
    basile.sees("Un gratni")
    amelie.edit("Un gratni", "Un gratin")
    basile.sees("Un gratin")
    basile.reply("Un gratin", "Avec de la muscade ?")
    amelie.sees("Avec de la muscade ?")
    expect(amelie.message("Avec de la muscade ?")).to_contain_text("Un gratin")
    amelie.react("Avec de la muscade ?", "👍")
    expect(basile.reaction("Avec de la muscade ?", "👍")).to_be_visible()
    basile.say("Texte à effacer")
    amelie.sees("Texte à effacer")
    basile.remove("Texte à effacer")
    amelie.no_longer_sees("Texte à effacer")
    amelie.say("À tout à l'heure")
    basile.sees("À tout à l'heure")
    amelie.sees_read_by("Basile Martin")

    # A picture is sent and shown.
    file = tmp_path / "terrasse.png"
    file.write_bytes(landscape())
    amelie.send_file(file, "La vue de la terrasse")
    basile.sees_picture("La vue de la terrasse")
    amelie.sees_picture("La vue de la terrasse")

    # A third person, in another browser.
    chloe = new_member(firefox, "Chloé Durand")
    chloe.join_from_directory(salon)
    chloe.sees("Avec de la muscade ?")
    chloe.say("J'arrive à midi")
    amelie.sees("J'arrive à midi")
    basile.sees("J'arrive à midi")
    picture(amelie.page, "conversation")

    # The server is killed and started again: nothing shown as sent is lost, the pages resume.
    everyone = (amelie, basile, chloe)
    for person in everyone:
        person.say(f"Avant la coupure, {person.name}")
        person.sees_sent(f"Avant la coupure, {person.name}")
    if own_server:
        own_server.kill()
    basile.say("Pendant la coupure")
    if own_server:
        own_server.start()
    for person in everyone:
        for other in everyone:
            person.sees(f"Avant la coupure, {other.name}")
        person.sees_sent("Pendant la coupure")
    chloe.say("Nous revoilà")
    for person in everyone:
        person.sees("Nous revoilà")
        texts = [text for text in person.texts() if "coupure" in text]
        assert len(texts) == len(set(texts)) == 4

    # The same account on a phone, in the dark.
    phone = client.log_in(basile.username, basile.password)
    assert phone.user_id.startswith(f"@{basile.username}:")
    small = type(basile)(chromium.new_context(
        viewport=PHONE, locale="fr-FR", color_scheme="dark", has_touch=True, is_mobile=True,
        device_scale_factor=2).new_page(), client.url, "Basile Martin").open()
    small.sign_in(basile.username, basile.password, basile.code)
    small.open_room(salon)
    small.sees("Nous revoilà")
    picture(small.page, "telephone")
    small.page.context.close()
    amelie.page.emulate_media(color_scheme="dark")
    picture(amelie.page, "sombre")
