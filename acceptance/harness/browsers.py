"""The two browsers under test, as Debian ships them."""

import contextlib

CHROMIUM = {"executable_path": "/usr/bin/chromium", "headless": True, "args": ["--no-sandbox"]}
FIREFOX = {
    # By WebDriver BiDi, which is what drives an unpatched Firefox.
    "channel": "moz-firefox", "executable_path": "/usr/bin/firefox-esr", "headless": True,
    "firefox_user_prefs": {"intl.accept_languages": "fr-FR", "permissions.default.desktop-notification": 1},
}
DESKTOP = {"width": 1280, "height": 800}
PHONE = {"width": 360, "height": 740}


@contextlib.contextmanager
def launched(playwright, name):
    """A browser, `chromium` or `firefox`."""
    if name == "chromium":
        browser = playwright.chromium.launch(**CHROMIUM)
    else:
        browser = playwright.firefox.launch(**FIREFOX)
    try:
        yield browser
    finally:
        browser.close()


def new_page(browser, viewport=None, **options):
    """A page in a profile of its own, in French."""
    context = browser.new_context(viewport=viewport or DESKTOP, locale="fr-FR", **options)
    return context.new_page()
