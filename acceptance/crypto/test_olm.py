"""Our Olm with the Olm of others, both ways."""

import json
import random

import pytest

from crypto.peers import Refused, decoded, encoded


@pytest.fixture(params=["we open", "they open"])
def pair(request, ours, theirs):
    """Two devices with a session between them: (its opener, the other), and the first text."""
    opener, other = ours.device(), theirs.device()
    if request.param == "they open":
        opener, other = other, opener
    return opener, other


def begin(opener, other, text="Bonjour, préfecture 🇫🇷"):
    """The two ends of a new session."""
    out = opener.open(other.curve25519, other.one_time_key())
    kind, body = out.encrypt(text)
    assert kind == 0
    into, said = other.accept(opener.curve25519, body)
    assert said == text
    assert into.id == out.id and into.matches(body)
    return out, into


def test_conversation(pair):
    """Pre-key messages until there is an answer, then normal ones; many turns."""
    out, into = begin(*pair)
    for number in range(3):
        kind, body = out.encrypt(f"encore {number}")
        assert kind == 0 and into.matches(body)
        assert into.decrypt(kind, body) == f"encore {number}"
    for turn in range(40):
        for sender, reader in ((into, out), (out, into)):
            for number in range(1 + turn % 3):
                text = f"{turn} {number} " + "é" * (turn * 7)
                kind, body = sender.encrypt(text)
                assert kind == 1
                assert reader.decrypt(kind, body) == text


@pytest.mark.parametrize("seed", range(6))
def test_disorder(pair, seed):
    """Messages that are late, lost and overtake each other."""
    chance = random.Random(seed)
    ends = begin(*pair)
    under, replayed = [], None
    for turn in range(120):
        side = chance.randrange(2)
        text = f"{seed} {turn} " + "x" * chance.randrange(200)
        under.append((ends[1 - side], *ends[side].encrypt(text), text))
        while len(under) > 5 or (under and chance.random() < 0.4):
            reader, kind, body, said = under.pop(chance.randrange(len(under)))
            if chance.random() < 0.1:
                continue
            assert reader.decrypt(kind, body) == said
            replayed = reader, kind, body
    reader, kind, body = replayed
    with pytest.raises(Refused):
        reader.decrypt(kind, body)


def test_skipped(pair):
    """The keys of skipped messages are kept, on both sides, for the last forty."""
    ends = begin(*pair)
    for sender, reader in (ends, ends[::-1]):
        messages = [(*sender.encrypt(str(number)), str(number)) for number in range(41)]
        for kind, body, said in [messages.pop(), *messages]:
            assert reader.decrypt(kind, body) == said


def test_empty_and_long(pair):
    """No text at all, and one as long as an event can hold."""
    ends = begin(*pair)
    for sender, reader in (ends, ends[::-1]):
        for text in ("", "x" * 15, "x" * 16, "é" * 24_000):
            assert reader.decrypt(*sender.encrypt(text)) == text


def test_one_time_key_is_used_once(ours, theirs):
    """A second session with the same one-time key is refused."""
    opener, other = theirs.device(), ours.device()
    key = other.one_time_key()
    first, second = opener.open(other.curve25519, key), opener.open(other.curve25519, key)
    other.accept(opener.curve25519, first.encrypt("one")[1])
    with pytest.raises(Refused, match="UNKNOWN_KEY"):
        other.accept(opener.curve25519, second.encrypt("two")[1])


@pytest.mark.parametrize("seed", range(3))
def test_damage_of_theirs(ours, theirs, seed):
    """Each damaged message is refused with a code, and the true one is read afterwards."""
    chance = random.Random(seed)
    opener, other = theirs.device(), ours.device()
    out, into = begin(opener, other)
    for kind in (0, 1):
        if kind == 1:
            out.decrypt(*into.encrypt("answer"))
        real, body = out.encrypt("dépêche")
        assert real == kind
        for _ in range(150):
            with pytest.raises(Refused, match="BAD_|TOO_|USED_UP"):
                into.decrypt(kind, damaged(body, chance))
        assert into.decrypt(kind, body) == "dépêche"


def test_damage_of_ours(ours, theirs):
    """What we wrote cannot be changed on the way to others either."""
    chance = random.Random(7)
    out, into = begin(ours.device(), theirs.device())
    out.decrypt(*into.encrypt("answer"))
    kind, body = out.encrypt("dépêche")
    data = bytearray(decoded(body))
    data[chance.randrange(40, len(data) - 8)] ^= 1
    with pytest.raises(Refused):
        into.decrypt(kind, encoded(data))
    assert into.decrypt(kind, body) == "dépêche"


def test_signature(ours, theirs):
    """Others take our signatures of device keys."""
    device = ours.device()
    keys = {"user_id": "@a:b", "device_id": "D", "algorithms": ["m.olm.v1.curve25519-aes-sha2"],
            "keys": {"curve25519:D": device.curve25519, "ed25519:D": device.ed25519}, "ü": ["é", 1, None]}
    signed = device.sign({**keys, "unsigned": {"device_display_name": "x"}})
    message = json.dumps(keys, ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode()
    theirs.verify(device.ed25519, message, signed["signatures"]["@a:b"]["ed25519:D"])


def damaged(body, chance):
    """The message with a bit flipped, a piece missing, doubled or replaced by chance."""
    data = bytearray(decoded(body))
    at = chance.randrange(len(data))
    match chance.randrange(5):
        case 0:
            data[at] ^= 1 << chance.randrange(8)
        case 1:
            del data[at:]
        case 2:
            del data[at]
        case 3:
            data[at:at] = chance.randbytes(chance.randrange(1, 40))
        case 4:
            data = bytearray(chance.randbytes(chance.randrange(300)))
    return encoded(data)
