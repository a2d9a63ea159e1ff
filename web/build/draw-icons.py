"""Draws build/icons/*.png from the SVG of icons.mjs, with Chromium. Run after changing the logo.

    python3 build/draw-icons.py        needs playwright and Debian's chromium and nodejs
"""

import pathlib
import subprocess

from playwright.sync_api import sync_playwright

HERE = pathlib.Path(__file__).parent
SIZES = {
    "chappe-32": (32, "true"),
    "chappe-180": (180, "false"),
    "chappe-192": (192, "true"),
    "chappe-512": (512, "true"),
    "chappe-mask-192": (192, "false"),
    "chappe-mask-512": (512, "false"),
}


def svg(rounded):
    script = f"import('{HERE.resolve()}/icons.mjs').then(m => console.log(m.logo({{ rounded: {rounded} }})))"
    return subprocess.run(["node", "-e", script], check=True, capture_output=True, text=True).stdout


with sync_playwright() as playwright:
    browser = playwright.chromium.launch(
        executable_path="/usr/bin/chromium", args=["--no-sandbox"])
    for name, (size, rounded) in SIZES.items():
        page = browser.new_page(viewport={"width": size, "height": size})
        page.set_content(f"<style>body{{margin:0}}svg{{display:block}}</style>{svg(rounded)}")
        page.screenshot(path=HERE / "icons" / f"{name}.png", omit_background=True)
        page.close()
    browser.close()
