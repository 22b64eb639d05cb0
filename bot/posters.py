"""A sheet with a QR code that leads to the bot, for the notice board; as SVG to print, or the code alone as PNG."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from textwrap import wrap

import segno
import yaml
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from bot.settings import Settings, SettingsError
from handlers.wording import TEMPLATES

#: Where a code can lead, and the setting that says where that is.
LINKS = {"web": "web_link", "telegram": "telegram_link", "zalo": "zalo_link"}
#: A quarter of the code may be dirty or torn.
CORRECTION = "q"
#: Pixels a module in a picture, enough for a code of 10 cm in print.
SCALE = 24
#: How many letters fit on a line of the sheet, capitals as well.
LINE = 40


def link_of(where: str, settings: Settings) -> str:
    """The link to print. Raises SettingsError where it is not set."""
    link: str = getattr(settings, LINKS[where])
    if not link:
        raise SettingsError(f"setting {LINKS[where].upper()} is empty; set it, or give --link")
    return link


def poster(where: str, link: str, operator: str, templates: Path = TEMPLATES) -> str:
    """The sheet as SVG, A5."""
    folder = templates / "posters"
    texts = yaml.safe_load((folder / "texts.yaml").read_text(encoding="utf-8"))
    pages = Environment(loader=FileSystemLoader(folder), autoescape=True, undefined=StrictUndefined, trim_blocks=True)
    code = segno.make(link, error=CORRECTION, micro=False).svg_inline(omitsize=True)
    who = texts["who"].format(operator=operator) if operator else texts["machine"]
    return pages.get_template("qr.svg").render(
        title=texts["title"],
        how=texts["how"][where],
        who=wrap(who, LINE),
        free=texts["free"],
        link=link,
        code=Markup(code),  # noqa: S704 - drawn by segno
    )


def picture(link: str) -> bytes:
    """The code alone as PNG."""
    out = BytesIO()
    segno.make(link, error=CORRECTION, micro=False).save(out, kind="png", scale=SCALE)
    return out.getvalue()
