"""The story of two people, told by a Matrix client that we did not write (matrix-nio).

Amélie and Basile create accounts; Amélie makes a public room, which Basile finds in the directory and
joins. They chat, with everything that chatting has. Then the server is killed and started again.
"""

import asyncio
import secrets
import time

import nio
import pytest
from harness.client import Client
from harness.images import png, size_of
from harness.server import Homeserver

PATIENCE = 30


class Person:
    """One account in matrix-nio."""

    def __init__(self, url, name):
        self.client = nio.AsyncClient(url, name, config=nio.AsyncClientConfig(
            max_timeouts=3, request_timeout=PATIENCE, backoff_factor=0.1, max_timeout_retry_wait_time=1))
        self.name, self.password = name, f"mot de passe de {name}"
        self.events = []
        self.client.add_event_callback(lambda room, event: self.events.append(event), nio.Event)
        self.invited, self.typing, self.receipts = [], [], []
        self.client.add_ephemeral_callback(lambda room, e: self.typing.append(set(e.users)), nio.TypingNoticeEvent)
        self.client.add_ephemeral_callback(lambda room, e: self.receipts.extend(e.receipts), nio.ReceiptEvent)

    async def register(self):
        """Creates the account; matrix-nio is then logged in."""
        good(await self.client.register(self.name, self.password, f"Poste de {self.name}"))

    async def follow(self, seen):
        """Syncs until `seen()` gives something, which it is."""
        deadline = time.monotonic() + PATIENCE
        while not seen():
            assert time.monotonic() < deadline, f"{self.name} did not see it; saw {self.events[-5:]}"
            good(await self.client.sync(timeout=2_000))
        return seen()

    async def sees(self, event_id):
        """Follows until an event has come; the event."""
        return await self.follow(lambda: next((e for e in self.events if e.event_id == event_id), None))

    async def say(self, room, content, type="m.room.message"):
        """Sends an event; its ID. A text is sent as a message."""
        if isinstance(content, str):
            content = {"msgtype": "m.text", "body": content}
        return good(await self.client.room_send(room, type, content)).event_id


def good(answer):
    assert not isinstance(answer, nio.ErrorResponse), answer
    return answer


def test_two_people(request, elsewhere):
    """The whole story, on a server of its own so that it can be killed."""
    if elsewhere:
        url = request.getfixturevalue("client").url
        asyncio.run(story(url, None))
        return
    with Homeserver() as running:
        asyncio.run(story(running.url, running))


async def story(url, running):
    tag = secrets.token_hex(3)
    amelie, basile = Person(url, f"amelie-{tag}"), Person(url, f"basile-{tag}")
    try:
        await chat(amelie, basile, running, tag)
    finally:
        await amelie.client.close()
        await basile.client.close()


