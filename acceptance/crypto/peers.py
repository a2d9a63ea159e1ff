"""Three implementations of Olm and Megolm with one face.

A peer makes devices and group sessions. Texts are `str`, keys and messages unpadded Base64. What an
implementation refuses is `Refused`, whatever its own word for it.
"""

import base64
import functools
import json
import select
import subprocess

import olm
import vodozemac
from harness.server import ROOT

# An answer that takes longer than this will not come.
PATIENCE_SECONDS = 20


class Refused(Exception):
    """A peer refused a message, a key or a session. The first argument is our code, if it is ours."""


def refusing(*kinds):
    """Turns a foreign implementation's exceptions into `Refused`."""
    def decorate(method):
        @functools.wraps(method)
        def wrapped(*arguments, **named):
            try:
                return method(*arguments, **named)
            except kinds as error:
                raise Refused(str(error)) from error
        return wrapped
    return decorate


def decoded(text):
    """The bytes of unpadded Base64."""
    return base64.b64decode(text + "=" * (-len(text) % 4))


def encoded(data):
    """Unpadded Base64."""
    return base64.b64encode(data).decode().rstrip("=")


class Ours:
    """web/tests/cryptoPeer.ts, spoken to in lines of JSON."""

    def __init__(self):
        self.process = subprocess.Popen(
            [ROOT / ".venv/bin/deno", "run", "--quiet", "--no-remote", "--no-check", "tests/cryptoPeer.ts"],
            cwd=ROOT / "web", stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1)

    def close(self):
        """Ends the process."""
        self.process.stdin.close()
        self.process.wait(PATIENCE_SECONDS)

    def ask(self, verb, **what):
        """The answer to one request."""
        self.process.stdin.write(json.dumps({"do": verb, **what}) + "\n")
        ready, _, _ = select.select([self.process.stdout], [], [], PATIENCE_SECONDS)
        assert ready, f"no answer to {verb} within {PATIENCE_SECONDS} s"
        answer = json.loads(self.process.stdout.readline())
        assert "broken" not in answer, f"{verb}: {answer['broken']}"
        if "refused" in answer:
            raise Refused(answer["refused"])
        return answer

    def device(self):
        """A new device."""
        return OurDevice(self)

    def group(self):
        """A new group session to write with."""
        return OurGroup(self)

    def reader(self, shared_key):
        """A group session to read, from a `session_key` of m.room_key."""
        return OurReader(self, self.ask("readShared", key=shared_key))

    def imported(self, exported_key):
        """A group session to read, from an exported key."""
        return OurReader(self, self.ask("readExported", key=exported_key))


class OurDevice:
    """One device of ours."""

    def __init__(self, ours):
        self.ours = ours
        made = ours.ask("device")
        self.number, self.curve25519, self.ed25519 = made["device"], made["curve25519"], made["ed25519"]

    def one_time_key(self):
        """A new one, public."""
        return self.ours.ask("oneTimeKey", device=self.number)["key"]

    def sign(self, what):
        """The object with this device's signature."""
        return self.ours.ask("sign", device=self.number, object=what)["signed"]

    def open(self, identity_key, one_time_key):
        """An outbound session."""
        return OurSession(self.ours, self.ours.ask("open", device=self.number, identityKey=identity_key,
                                                   oneTimeKey=one_time_key))

    def accept(self, _identity_key, body):
        """An inbound session, and what the message says."""
        made = self.ours.ask("accept", device=self.number, body=body)
        return OurSession(self.ours, made), made["text"]


class OurSession:
    """One Olm session of ours."""

    def __init__(self, ours, made):
        self.ours, self.number, self.id, self.theirs = ours, made["session"], made["id"], made["theirs"]

    def matches(self, body):
        """Whether a pre-key message is of this session."""
        return self.ours.ask("matches", session=self.number, body=body)["matches"]

    def encrypt(self, text):
        """Its type and its body."""
        message = self.ours.ask("encrypt", session=self.number, text=text)
        return message["type"], message["body"]

    def decrypt(self, kind, body):
        """What the message says."""
        return self.ours.ask("decrypt", session=self.number, type=kind, body=body)["text"]


