"""Our files, backups, secrets, signatures and comparisons with those of others, both ways.

The others are vodozemac, libolm and matrix-nio; where they have no such thing, the specification's
steps are taken here over a library of plain ciphers.
"""

import base64
import contextlib
import hashlib
import hmac
import json
import random
import subprocess

import olm
import pytest
import vodozemac
from Crypto.Cipher import AES
from Crypto.Hash import SHA256, SHA512
from Crypto.Protocol.KDF import HKDF, PBKDF2
from nio.crypto import attachments, key_export
from nio.exceptions import EncryptionError

from harness.server import ROOT

PATIENCE_SECONDS = 20
USER = "@amelie:culture.example"


class Refused(Exception):
    """Our side refused something; the argument is the code."""


class Ours:
    """web/tests/secretsPeer.ts, spoken to in lines of JSON."""

    def __init__(self):
        self.process = subprocess.Popen(
            [ROOT / ".venv/bin/deno", "run", "--quiet", "--no-remote", "--no-check", "tests/secretsPeer.ts"],
            cwd=ROOT / "web", stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1)

    def close(self):
        """Ends the process."""
        self.process.stdin.close()
        self.process.wait(PATIENCE_SECONDS)

    def __call__(self, call, **values):
        self.process.stdin.write(json.dumps({"call": call, **values}) + "\n")
        line = self.process.stdout.readline()
        assert line, "the process ended"
        answer = json.loads(line)
        if "refused" in answer:
            raise Refused(answer["refused"])
        return answer["value"]


@pytest.fixture(scope="module")
def ours():
    """One process for all tests here."""
    with contextlib.closing(Ours()) as peer:
        yield peer


def encoded(data):
    """Unpadded Base64."""
    return base64.b64encode(data).decode().rstrip("=")


def decoded(text):
    """The bytes of Base64, padded or not."""
    return base64.b64decode(text + "=" * (-len(text) % 4))


