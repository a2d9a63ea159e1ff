"""Encrypted rooms, on servers that encrypt private rooms by themselves: the server's rules over the wire,
and two people with a client and a cryptography that we did not write (matrix-nio on vodozemac).
"""

import asyncio
import contextlib
import itertools

import nio
import pytest
from harness.client import Client
from harness.phone import Phone, good
from harness.postgres import Postgres
from harness.secrecy import assert_nothing_readable
from harness.server import Homeserver

pytestmark = pytest.mark.process

MEGOLM = {"algorithm": "m.megolm.v1.aes-sha2"}
PLAIN = {"msgtype": "m.text", "body": "en clair"}


@contextlib.contextmanager
def server(request):
    """One that encrypts private rooms, on the engine that the tests run on. The option goes away once it
    is the rule.
    """
    with contextlib.ExitStack() as stack:
        database = None
        if request.config.getoption("--engine") == "postgres":
            database = stack.enter_context(Postgres()).new_database()
        yield stack.enter_context(Homeserver(database=database, arguments=["--encrypt-private-rooms"]))


@pytest.fixture(scope="module")
def encrypting(request):
    """The server that most of these tests share."""
    with server(request) as running:
        yield running


@pytest.fixture
def people(encrypting):
    """Makes accounts on that server."""
    client = Client(encrypting.url)

    def make(*names):
        return [client.register(f"{name}-{next(_numbers)}") for name in names]
    return make


_numbers = itertools.count(1)


# -- the server's rules ----------------------------------------------------


@pytest.mark.parametrize("body, is_encrypted", [
    ({}, True), ({"preset": "private_chat"}, True),
    ({"preset": "trusted_private_chat", "is_direct": True}, True),
    ({"preset": "public_chat"}, False), ({"visibility": "public"}, False),
])
def test_encrypted_from_creation(people, body, is_encrypted):
    """Private rooms and direct conversations are encrypted, whatever the client asks for."""
    [amelie] = people("amelie")
    room = amelie.create_room(**body)
    answer = amelie.state(room, "m.room.encryption")
    if is_encrypted:
        assert answer.ok() == MEGOLM
        amelie.try_send(room, PLAIN).error(403, "M_FORBIDDEN")
    else:
        answer.error(404, "M_NOT_FOUND")
        amelie.send(room, PLAIN)


def test_private_stays_private(people):
    """No way leads from a private room to a public one."""
    [amelie] = people("amelie")
    room = amelie.create_room()
    for type, content in [
            ("m.room.join_rules", {"join_rule": "public"}),
            ("m.room.history_visibility", {"history_visibility": "world_readable"}),
            ("m.room.guest_access", {"guest_access": "can_join"}),
            ("m.room.encryption", {}), ("m.room.encryption", {"algorithm": "m.other"})]:
        refusal = amelie.try_set_state(room, type, content).error(403, "M_FORBIDDEN")
        assert len(refusal["error"]) > 20
    amelie.put("/v3/directory/list/room/{}", room, body={"visibility": "public"}).error(403, "M_FORBIDDEN")
    for event in amelie.get("/v3/rooms/{}/state", room).ok():
        if event["type"] in ("m.room.create", "m.room.encryption"):
            amelie.put("/v3/rooms/{}/redact/{}/{}", room, event["event_id"], event["type"], body={}).error(
                403, "M_FORBIDDEN")


def test_public_becomes_private(people):
    """In one step: by invitation, encrypted, unlisted, history for members; and for good."""
    amelie, basile, chloe = people("amelie", "basile", "chloe")
    room = amelie.public_room(visibility="public", name="Ouvert")
    basile.join(room)
    said = amelie.send(room, "bonjour à tous")
    path = "/unstable/fr.chappe/rooms/{}/make_private"
    basile.post(path, room, body={}).error(403, "M_FORBIDDEN")
    amelie.post(path, room, body={}).ok()
    assert amelie.state(room, "m.room.encryption").ok() == MEGOLM
    assert amelie.get("/v3/directory/list/room/{}", room).ok()["visibility"] == "private"
    chloe.post("/v3/join/{}", room).error(403)
    chloe.get("/v3/rooms/{}/event/{}", room, said).error({403, 404})
    basile.get("/v3/rooms/{}/event/{}", room, said).ok()
    basile.try_send(room, PLAIN).error(403, "M_FORBIDDEN")
    amelie.try_set_state(room, "m.room.join_rules", {"join_rule": "public"}).error(403, "M_FORBIDDEN")


# -- keys and messages to devices -------------------------------------------


def test_messages_to_devices_survive_a_kill(people, encrypting):
    """Killed after the answer, the server brings the same messages for the same token."""
    amelie, basile = people("amelie", "basile")
    since = basile.sync()["next_batch"]
    body = {"messages": {basile.user_id: {"*": {"text": "un"}}}}
    for _ in range(2):
        amelie.put("/v3/sendToDevice/m.test/{}", "txn", body=body).ok()
    first = basile.sync(since)
    assert [e["content"]["text"] for e in first["to_device"]["events"]] == ["un"]
    encrypting.kill()
    encrypting.start()
    again = basile.sync(since)
    assert again["to_device"] == first["to_device"]
    assert "to_device" not in basile.sync(again["next_batch"])
    assert "to_device" not in basile.sync(since)


# -- a client that we did not write ------------------------------------------


def test_two_people_in_secret(request):
    """They talk in an encrypted room, on several devices, through a restart; the server cannot read it."""
    with server(request) as running:
        asyncio.run(talk(running))
        if request.config.getoption("--engine") == "sqlite":
            assert_nothing_readable(running)


async def talk(running):
    amelie = await Phone.register(running.url, "amelie")
    basile = await Phone.register(running.url, "basile")
    phones = [amelie, basile]
    try:
        # She asks for a private room and says nothing of encryption.
        room = good(await amelie.client.room_create(
            preset=nio.RoomPreset.private_chat, invite=[basile.client.user_id])).room_id
        await basile.sync()
        good(await basile.client.join(room))
        for phone in phones:
            await phone.sync()
            assert phone.client.rooms[room].encrypted
        for number in range(5):
            one = await amelie.say(room, f"SECRET d'Amélie {number}")
            assert await basile.reads(one) == f"SECRET d'Amélie {number}"
            other = await basile.say(room, f"SECRET de Basile {number}")
            assert await amelie.reads(other) == f"SECRET de Basile {number}"

        # The server is killed between two messages, and one waits for it.
        before = await amelie.say(room, "SECRET avant la panne")
        running.kill()
        running.start()
        after = await amelie.say(room, "SECRET après la panne")
        assert await basile.reads(before) == "SECRET avant la panne"
        assert await basile.reads(after) == "SECRET après la panne"

        # A second device of his reads what is said from then on, as soon as she knows of it.
        second = await basile.log_in_again(running.url, "basile")
        phones.append(second)
        await amelie.sync()
        devices = {d.id for d in amelie.client.device_store.active_user_devices(basile.client.user_id)}
        assert devices == {basile.client.device_id, second.client.device_id}
        amelie.client.invalidate_outbound_session(room)
        said = await amelie.say(room, "SECRET pour tes deux postes")
        assert await basile.reads(said) == await second.reads(said) == "SECRET pour tes deux postes"

        # Logged out, it is no device any more.
        good(await second.client.logout())
        await amelie.sync()
        devices = {d.id for d in amelie.client.device_store.active_user_devices(basile.client.user_id)}
        assert devices == {basile.client.device_id}
        assert not amelie.unreadable and not basile.unreadable
    finally:
        for phone in phones:
            await phone.close()
