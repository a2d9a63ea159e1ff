"""Our Megolm with the Megolm of others, both ways."""

import random

import pytest

from crypto.peers import Refused
from crypto.test_olm import damaged


@pytest.fixture(params=["we write", "they write"])
def sides(request, ours, theirs):
    """Who writes, and who reads."""
    return (ours, theirs) if request.param == "we write" else (theirs, ours)


def test_group(sides):
    """From the index at which the key was shared, over the first border of the ratchet."""
    writer, reader = sides
    group = writer.group()
    before = group.encrypt("avant")
    into = reader.reader(group.key())
    assert (into.id, into.first_index) == (group.id, 1)
    for index in range(1, 300):
        text = f"message {index} " + "é" * index
        assert into.decrypt(group.encrypt(text)) == (text, index)
    with pytest.raises(Refused):
        into.decrypt(before)


def test_disorder(sides):
    """Any order, and as often as one likes."""
    writer, reader = sides
    group = writer.group()
    into = reader.reader(group.key())
    messages = [(group.encrypt(str(number)), number) for number in range(60)]
    random.Random(1).shuffle(messages)
    for message, number in messages + messages[:5]:
        assert into.decrypt(message) == (str(number), number)


def test_far_ahead(sides):
    """A reader that missed thousands."""
    writer, reader = sides
    group = writer.group()
    into = reader.reader(group.key())
    for _ in range(2_100):
        last = group.encrypt("x")
    assert into.decrypt(last) == ("x", 2_099)


def test_export(sides):
    """A key exported by one side at a later index is the same key to the other, and back."""
    writer, reader = sides
    group = writer.group()
    first = reader.reader(group.key())
    messages = [group.encrypt(str(number)) for number in range(300)]
    exported = first.export(270)
    second = writer.imported(exported)
    assert (second.id, second.first_index) == (group.id, 270)
    assert second.decrypt(messages[299]) == ("299", 299)
    with pytest.raises(Refused):
        second.decrypt(messages[269])
    third = reader.imported(second.export(271))
    assert third.decrypt(messages[271]) == ("271", 271)
    assert reader.imported(exported).export(290) == second.export(290)


def test_exports_over_borders(ours, theirs):
    """Both wind the ratchet to the same value over its larger borders."""
    key = theirs.group().key()
    mine, other = ours.reader(key), theirs.reader(key)
    for index in (1, 255, 256, 65_535, 65_536, 65_537, 2**24 - 1, 2**24, 2**24 + 2**16 + 2**8 + 1,
                  2**31 - 1):
        assert mine.export(index) == other.export(index)


@pytest.mark.parametrize("seed", range(3))
def test_damage(ours, theirs, seed):
    """Each damaged message or key is refused with a code; the true one is read afterwards."""
    chance = random.Random(seed)
    group = theirs.group()
    key = group.key()
    into = ours.reader(key)
    message = group.encrypt("dépêche")
    for _ in range(200):
        with pytest.raises(Refused, match="BAD_|TOO_|UNKNOWN_INDEX"):
            into.decrypt(damaged(message, chance))
        with pytest.raises(Refused, match="BAD_|TOO_"):
            ours.reader(damaged(key, chance))
    assert into.decrypt(message) == ("dépêche", 0)


def test_another_signs(ours, theirs):
    """A message of another session is refused, though it is well made."""
    one, two = theirs.group(), theirs.group()
    with pytest.raises(Refused, match="BAD_SIGNATURE"):
        ours.reader(one.key()).decrypt(two.encrypt("faux"))