def canonical(value):
    """Canonical JSON of what we use here."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


# Files.

@pytest.mark.parametrize("length", [0, 1, 16, 1000, 3 * 1024 * 1024 + 5])
def test_attachment(ours, length):
    """A file that one encrypts opens with the other."""
    data = random.Random(length).randbytes(length)
    sent = ours("encryptAttachment", data=encoded(data))
    file = sent["file"]
    key = file["key"]["k"].replace("-", "+").replace("_", "/")
    opened = attachments.decrypt_attachment(
        decoded(sent["ciphertext"]), key + "=", file["hashes"]["sha256"], file["iv"])
    assert opened == data

    ciphertext, theirs = attachments.encrypt_attachment(data)
    theirs["url"] = "mxc://culture.example/theirs"
    assert decoded(ours("decryptAttachment", ciphertext=encoded(ciphertext), file=theirs)) == data
    if length > 0:
        damaged = bytearray(ciphertext)
        damaged[length // 2] ^= 1
        with pytest.raises(Refused, match="BAD_MAC"):
            ours("decryptAttachment", ciphertext=encoded(damaged), file=theirs)
        with pytest.raises(EncryptionError):
            attachments.decrypt_attachment(
                decoded(sent["ciphertext"]) + b"x", key + "=", file["hashes"]["sha256"], file["iv"])


# Backup.

class VodozemacPk:
    """PkDecryption and PkEncryption of vodozemac."""

    def __init__(self):
        self.decryption = vodozemac.PkDecryption()
        self.public = self.decryption.public_key.to_bytes()

    @staticmethod
    def encrypt(public, text):
        """As `session_data`."""
        key = vodozemac.Curve25519PublicKey.from_bytes(public)
        message = vodozemac.PkEncryption.from_key(key).encrypt(text.encode())
        return {"ciphertext": encoded(message.ciphertext), "mac": encoded(message.mac),
                "ephemeral": encoded(message.ephemeral_key)}

    def decrypt(self, sealed):
        """The text of `session_data`."""
        message = vodozemac.Message.from_base64(sealed["ciphertext"], sealed["mac"], sealed["ephemeral"])
        return bytes(self.decryption.decrypt(message)).decode()


class LibolmPk:
    """PkDecryption and PkEncryption of libolm."""

    def __init__(self):
        self.decryption = olm.PkDecryption()
        self.public = decoded(self.decryption.public_key)

    @staticmethod
    def encrypt(public, text):
        """As `session_data`."""
        message = olm.PkEncryption(encoded(public)).encrypt(text)
        return {"ciphertext": message.ciphertext, "mac": message.mac, "ephemeral": message.ephemeral_key}

    def decrypt(self, sealed):
        """The text of `session_data`."""
        return self.decryption.decrypt(
            olm.PkMessage(sealed["ephemeral"], sealed["mac"], sealed["ciphertext"]))


@pytest.mark.parametrize("kind", [VodozemacPk, LibolmPk], ids=["vodozemac", "libolm"])
@pytest.mark.parametrize("text", ["", "bonjour", "é" * 700], ids=["nothing", "short", "long"])
def test_backup(ours, kind, text):
    """What one seals the other opens."""
    theirs, private = kind(), random.Random(text).randbytes(32)
    public = decoded(ours("backupPublicKey", privateKey=encoded(private)))
    assert public == vodozemac.Curve25519SecretKey.from_bytes(private).public_key().to_bytes()
    sealed = theirs.encrypt(public, text)
    assert ours("openFromBackup", privateKey=encoded(private), sealed=sealed) == text
    assert theirs.decrypt(ours("sealForBackup", publicKey=encoded(theirs.public), text=text)) == text
    with pytest.raises(Refused, match="BAD_MAC"):
        ours("openFromBackup", privateKey=encoded(b"x" * 32), sealed=sealed)


def exported_session():
    """One session in export format, from libolm."""
    outbound = olm.OutboundGroupSession()
    inbound = olm.InboundGroupSession(outbound.session_key)
    key = encoded(b"k" * 32)
    return {
        "algorithm": "m.megolm.v1.aes-sha2", "room_id": "!salon:culture.example",
        "session_id": inbound.id, "session_key": inbound.export_session(0), "sender_key": key,
        "sender_claimed_keys": {"ed25519": key}, "forwarding_curve25519_key_chain": []}


def test_export(ours):
    """An export file of matrix-nio is read, and it reads ours; the sessions are those of libolm."""
    sessions = [exported_session(), exported_session()]
    text = "\n".join([key_export.HEADER,
                      key_export.encrypt(json.dumps(sessions).encode(), "mot de passe", count=1000),
                      key_export.FOOTER])
    read = ours("readExport", text=text, passphrase="mot de passe")
    assert [one["sessionID"] for one in read["sessions"]] == [one["session_id"] for one in sessions]
    assert read["refused"] == 0
    with pytest.raises(Refused, match="BAD_MAC"):
        ours("readExport", text=text, passphrase="autre")

    lines = ours("writeExport", sessions=sessions, passphrase="mot de passe").split("\n")
    back = json.loads(key_export.decrypt("".join(lines[1:-2]), "mot de passe"))
    assert [one["session_key"] for one in back] == [one["session_key"] for one in sessions]
    olm.InboundGroupSession.import_session(back[0]["session_key"])


# Secrets.

def secret_keys(key, name):
    """The AES and MAC keys of secret storage."""
    derived = HKDF(key, 64, b"\0" * 32, SHA256, context=name.encode())
    return derived[:32], derived[32:]


def aes_ctr(key, iv, data):
    """With the whole block as counter."""
    cipher = AES.new(key, AES.MODE_CTR, nonce=b"", initial_value=iv)
    return cipher.encrypt(data)


def test_secret_storage(ours):
    """By the specification's steps, over other ciphers."""
    chance = random.Random(1)
    key, name = chance.randbytes(32), "m.cross_signing.master"
    content = ours("encryptSecret", name=name, secret="un secret", key=encoded(key))
    found = content["encrypted"]["id"]
    aes, mac = secret_keys(key, name)
    ciphertext, iv = decoded(found["ciphertext"]), decoded(found["iv"])
    assert hmac.digest(mac, ciphertext, "sha256") == decoded(found["mac"])
    assert aes_ctr(aes, iv, ciphertext).decode() == "un secret"

    theirs = aes_ctr(aes, iv, "à nous".encode())
    made = {"encrypted": {"id": {
        # With padding, as some do it.
        "iv": base64.b64encode(iv).decode(), "ciphertext": base64.b64encode(theirs).decode(),
        "mac": base64.b64encode(hmac.digest(mac, theirs, "sha256")).decode()}}}
    assert ours("decryptSecret", name=name, content=made, key=encoded(key)) == "à nous"

    described = ours("describeKey", key=encoded(key))
    aes, mac = secret_keys(key, "")
    zeros = aes_ctr(aes, decoded(described["iv"]), b"\0" * 32)
    assert hmac.digest(mac, zeros, "sha256") == decoded(described["mac"])
    assert ours("isKeyDescribed", key=encoded(key), content=described) is True
    assert ours("isKeyDescribed", key=encoded(chance.randbytes(32)), content=described) is False


