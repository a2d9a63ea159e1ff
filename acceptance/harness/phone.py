"""Somebody's device in matrix-nio on vodozemac: a client and a cryptography that we did not write."""

import tempfile

import nio

PATIENCE = 30


class Phone:
    """A device of somebody, in matrix-nio, with its keys in a folder of its own."""

    def __init__(self, url, name, folder):
        self.folder = folder
        self.client = nio.AsyncClient(
            url, name, store_path=folder.name, config=nio.AsyncClientConfig(
                encryption_enabled=True, store_sync_tokens=True, max_timeouts=3,
                request_timeout=PATIENCE, backoff_factor=0.1, max_timeout_retry_wait_time=1))
        self.read, self.unreadable = {}, []
        self.client.add_event_callback(self._saw, (nio.RoomMessageText, nio.MegolmEvent))

    def _saw(self, room, event):
        if isinstance(event, nio.MegolmEvent):
            self.unreadable.append(event.event_id)
        else:
            assert event.decrypted, "said in the clear"
            self.read[event.event_id] = event.body

    @classmethod
    async def register(cls, url, name):
        """Makes the account and its first device, and uploads its keys."""
        phone = cls(url, name, tempfile.TemporaryDirectory(prefix="chappe-nio-"))
        good(await phone.client.register(name, f"mot de passe de {name}", "Poste"))
        await phone.sync()
        return phone

    async def log_in_again(self, url, name):
        """One more device of the same person."""
        phone = Phone(url, name, tempfile.TemporaryDirectory(prefix="chappe-nio-"))
        good(await phone.client.login(f"mot de passe de {name}", "Second poste"))
        await phone.sync()
        return phone

    async def sync(self):
        """What a client does again and again: upload keys, sync, look at whose keys changed."""
        client = self.client
        good(await client.sync(timeout=1_000, full_state=client.next_batch is None))
        if client.should_upload_keys:
            good(await client.keys_upload())
        if client.should_query_keys:
            good(await client.keys_query())
        if client.should_claim_keys:
            good(await client.keys_claim(client.get_users_for_key_claiming()))
        await client.send_to_device_messages()

    async def say(self, room, text):
        """Says something encrypted to all devices; the event's ID."""
        answer = await self.client.room_send(
            room, "m.room.message", {"msgtype": "m.text", "body": text}, ignore_unverified_devices=True)
        return good(answer).event_id

    async def reads(self, event_id):
        """Syncs until an event was read."""
        for _ in range(PATIENCE):
            if event_id in self.read:
                return self.read[event_id]
            await self.sync()
        raise AssertionError(f"not read; unreadable: {self.unreadable}")

    async def close(self):
        """Ends the client; its keys go with its folder."""
        await self.client.close()
        self.folder.cleanup()


def good(answer):
    """Asserts that nio was answered without an error."""
    assert not isinstance(answer, nio.ErrorResponse), answer
    return answer
