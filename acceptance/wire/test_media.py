"""Media: up, down, thumbnails, names, and the files that are no friends."""

import secrets
import threading
import zlib

import pytest
from harness.images import chunk, png, png_bomb, png_of, size_of
from harness.wire import Wire

ours = pytest.mark.ours

# What a browser may show in place; everything else is a download (E3).
SHOWN_IN_PLACE = ["image/png", "image/jpeg", "image/gif", "image/webp", "audio/ogg", "video/mp4",
                  "text/plain"]
NEVER_SHOWN = ["text/html", "TEXT/HTML", "image/svg+xml", "Image/SVG+XML", "application/xml",
               "application/xhtml+xml", "application/x-shockwave-flash", "application/javascript",
               "application/pdf", "text/html;charset=utf-7", "application/octet-stream",
               "image/png, text/html", "nonsense", "text/xml"]


def upload(user, data, type="application/octet-stream", **query):
    answer = user.post("/_matrix/media/v3/upload", raw=data, headers={"Content-Type": type},
                       query=query)
    uri = answer.ok()["content_uri"]
    assert uri.startswith(f"mxc://{user.server_name}/")
    return uri.removeprefix("mxc://").split("/")


def download(user, media, *more, **options):
    path = "/v1/media/download/{}/{}" + "/{}" * len(more)
    return user.get(path, *media, *more, **options)


# -- up and down -----------------------------------------------------------


@pytest.mark.parametrize("size", [0, 1, 4096, 65_537, 3 << 20])
def test_round_trip(amelie, basile, size):
    """A file comes back byte for byte, to whoever is logged in."""
    data = secrets.token_bytes(size)
    answer = download(basile, upload(amelie, data))
    assert answer.status == 200 and answer.body == data
    assert answer.headers["Content-Length"] == str(size)


@pytest.mark.parametrize("type", SHOWN_IN_PLACE)
def test_shown_in_place(amelie, type):
    """What is safe may be shown in place."""
    headers = download(amelie, upload(amelie, b"x", type, filename="a")).headers
    assert headers["Content-Type"].split(";")[0] == type
    assert headers["Content-Disposition"].startswith("inline")


@pytest.mark.parametrize("type", NEVER_SHOWN)
def test_never_shown_in_place(amelie, type):
    """Everything else is a download, whatever it says it is."""
    headers = download(amelie, upload(amelie, b"<script>alert(1)</script>", type)).headers
    assert headers["Content-Disposition"].startswith("attachment")
    guarded(headers)


def guarded(headers):
    policy = headers["Content-Security-Policy"]
    assert "sandbox" in policy and "default-src 'none'" in policy
    assert headers["Cross-Origin-Resource-Policy"] == "cross-origin"


@ours
@pytest.mark.parametrize("type", SHOWN_IN_PLACE + NEVER_SHOWN)
def test_type_is_not_guessed(amelie, type):
    """No browser is to guess another type."""
    headers = download(amelie, upload(amelie, b"<html>", type)).headers
    assert headers["X-Content-Type-Options"] == "nosniff"
    guarded(headers)


@pytest.mark.parametrize("name, asked, expected", [
    ("ascii.txt", None, ["ascii.txt"]), ("été.txt", None, ["%C3%A9t%C3%A9.txt", "été.txt"]),
    ("☃.txt", None, ["%E2%98%83.txt", "☃.txt"]), ("ascii.txt", "autre.txt", ["autre.txt"]),
    ("a b;c.txt", None, ["a b;c.txt", "a%20b%3Bc.txt"]), ("", None, None),
])
def test_names(amelie, name, asked, expected):
    """A file keeps its name, unless the address asks for another."""
    media = upload(amelie, b"x", "text/plain", **({"filename": name} if name else {}))
    header = download(amelie, media, *([asked] if asked else [])).headers["Content-Disposition"]
    if expected is None:
        assert "filename" not in header
    else:
        assert any(e in header for e in expected), header


@pytest.mark.parametrize("name", ['a"b.txt', "a\r\nSet-Cookie: x=y", "../../etc/passwd", "a\0b", "\u202etxt.exe"])
def test_strange_names(amelie, name):
    """A name does not break out of its header, nor out of the store (E1)."""
    answer = amelie.post("/_matrix/media/v3/upload", raw=b"x", query={"filename": name},
                         headers={"Content-Type": "text/plain"})
    if answer.status != 200:
        answer.error(400)
        return
    got = download(amelie, answer.json["content_uri"].removeprefix("mxc://").split("/"))
    assert got.status == 200 and got.body == b"x" and "Set-Cookie" not in got.headers


