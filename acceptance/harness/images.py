"""Pictures made on the spot, good ones and malicious ones."""

import math
import struct
import zlib


def chunk(kind, data):
    """One chunk of a PNG."""
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(width, height, colour=(0, 0, 145)):
    """A PNG of one colour with a white diagonal, so that a scaled one can be told from an empty one."""
    rows = bytearray()
    for y in range(height):
        row = bytearray(bytes(colour) * width)
        x = y * width // height
        row[3 * x:3 * x + 3] = b"\xff\xff\xff"
        rows += b"\0" + row
    return png_of(width, height, zlib.compress(bytes(rows)))


def landscape(width=640, height=480):
    """A PNG of hills under an evening sky: a picture that one could have sent."""
    sun_x, sun_y, radius = width * 0.68, height * 0.42, height * 0.09
    ridges = [[height * (0.55 + 0.1 * k) + height * 0.07 * math.sin(x / width * (5 + 2 * k) + 2.1 * k)
               for x in range(width)] for k in range(4)]
    greens = [(120, 140, 170), (84, 110, 140), (58, 84, 108), (34, 56, 74)]
    rows = bytearray()
    for y in range(height):
        rows.append(0)
        part = y / height
        sky = (int(90 + 150 * part), int(120 + 70 * part), int(190 - 40 * part))
        for x in range(width):
            colour = sky
            if (x - sun_x) ** 2 + (y - sun_y) ** 2 < radius ** 2:
                colour = (255, 236, 190)
            for ridge, green in zip(ridges, greens):
                if y > ridge[x]:
                    colour = green
            rows += bytes(colour)
    return png_of(width, height, zlib.compress(bytes(rows)))


def png_of(width, height, compressed):
    """A PNG with the given size and the given pixel data, which need not fit."""
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", compressed)
            + chunk(b"IEND", b""))


def png_bomb(side=30_000):
    """A small file that says it is huge: `side` × `side` pixels, nearly all of them missing."""
    deflate = zlib.compressobj(9)
    row = b"\0" + bytes(3 * side)
    data = b"".join(deflate.compress(row) for _ in range(200)) + deflate.flush()
    return png_of(side, side, data)


def size_of(picture):
    """Width and height of a PNG, a JPEG, a GIF or a WebP."""
    if picture.startswith(b"\x89PNG"):
        return struct.unpack(">II", picture[16:24])
    if picture.startswith(b"GIF8"):
        return struct.unpack("<HH", picture[6:10])
    if picture[8:12] == b"WEBP":
        if picture[12:16] == b"VP8X":
            return (int.from_bytes(picture[24:27], "little") + 1,
                    int.from_bytes(picture[27:30], "little") + 1)
        if picture[12:16] == b"VP8L":
            bits = int.from_bytes(picture[21:25], "little")
            return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
        return tuple(v & 0x3FFF for v in struct.unpack("<HH", picture[26:30]))
    position = 2
    while position < len(picture):
        marker, length = struct.unpack(">HH", picture[position:position + 4])
        if 0xFFC0 <= marker <= 0xFFC3:
            height, width = struct.unpack(">HH", picture[position + 5:position + 9])
            return width, height
        position += 2 + length
    raise ValueError("not a picture that this knows")