def test_passphrase(ours):
    """A key from a passphrase of another client."""
    content = {"algorithm": "m.pbkdf2", "salt": "MmMsAlty", "iterations": 1000, "bits": 256}
    theirs = PBKDF2("phrase é".encode(), b"MmMsAlty", 32, 1000, hmac_hash_module=SHA512)
    assert decoded(ours("passphraseKey", passphrase="phrase é", content=content)) == theirs


BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"


def test_recovery_code(ours):
    """By the specification's steps."""
    for seed in range(50):
        key = random.Random(seed).randbytes(32)
        body = b"\x8b\x01" + key
        parity = 0
        for byte in body:
            parity ^= byte
        number, digits = int.from_bytes(body + bytes([parity])), ""
        while number:
            number, digit = divmod(number, 58)
            digits = BASE58[digit] + digits
        assert ours("writeCode", key=encoded(key)).replace(" ", "") == digits
        assert decoded(ours("readCode", code=" ".join(digits))) == key


# Cross-signing.

def signing_key(usage, public):
    """The public half of a cross-signing key."""
    return {"user_id": USER, "usage": [usage], "keys": {f"ed25519:{public}": public}}


def test_cross_signing(ours):
    """What we sign libolm verifies, and what it signs we take for a chain."""
    seeds = [olm.PkSigning.generate_seed() for _ in range(4)]
    signers = [olm.PkSigning(seed) for seed in seeds]
    master, own, others, _ = [signer.public_key for signer in signers]
    upload = ours("publishSeeds", userID=USER, seeds=[encoded(seed) for seed in seeds[:3]],
                  deviceSeed=encoded(seeds[3]))
    for name, usage, public in [("self_signing_key", "self_signing", own),
                                ("user_signing_key", "user_signing", others)]:
        key = upload[name]
        signature = key.pop("signatures")[USER][f"ed25519:{master}"]
        assert key == signing_key(usage, public)
        olm.ed25519_verify(master, canonical(key), signature)

    def signed(key):
        text = signers[0].sign(canonical(key).decode())
        return {**key, "signatures": {USER: {f"ed25519:{master}": text}}}

    chain = {"master": signing_key("master", master),
             "selfSigning": signed(signing_key("self_signing", own)),
             "userSigning": signed(signing_key("user_signing", others))}
    assert ours("readIdentity", userID=USER, **chain) == [f"ed25519:{own}", f"ed25519:{others}"]
    chain["selfSigning"] = signed(signing_key("self_signing", own))
    chain["selfSigning"]["usage"].append("master")
    assert ours("readIdentity", userID=USER, **chain) == [None, f"ed25519:{others}"]


# Comparisons.

class VodozemacSas:
    """Numbers, pictures and MACs of vodozemac."""

    def __init__(self):
        self.sas = vodozemac.Sas()
        self.public = self.sas.public_key.to_base64()
        self.established = None

    def meet(self, key):
        """The other's public key has come."""
        self.established = self.sas.diffie_hellman(vodozemac.Curve25519PublicKey.from_base64(key))

    def shown(self, info):
        """Seven numbers of pictures, and three numbers."""
        both = self.established.bytes(info)
        return list(both.emoji_indices), list(both.decimals)

    def mac(self, method, text, info):
        """One MAC."""
        if method == "hkdf-hmac-sha256.v2":
            return self.established.calculate_mac(text, info)
        return self.established.calculate_mac_invalid_base64(text, info)


class LibolmSas:
    """The same of libolm."""

    def __init__(self):
        self.sas = olm.Sas()
        self.public = self.sas.pubkey

    def meet(self, key):
        """The other's public key has come."""
        self.sas.set_their_pubkey(key)

    def shown(self, info):
        """Seven numbers of pictures, and three numbers."""
        number = int.from_bytes(self.sas.generate_bytes(info, 6))
        small = int.from_bytes(self.sas.generate_bytes(info, 5))
        return ([number >> 42 - 6 * index & 63 for index in range(7)],
                [(small >> 27 - 13 * index & 8191) + 1000 for index in range(3)])

    def mac(self, method, text, info):
        """One MAC."""
        if method == "hkdf-hmac-sha256.v2":
            return self.sas.calculate_mac_fixed_base64(text, info)
        return self.sas.calculate_mac(text, info)