def test_without_type(amelie):
    """A file without a type is one of bytes."""
    answer = amelie.post("/_matrix/media/v3/upload", raw=b"x")
    media = answer.ok()["content_uri"].removeprefix("mxc://").split("/")
    assert download(amelie, media).headers["Content-Type"] == "application/octet-stream"


def test_token_needed(client, amelie):
    """Nobody uploads or downloads without a token; the old endpoints serve nothing new (E2)."""
    media = upload(amelie, b"x")
    client.post("/_matrix/media/v3/upload", raw=b"x").error(401, "M_MISSING_TOKEN")
    download(client, media).error(401, "M_MISSING_TOKEN")
    client.get("/v1/media/thumbnail/{}/{}", *media, query={"width": 1, "height": 1}).error(401)
    for path in ("/_matrix/media/v3/download/{}/{}", "/_matrix/media/r0/download/{}/{}"):
        client.get(path, *media).error({401, 404})


@pytest.mark.parametrize("name, media", [
    ("SERVER", "nosuch"), ("SERVER", "../../etc/passwd"), ("SERVER", ".."), ("SERVER", "."),
    ("SERVER", "a/b"), ("SERVER", "%2e%2e"), ("SERVER", "a\0b"), ("SERVER", "é"), ("SERVER", "a" * 300),
    ("SERVER", ""), *(pytest.param(name, "x", marks=ours) for name in (
        "../..", "..", "not a server", "a/b", "", "[::1", "SERVER:1:2")),
])
def test_strange_addresses(amelie, name, media):
    """An address that is none leads nowhere (E1)."""
    answer = amelie.get("/v1/media/download/{}/{}", name.replace("SERVER", amelie.server_name), media)
    assert answer.status in (400, 404), answer
    assert b"root:" not in answer.body


def test_config(amelie):
    """The limit is told."""
    limit = amelie.get("/v1/media/config").ok()["m.upload.size"]
    assert amelie.get("/_matrix/media/v3/config").ok()["m.upload.size"] == limit > 0


@ours
def test_too_large_is_refused_before_it_is_sent(client, amelie):
    """An upload that says it is too large is refused at once (D7)."""
    limit = amelie.get("/v1/media/config").ok()["m.upload.size"]
    with Wire(client) as wire:
        wire.ask("POST", "/_matrix/media/v3/upload", [
            f"Authorization: Bearer {amelie.token}", f"Content-Length: {limit + 1}"])
        assert wire.status() == 413


# -- uploads that come later -------------------------------------------------


def reserve(user):
    return user.post("/_matrix/media/v1/create").ok()["content_uri"].removeprefix("mxc://").split("/")


def test_async_upload(amelie, basile):
    """An address is reserved, filled once, and only by whoever reserved it (E7)."""
    media = reserve(amelie)
    download(basile, media, query={"timeout_ms": 10}).error(504, "M_NOT_YET_UPLOADED")
    path = "/_matrix/media/v3/upload/{}/{}"
    basile.put(path, *media, raw=b"pirate").error(403, "M_FORBIDDEN")
    amelie.put(path, *media, raw=b"contenu", headers={"Content-Type": "text/plain"}).ok()
    amelie.put(path, *media, raw=b"autre").error(409, "M_CANNOT_OVERWRITE_MEDIA")
    assert download(basile, media).body == b"contenu"
    amelie.put(path, amelie.server_name, "nosuch", raw=b"x").error(404, "M_NOT_FOUND")
    amelie.put(path, "other.example", media[1], raw=b"x").error({400, 403, 404})


def test_download_waits_for_the_upload(amelie, basile):
    """A download of what is still to come waits for it."""
    media, got = reserve(amelie), {}
    thread = threading.Thread(target=lambda: got.update(
        answer=download(basile, media, query={"timeout_ms": 15_000})))
    thread.start()
    amelie.put("/_matrix/media/v3/upload/{}/{}", *media, raw=b"contenu").ok()
    thread.join(20)
    assert got["answer"].status == 200 and got["answer"].body == b"contenu"


# -- thumbnails --------------------------------------------------------------