class OurGroup:
    """One outbound group session of ours."""

    def __init__(self, ours):
        self.ours = ours
        made = ours.ask("openGroup")
        self.number, self.id = made["writer"], made["id"]

    def key(self):
        """The `session_key` from the next message on."""
        return self.ours.ask("sharedKey", writer=self.number)["key"]

    def encrypt(self, text):
        """The message."""
        return self.ours.ask("encryptForGroup", writer=self.number, text=text)["message"]


class OurReader:
    """One inbound group session of ours."""

    def __init__(self, ours, made):
        self.ours, self.number, self.id, self.first_index = ours, made["reader"], made["id"], made["firstIndex"]

    def decrypt(self, message):
        """What it says, and its index."""
        answer = self.ours.ask("decryptFromGroup", reader=self.number, message=message)
        return answer["text"], answer["index"]

    def export(self, index):
        """The exported key from that index on."""
        return self.ours.ask("export", reader=self.number, index=index)["key"]


class Vodozemac:
    """What Element's clients use today."""

    ERRORS = (vodozemac.OlmDecryptionException, vodozemac.SessionCreationException,
              vodozemac.MegolmDecryptionException, vodozemac.DecodeException, vodozemac.KeyException,
              vodozemac.SessionKeyDecodeException)

    def device(self):
        """A new device."""
        return VodozemacDevice()

    def group(self):
        """A new group session to write with."""
        return VodozemacGroup()

    @refusing(*ERRORS)
    def reader(self, shared_key):
        """A group session to read, from a `session_key` of m.room_key."""
        return VodozemacReader(vodozemac.InboundGroupSession(vodozemac.SessionKey(shared_key)))

    @refusing(*ERRORS)
    def imported(self, exported_key):
        """A group session to read, from an exported key."""
        key = vodozemac.ExportedSessionKey(exported_key)
        return VodozemacReader(vodozemac.InboundGroupSession.import_session(key))

    def verify(self, ed25519, message, signature):
        """Fails when it is not so signed."""
        key = vodozemac.Ed25519PublicKey.from_base64(ed25519)
        key.verify_signature(message, vodozemac.Ed25519Signature.from_base64(signature))


class VodozemacDevice:
    """One account."""

    def __init__(self):
        self.account = vodozemac.Account()
        self.curve25519 = self.account.curve25519_key.to_base64()
        self.ed25519 = self.account.ed25519_key.to_base64()

    def one_time_key(self):
        """A new one, public."""
        self.account.generate_one_time_keys(1)
        [key] = self.account.one_time_keys.values()
        self.account.mark_keys_as_published()
        return key.to_base64()

    def open(self, identity_key, one_time_key):
        """An outbound session."""
        return VodozemacSession(self.account.create_outbound_session(
            vodozemac.Curve25519PublicKey.from_base64(identity_key),
            vodozemac.Curve25519PublicKey.from_base64(one_time_key)))

    @refusing(*Vodozemac.ERRORS)
    def accept(self, identity_key, body):
        """An inbound session, and what the message says."""
        session, plaintext = self.account.create_inbound_session(
            vodozemac.Curve25519PublicKey.from_base64(identity_key),
            vodozemac.PreKeyMessage.from_base64(body))
        return VodozemacSession(session), plaintext.decode()


class VodozemacSession:
    """One Olm session."""

    def __init__(self, session):
        self.session, self.id = session, session.session_id

    def matches(self, body):
        """Whether a pre-key message is of this session."""
        return self.session.session_matches(vodozemac.PreKeyMessage.from_base64(body))

    def encrypt(self, text):
        """Its type and its body."""
        kind, message = self.session.encrypt(text.encode()).to_parts()
        return kind, encoded(message)

    @refusing(*Vodozemac.ERRORS)
    def decrypt(self, kind, body):
        """What the message says."""
        return self.session.decrypt(vodozemac.AnyOlmMessage.from_parts(kind, decoded(body))).decode()