async def chat(amelie, basile, running, tag):
    await amelie.register()
    await basile.register()
    assert amelie.client.logged_in and amelie.client.user_id.startswith(f"@amelie-{tag}:")

    # A public room, found in the directory by its name.
    good(await amelie.client.set_displayname("Amélie Poulain [Culture]"))
    room = good(await amelie.client.room_create(
        visibility=nio.RoomVisibility.public, name=f"Cantine {tag}", topic="Le menu du jour",
        preset=nio.RoomPreset.public_chat, alias=f"cantine-{tag}")).room_id
    found = Client(amelie.client.homeserver).post("/v3/publicRooms", token=basile.client.access_token, body={
        "filter": {"generic_search_term": f"cantine {tag}"}}).ok()["chunk"]
    assert [r["room_id"] for r in found] == [room]
    alias = good(await basile.client.room_resolve_alias(f"#cantine-{tag}:{amelie.client.user_id.split(':', 1)[1]}"))
    assert alias.room_id == room

    # Basile joins, and Amélie is told so.
    good(await amelie.client.sync(full_state=True))
    good(await basile.client.join(room))
    await amelie.follow(lambda: any(
        isinstance(e, nio.RoomMemberEvent) and e.state_key == basile.client.user_id and e.membership == "join"
        for e in amelie.events))
    await basile.follow(lambda: basile.client.rooms.get(room))
    seen = basile.client.rooms[room]
    assert seen.name == f"Cantine {tag}" and seen.topic == "Le menu du jour"
    assert seen.users[amelie.client.user_id].display_name == "Amélie Poulain [Culture]"

    # They chat: typing, reading, replying, editing, reacting, deleting.
    good(await basile.client.room_typing(room, True, 20_000))
    await amelie.follow(lambda: {basile.client.user_id} in amelie.typing)
    hello = await basile.say(room, "Bonjour, qu'y a-t-il aujourd'hui ?")
    assert (await amelie.sees(hello)).body.startswith("Bonjour")
    await amelie.follow(lambda: set() in amelie.typing)
    good(await amelie.client.update_receipt_marker(room, hello))
    await basile.follow(lambda: any(
        r.event_id == hello and r.user_id == amelie.client.user_id for r in basile.receipts))
    reply = await amelie.say(room, {
        "msgtype": "m.text", "body": "Un gratni", "m.relates_to": {"m.in_reply_to": {"event_id": hello}}})
    assert (await basile.sees(reply)).source["content"]["m.relates_to"]["m.in_reply_to"]["event_id"] == hello
    edit = await amelie.say(room, {
        "msgtype": "m.text", "body": "* Un gratin", "m.new_content": {"msgtype": "m.text", "body": "Un gratin"},
        "m.relates_to": {"rel_type": "m.replace", "event_id": reply}})
    assert (await basile.sees(edit)).source["content"]["m.new_content"]["body"] == "Un gratin"
    reaction = await basile.say(room, {"m.relates_to": {
        "rel_type": "m.annotation", "event_id": reply, "key": "😋"}}, "m.reaction")
    assert (await amelie.sees(reaction)).key == "😋"
    mistake = await basile.say(room, "Texte à effacer")
    await amelie.sees(mistake)
    good(await basile.client.room_redact(room, mistake, "erreur"))
    await amelie.follow(lambda: any(
        isinstance(e, nio.RedactionEvent) and e.redacts == mistake for e in amelie.events))
    assert isinstance(good(await amelie.client.room_get_event(room, mistake)).event, nio.RedactedEvent)

    # A picture, and its thumbnail.
    picture = png(640, 480)
    sent, _ = await amelie.client.upload(lambda *_: picture, "image/png", "gratin.png", filesize=len(picture))
    uri = good(sent).content_uri
    shown = await amelie.say(room, {
        "msgtype": "m.image", "body": "gratin.png", "url": uri,
        "info": {"mimetype": "image/png", "w": 640, "h": 480, "size": len(picture)}})
    assert (await basile.sees(shown)).url == uri
    assert good(await basile.client.download(uri)).body == picture
    small = good(await basile.client.thumbnail(*uri.removeprefix("mxc://").split("/"), 96, 96))
    assert max(size_of(small.body)) < 640

    # The server is killed; both go on by themselves, and nothing is lost.
    last = await basile.say(room, "Juste avant la coupure")
    if running:
        running.kill()
        running.start()
    after = await amelie.say(room, "Nous revoilà")
    await basile.sees(after)
    await amelie.sees(last)
    history, token = [], None
    while True:
        page = good(await basile.client.room_messages(room, token or "", limit=10))
        history += page.chunk
        token = page.end
        if not token or not page.chunk:
            break
    ids = [e.event_id for e in history]
    for event in (hello, reply, edit, reaction, mistake, shown, last, after):
        assert ids.count(event) == 1
    assert good(await basile.client.download(uri)).body == picture

    # Another device, with the same account.
    other = nio.AsyncClient(amelie.client.homeserver, basile.client.user_id)
    try:
        good(await other.login(basile.password, device_name="Téléphone"))
        good(await other.sync(full_state=True))
        assert room in other.rooms
        good(await other.logout())
    finally:
        await other.close()


@pytest.mark.process
@pytest.mark.ours
def test_resumes_by_itself():
    """A client that waits in /sync when the server is killed goes on with the same token."""
    with Homeserver() as running:
        client = Client(running.url)
        amelie, basile = client.register("amelie"), client.register("basile")
        room = amelie.public_room()
        basile.join(room)
        basile.catch_up()
        before = amelie.send(room, "avant")
        running.kill()
        running.start()
        after = amelie.send(room, "après")
        seen = []

        def both(answer):
            seen.extend(e["event_id"] for e in answer.get("rooms", {}).get("join", {}).get(room, {}).get(
                "timeline", {}).get("events", []))
            return after in seen
        basile.follow(both)
        assert seen == [before, after]
