"""What is told at the start."""

from __future__ import annotations

import pytest

from bot.server import announce
from bot.settings import Settings


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({}, "Telegram: off (set TELEGRAM_BOT_TOKEN); Zalo: off (set ZALO_BOT_TOKEN); operator: not named"),
        ({"zalo_bot_token": "1:a"}, "Zalo: on, by polling"),
        ({"zalo_bot_token": "1:a", "zalo_webhook_url": "https://x.example/zalo"}, "Zalo: on, by webhook"),
        ({"telegram_bot_token": "1:a", "operator_name": "UBND xã A"}, "Telegram: on, by polling; Zalo: off"),
    ],
)
def test_three_lines_tell_where_to_go_and_what_is_off(
    given: dict[str, str], told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    announce(Settings(_env_file=None, **given), 8000)
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 3
    assert told in lines[1]