class VodozemacGroup:
    """One outbound group session."""

    def __init__(self):
        self.session = vodozemac.GroupSession()
        self.id = self.session.session_id

    def key(self):
        """The `session_key` from the next message on."""
        return self.session.session_key.to_base64()

    def encrypt(self, text):
        """The message."""
        return self.session.encrypt(text.encode()).to_base64()


class VodozemacReader:
    """One inbound group session."""

    def __init__(self, session):
        self.session, self.id = session, session.session_id
        self.first_index = session.first_known_index

    @refusing(*Vodozemac.ERRORS)
    def decrypt(self, message):
        """What it says, and its index."""
        answer = self.session.decrypt(vodozemac.MegolmMessage.from_base64(message))
        return answer.plaintext.decode(), answer.message_index

    def export(self, index):
        """The exported key from that index on."""
        return self.session.export_at(index).to_base64()


class Libolm:
    """What clients used before; matrix-nio and some others still do."""

    ERRORS = (olm.OlmSessionError, olm.OlmGroupSessionError, olm.OlmAccountError)

    def device(self):
        """A new device."""
        return LibolmDevice()

    def group(self):
        """A new group session to write with."""
        return LibolmGroup()

    @refusing(*ERRORS)
    def reader(self, shared_key):
        """A group session to read, from a `session_key` of m.room_key."""
        return LibolmReader(olm.InboundGroupSession(shared_key))

    @refusing(*ERRORS)
    def imported(self, exported_key):
        """A group session to read, from an exported key."""
        return LibolmReader(olm.InboundGroupSession.import_session(exported_key))

    def verify(self, ed25519, message, signature):
        """Fails when it is not so signed."""
        olm.ed25519_verify(ed25519, message.decode(), signature)


class LibolmDevice:
    """One account."""

    def __init__(self):
        self.account = olm.Account()
        self.curve25519 = self.account.identity_keys["curve25519"]
        self.ed25519 = self.account.identity_keys["ed25519"]

    def one_time_key(self):
        """A new one, public."""
        self.account.generate_one_time_keys(1)
        [key] = self.account.one_time_keys["curve25519"].values()
        self.account.mark_keys_as_published()
        return key

    def open(self, identity_key, one_time_key):
        """An outbound session."""
        return LibolmSession(olm.OutboundSession(self.account, identity_key, one_time_key))

    @refusing(*Libolm.ERRORS)
    def accept(self, identity_key, body):
        """An inbound session, and what the message says."""
        message = olm.OlmPreKeyMessage(body)
        session = olm.InboundSession(self.account, message, identity_key)
        text = session.decrypt(message)
        self.account.remove_one_time_keys(session)
        return LibolmSession(session), text


class LibolmSession:
    """One Olm session."""

    def __init__(self, session):
        self.session, self.id = session, session.id

    def matches(self, body):
        """Whether a pre-key message is of this session."""
        return self.session.matches(olm.OlmPreKeyMessage(body))

    def encrypt(self, text):
        """Its type and its body."""
        message = self.session.encrypt(text)
        return message.message_type, message.ciphertext

    @refusing(*Libolm.ERRORS)
    def decrypt(self, kind, body):
        """What the message says."""
        return self.session.decrypt(olm.OlmPreKeyMessage(body) if kind == 0 else olm.OlmMessage(body))


class LibolmGroup:
    """One outbound group session."""

    def __init__(self):
        self.session = olm.OutboundGroupSession()
        self.id = self.session.id

    def key(self):
        """The `session_key` from the next message on."""
        return self.session.session_key

    def encrypt(self, text):
        """The message."""
        return self.session.encrypt(text)


class LibolmReader:
    """One inbound group session."""

    def __init__(self, session):
        self.session, self.id = session, session.id
        self.first_index = session.first_known_index

    @refusing(*Libolm.ERRORS)
    def decrypt(self, message):
        """What it says, and its index."""
        return self.session.decrypt(message)

    def export(self, index):
        """The exported key from that index on."""
        return self.session.export_session(index)