OURS = {"userID": USER, "deviceID": "OURS", "keys": {"ed25519:OURS": "b3Vycw", "ed25519:M": "M"}}
THEIRS = {"userID": "@bruno:interieur.example", "deviceID": "THEIRS", "keys": {"ed25519:THEIRS": "dGhlaXJz"}}
FORMS = {
    "to-device": ({"kind": "to-device", "transactionID": "t"}, "t", {"transaction_id": "t"}),
    "room": ({"kind": "room", "roomID": "!r:x", "requestID": "$request"}, "$request",
             {"m.relates_to": {"rel_type": "m.reference", "event_id": "$request"}})}


def macs(sas, method, sender, receiver, transaction):
    """The content of a `mac` message, for all keys of the sender."""
    info = ("MATRIX_KEY_VERIFICATION_MAC" + sender["userID"] + sender["deviceID"]
            + receiver["userID"] + receiver["deviceID"] + transaction)
    keys = sender["keys"]
    return {"mac": {name: sas.mac(method, key, info + name) for name, key in keys.items()},
            "keys": sas.mac(method, ",".join(sorted(keys)), info + "KEY_IDS")}


@pytest.mark.parametrize("kind", [VodozemacSas, LibolmSas], ids=["vodozemac", "libolm"])
@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("method", ["hkdf-hmac-sha256.v2", "hkdf-hmac-sha256"])
@pytest.mark.parametrize("starter", ["we start", "they start"])
def test_comparison(ours, kind, form, method, starter):
    """Both ends show the same, and each takes the other's MACs."""
    form, transaction, binding = FORMS[form]
    sas, name = kind(), f"{kind.__name__} {transaction} {method} {starter}"
    ours("compare", id=name, form=form, own=OURS, partner=THEIRS["userID"], partnerKeys=THEIRS["keys"])

    def say(step, **content):
        return ours("receive", id=name, step=step, content={**content, **binding})

    say("ready", from_device="THEIRS", methods=["m.sas.v1"])
    if starter == "we start":
        [start] = ours("tick", id=name, now=3000)
        promise = hashlib.sha256(sas.public.encode() + canonical(start["content"])).digest()
        [key] = say("accept", method="m.sas.v1", key_agreement_protocol="curve25519-hkdf-sha256",
                    hash="sha256", message_authentication_code=method,
                    short_authentication_string=["decimal", "emoji"], commitment=encoded(promise))
        assert say("key", key=sas.public) == []
    else:
        start = {"from_device": "THEIRS", "method": "m.sas.v1", "hashes": ["sha256"],
                 "key_agreement_protocols": ["curve25519-hkdf-sha256"],
                 "message_authentication_codes": [method],
                 "short_authentication_string": ["decimal", "emoji"]}
        [accept] = say("start", **start)
        assert accept["content"]["message_authentication_code"] == method
        [key] = say("key", key=sas.public)
        promise = hashlib.sha256(key["content"]["key"].encode() + canonical({**start, **binding})).digest()
        assert decoded(accept["content"]["commitment"]) == promise
    sas.meet(key["content"]["key"])

    us = f"{OURS['userID']}|{OURS['deviceID']}|{key['content']['key']}"
    them = f"{THEIRS['userID']}|{THEIRS['deviceID']}|{sas.public}"
    both = f"{us}|{them}" if starter == "we start" else f"{them}|{us}"
    emoji, decimal = sas.shown(f"MATRIX_KEY_VERIFICATION_SAS|{both}|{transaction}")
    state = ours("state", id=name)
    assert state["phase"] == "comparing"
    assert state["shown"] == {"emoji": emoji, "decimal": decimal}
    assert len(state["pictures"]) == 7

    [mac] = ours("confirm", id=name)
    assert macs(sas, method, OURS, THEIRS, transaction).items() <= mac["content"].items()
    assert [one["step"] for one in say("mac", **macs(sas, method, THEIRS, OURS, transaction))] == ["done"]
    assert ours("state", id=name) == {"phase": "done", "deviceID": "THEIRS", "verified": THEIRS["keys"]}
