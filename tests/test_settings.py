"""What can be set, and what is said of a setting that cannot be used."""

from __future__ import annotations

import pytest

from bot.settings import Settings, SettingsError, read_settings


@pytest.mark.parametrize("given", ["http://127.0.0.1:9", "http://127.0.0.1:9/", "http://127.0.0.1:9/bot"])
def test_a_server_is_named_with_or_without_what_comes_before_the_token(given: str) -> None:
    settings = Settings(_env_file=None, telegram_base_url=given, zalo_base_url=given)
    assert settings.telegram_base_url == settings.zalo_base_url == "http://127.0.0.1:9/bot"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("TELEGRAM_BASE_URL", "127.0.0.1:9"),
        ("ZALO_BASE_URL", "nowhere"),
        ("TELEGRAM_WEBHOOK_URL", "https://chungtay.example"),
        ("TELEGRAM_WEBHOOK_SECRET", "two words"),
        ("TELEGRAM_MESSAGES_PER_SECOND", "0"),
        ("MESSAGES_PER_MINUTE", "many"),
        ("PORT", "99999"),
        ("DATABASE_URL", "mysql://x"),
    ],
)
def test_a_setting_that_cannot_be_used_is_named_in_one_line(
    name: str, value: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError) as told:
        read_settings()
    assert str(told.value).startswith(f"setting {name}: ")
    assert "\n" not in str(told.value)