@pytest.mark.parametrize("method, size, expected", [
    ("scale", (32, 32), (32, 24)), ("crop", (32, 32), (32, 32)), ("scale", (320, 240), (320, 240)),
    ("crop", (96, 96), (96, 96)),
])
def test_thumbnail(amelie, basile, method, size, expected):
    """A thumbnail has the proportions asked for, at least the size, and never more than asked twice."""
    media = upload(amelie, png(800, 600), "image/png")
    answer = basile.get("/v1/media/thumbnail/{}/{}", *media, query={
        "width": size[0], "height": size[1], "method": method})
    assert answer.status == 200, answer
    assert answer.headers["Content-Type"] in ("image/png", "image/jpeg", "image/webp")
    width, height = size_of(answer.body)
    assert width >= expected[0] - 1 and height >= expected[1] - 1
    assert abs(width / height - expected[0] / expected[1]) < 0.1
    assert width <= 800 and height <= 600


def test_thumbnail_of_a_small_picture(amelie):
    """A small picture is not blown up."""
    media = upload(amelie, png(10, 10), "image/png")
    answer = amelie.get("/v1/media/thumbnail/{}/{}", *media, query={"width": 320, "height": 240})
    assert answer.status == 200 and size_of(answer.body) == (10, 10)


@pytest.mark.parametrize("query", [
    {"width": 0, "height": 10}, {"width": -1, "height": -1}, {"width": "x", "height": "y"}, {},
    {"width": 10}, {"width": 10, "height": 10, "method": "nonsense"},
    {"width": 10**9, "height": 10**9}, {"width": 2**63, "height": 1},
])
def test_bad_thumbnail(amelie, query):
    """A size that is none is refused; one too large gives a limited one."""
    media = upload(amelie, png(50, 50), "image/png")
    answer = amelie.get("/v1/media/thumbnail/{}/{}", *media, query=query)
    assert answer.status in (200, 400, 404), answer
    if answer.status == 200:
        assert max(size_of(answer.body)) <= 800


TIFF = b"II*\0\x08\0\0\0" + bytes(200)
BMP = b"BM" + bytes(200)
PPM = b"P6 10000 10000 255\n" + bytes(300)
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><image href="file:///etc/passwd"/></svg>'
EPS = b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n(/etc/passwd) run\n"
PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n"
MP4 = b"\0\0\0\x18ftypmp42" + bytes(200)
MVG = b"push graphic-context\nviewbox 0 0 9 9\nimage over 0,0 0,0 'file:///etc/passwd'\npop graphic-context"


@pytest.mark.parametrize("data", [
    TIFF, BMP, PPM, SVG, EPS, PDF, MP4, MVG, b"", b"\x89PNG\r\n\x1a\n", b"GIF89a", b"RIFF\0\0\0\0WEBP",
    png(20, 20)[:60], png_of(20, 20, b"nonsense"), png_of(0, 0, zlib.compress(b"")),
    png_of(2**31 - 1, 2**31 - 1, zlib.compress(b"")), b"\xff\xd8\xff\xe0" + bytes(100),
    png(9, 9)[:33] + chunk(b"iCCP", b"x\0\0" + zlib.compress(bytes(20_000_000))) + png(9, 9)[33:],
], ids=["tiff", "bmp", "ppm", "svg", "eps", "pdf", "mp4", "mvg", "empty", "png-head", "gif-head",
        "webp-head", "png-cut", "png-nonsense", "png-0", "png-2^31", "jpeg-nonsense", "icc-bomb"])
def test_no_picture(client, amelie, data):
    """What is no picture of the four kinds has no thumbnail, whatever it says it is (E4)."""
    media = upload(amelie, data, "image/png")
    answer = amelie.get("/v1/media/thumbnail/{}/{}", *media, query={"width": 32, "height": 32})
    assert answer.status in (200, 400, 404, 413, 415, 422), answer
    assert b"root:" not in answer.body
    if answer.status == 200:
        assert max(size_of(answer.body)) <= 800
    assert client.get("/_matrix/client/versions").status == 200


@ours
def test_bomb(client, amelie):
    """A picture of 30,000 × 30,000 pixels holds up nobody (E4)."""
    media = upload(amelie, png_bomb(), "image/png")
    answer = amelie.get("/v1/media/thumbnail/{}/{}", *media, query={"width": 32, "height": 32},
                        patience=15)
    answer.error({400, 404, 413, 415, 422})
    assert download(amelie, media).status == 200


# -- what belongs to other chapters -------------------------------------------


def test_preview(amelie):
    """Without previews of addresses, there is an empty one or none."""
    answer = amelie.get("/v1/media/preview_url", query={"url": "http://127.0.0.1:1/"})
    assert answer.status in (200, 403, 404, 502), answer
