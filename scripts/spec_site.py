"""What the specification's site has at which address, worked out from the specification's sources.

The site is made by Hugo from Markdown with shortcodes. Its anchors are:

- headings: the text in lower case, without punctuation but hyphens and underscores, spaces as
  hyphens, and `-1`, `-2` after the second, third of the same text on a page;
- endpoints: the method and the path by the same rule, as in
  `put_matrixclientv3roomsroomidsendeventtypetxnid`;
- events: their type by the same rule, as in `mroomtopic`;
- definitions: `definition-` and the title of the schema.
"""

import json
import os
import pathlib
import re
from functools import cache

ROOT = pathlib.Path(__file__).resolve().parent.parent
VERSION = "v1.19"
METHODS = ("get", "put", "post", "delete", "patch")

# The pages that show endpoints, and the OpenAPI documents that hold them.
ENDPOINT_PAGES = {
    "client-server-api": ["client-server"],
    "server-server-api": ["server-server"],
    "application-service-api": ["application-service", "client-server"],
    "identity-service-api": ["identity"],
    "push-gateway-api": ["push-gateway"],
}


def shared():
    """The folder with the specification and the measuring tools, beside the project."""
    return pathlib.Path(os.environ.get("CHAPPE_SHARED", ROOT.parent / "shared"))


def spec():
    """The folder with the specification's sources, or None where there is none."""
    folder = shared() / "matrix-spec"
    return folder if (folder / "content").is_dir() else None


def anchor(text):
    """The anchor of a heading, an endpoint or an event."""
    kept = (c for c in text.strip().lower() if c.isalnum() or c in "-_ ")
    return "".join(kept).replace(" ", "-")


def endpoint_anchor(method, path):
    """The anchor of an endpoint."""
    return method.lower() + anchor(path)


@cache
def openapi(name):
    """One of the OpenAPI documents: `client-server`, `server-server` and so on."""
    return json.loads((spec() / "openapi" / f"{name}.json").read_text("utf-8"))


def operations(name):
    """Every (method, path, operation) of an OpenAPI document, in the document's order."""
    for path, item in openapi(name)["paths"].items():
        for method in METHODS:
            if method in item:
                yield method.upper(), path, item[method]


def page_file(page):
    """The Markdown file of a page, or None if there is no such page."""
    content = spec() / "content"
    for candidate in (content / f"{page}.md", content / page / "_index.md"):
        if candidate.is_file():
            return candidate
    return None


@cache
def anchors(page):
    """All anchors of a page; None if there is no such page."""
    file = page_file(page)
    if file is None:
        return None
    found = Anchors()
    found.read(file)
    for name in ENDPOINT_PAGES.get(page, []):
        for method, path, _ in operations(name):
            found.add(endpoint_anchor(method, path))
    return frozenset(found.all | {p + a for p in found.prefixes for a in found.all})


class Anchors:
    """Gathers the anchors of one page through everything that it includes."""

    def __init__(self):
        self.all = set()
        self.headings = {}
        # Some endpoints are shown a second time under a prefix.
        self.prefixes = set()

    def add(self, name):
        """Notes an anchor that is given, not derived from a heading."""
        self.all.add(name)

    def read(self, file):
        """Takes the headings and shortcodes of a file in their order."""
        fence = None
        for line in file.read_text("utf-8").splitlines():
            opening = re.match(r"\s*(```+|~~~+)", line)
            if opening:
                if fence is None:
                    fence = opening[1]
                elif line.strip().startswith(fence):
                    fence = None
                continue
            if fence:
                continue
            for identifier in re.findall(r"<\w+ (?:id|name)=\"([^\"]+)\"", line):
                self.add(identifier)
            heading = re.match(r"\s{0,3}(#{1,6})\s+(.*?)\s*#*$", line)
            if heading:
                self.heading(heading[2])
            for name, arguments in re.findall(r"\{\{[%<]\s*([\w-]+)\s*(.*?)[%>]\}\}", line):
                self.shortcode(name, dict(re.findall(r"(\w+)=\"([^\"]*)\"", arguments)))

    def heading(self, text):
        """Adds a heading's anchor, numbered when the page has it already."""
        given = re.search(r"\{(?:#|id=\")([\w-]+)\"?\}$", text)
        if given:
            self.add(given[1])
            return
        text = re.sub(r"\{\{[%<].*?[%>]\}\}", "", text)
        text = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", text)
        base = anchor(re.sub(r"<[^>]+>", "", text))
        times = self.headings.get(base, 0)
        self.headings[base] = times + 1
        self.add(f"{base}-{times}" if times else base)

    def shortcode(self, name, arguments):
        """Adds what a shortcode brings into the page."""
        content, data = spec() / "content", spec() / "data"
        if name == "cs-module":
            module = arguments.get("filename") or arguments["name"]
            self.read(content / "client-server-api" / "modules" / f"{module}.md")
        elif name == "rver-fragment":
            self.read(content / "rooms" / "fragments" / f"{arguments['name']}.md")
        elif name == "event":
            self.add(anchor(arguments["event"]))
        elif name in ("event-group", "msgtypes"):
            prefix = arguments.get("group_name", "m.room.message$")
            for file in (data / "event-schemas" / "schema").glob(f"{prefix}*.yaml"):
                self.add(anchor(file.stem.split("$")[-1] if name == "msgtypes" else file.stem))
        elif name == "definition":
            file = data / f"{arguments['path']}.yaml"
            title = re.search(r"^\s*title:\s*[\"']?(.+?)[\"']?\s*$", file.read_text("utf-8"), re.M)
            if title:
                self.add(f"definition-{anchor(title[1])}")
        elif name == "http-api" and "anchor_base" in arguments:
            self.prefixes.add(arguments["anchor_base"] + "_")


def problem_of(link):
    """Why a link into the specification's site leads nowhere, or None if it leads somewhere."""
    match = re.fullmatch(r"https://spec\.matrix\.org/([^/#]+)(?:/([^#]*?))?/?(?:#(.*))?", link)
    if not match or match[1] != VERSION:
        return f"does not pin {VERSION}"
    page, name = match[2] or "_index", match[3]
    known = anchors(page.removesuffix("/"))
    if known is None:
        return f"there is no page {page}"
    if not name or name in known:
        return None
    # The tables of an endpoint and of a definition have anchors of their own below theirs.
    base = re.split(r"_(?:request|response-\d+)|_(?=[a-z0-9-]+$)", name)[0]
    if base != name and base in known:
        return None
    return f"{page} has no #{name}"
