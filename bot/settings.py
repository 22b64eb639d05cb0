"""What can be set from outside, by environment variables or a ``.env`` file. ``docs/settings.md`` lists all."""

from __future__ import annotations

import re
from typing import Literal
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict


class SettingsError(Exception):
    """A setting that cannot be used, told in one line with its mend."""


class Settings(BaseSettings):
    """The settings; every field is an environment variable of the same name in capitals."""

    model_config = SettingsConfigDict(env_file=".env", env_file_encoding="utf-8", extra="ignore", env_ignore_empty=True)

    database_url: str = Field("sqlite+aiosqlite:///chungtay.db", description="Where conversations are kept.")
    host: str = Field("127.0.0.1", description="The address the web page is served on.")
    port: int = Field(8000, ge=0, le=65535, description="The port the web page is served on; 0 takes a free one.")
    operator_name: str = Field("", max_length=120, description="Who runs the bot; said in the greeting.")
    telegram_bot_token: SecretStr | None = Field(None, description="The token of the Telegram bot; none: off.")
    telegram_base_url: str = Field("https://api.telegram.org/bot", description="The Bot API server to talk to.")
    telegram_webhook_url: str = Field(
        "", description="The public address that Telegram posts updates to; none: the bot fetches them itself."
    )
    telegram_webhook_secret: SecretStr | None = Field(
        None, description="The secret Telegram sends along with each post; none: one derived from the token."
    )
    telegram_messages_per_second: float = Field(
        30, gt=0, description="How many messages a second go out on Telegram; 30 is what it allows an ordinary bot."
    )
    zalo_bot_token: SecretStr | None = Field(None, description="The token of the Zalo bot; none: off.")
    zalo_base_url: str = Field(
        "https://bot-api.zaloplatforms.com/bot", description="The Zalo Bot API server to talk to."
    )
    zalo_webhook_url: str = Field(
        "", description="The public address that Zalo posts updates to; none: the bot fetches them itself."
    )
    zalo_webhook_secret: SecretStr | None = Field(
        None, description="The secret Zalo sends along with each post; none: one derived from the token."
    )
    zalo_messages_per_second: float = Field(
        5, gt=0, description="How many messages a second go out on Zalo, which does not publish what it allows."
    )
    web_link: str = Field("", description="The public address of the web page, for QR codes and in replies.")
    telegram_link: str = Field("", description="The link that opens the Telegram bot, for its QR code.")
    zalo_link: str = Field("", description="The link that opens the Zalo bot, for its QR code.")
    messages_per_minute: int = Field(
        20, ge=1, description="How many messages a minute one person is answered; then one notice."
    )
    helpers: int = Field(
        1,
        ge=0,
        le=16,
        description="How many further processes work out answers; never more than there are processors to spare.",
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field("info", description="How much is logged.")

    @property
    def messengers(self) -> bool:
        """Whether a channel is on besides the web page."""
        return self.telegram_bot_token is not None or self.zalo_bot_token is not None

    @field_validator("database_url")
    @classmethod
    def _known_driver(cls, url: str) -> str:
        if not url.startswith(("sqlite+aiosqlite://", "postgresql+asyncpg://")):
            raise ValueError("must begin with sqlite+aiosqlite:// or postgresql+asyncpg://")
        return url

    @field_validator("telegram_bot_token")
    @classmethod
    def _looks_like_a_token(cls, token: SecretStr | None) -> SecretStr | None:
        if token is not None:
            head, _, tail = token.get_secret_value().partition(":")
            if not (head.isdigit() and tail):
                raise ValueError("must look like 123456:ABC…; copy it from BotFather or leave it empty")
        return token

    @field_validator("zalo_bot_token")
    @classmethod
    def _fit_for_an_address(cls, token: SecretStr | None) -> SecretStr | None:
        if token is not None and not re.fullmatch(r"[A-Za-z0-9:._~=+-]+", token.get_secret_value()):
            raise ValueError("must be the token alone, such as 123456:ABC…, or empty")
        return token

    @field_validator("telegram_base_url", "zalo_base_url")
    @classmethod
    def _up_to_the_token(cls, url: str) -> str:
        """The token follows at once, so both ``http://host`` and ``http://host/bot`` are taken."""
        if not (urlsplit(url).scheme in {"http", "https"} and urlsplit(url).netloc):
            raise ValueError("must be a web address, such as https://api.example/bot")
        url = url.rstrip("/")
        return url if url.endswith("/bot") else f"{url}/bot"

    @field_validator("telegram_webhook_url", "zalo_webhook_url")
    @classmethod
    def _web_address(cls, url: str) -> str:
        if url and not (urlsplit(url).scheme in {"http", "https"} and urlsplit(url).path.strip("/")):
            raise ValueError("must be a web address with a path, such as https://chungtay.example/updates")
        return url

    @field_validator("web_link", "telegram_link", "zalo_link")
    @classmethod
    def _link(cls, link: str) -> str:
        if link and not (urlsplit(link).scheme in {"http", "https"} and urlsplit(link).netloc):
            raise ValueError("must be a web address, such as https://chungtay.example")
        return link

    @field_validator("zalo_webhook_secret")
    @classmethod
    def _as_long_as_zalo_wants(cls, secret: SecretStr | None) -> SecretStr | None:
        if secret is not None and not re.fullmatch(r"[\x21-\x7e]{8,256}", secret.get_secret_value()):
            raise ValueError("must be 8 to 256 characters without spaces and accents")
        return secret

    @field_validator("telegram_webhook_secret")
    @classmethod
    def _fit_for_a_header(cls, secret: SecretStr | None) -> SecretStr | None:
        if secret is not None and not re.fullmatch(r"[A-Za-z0-9_-]{1,256}", secret.get_secret_value()):
            raise ValueError("must be 1 to 256 characters out of A-Z a-z 0-9 _ -")
        return secret


def read_settings() -> Settings:
    """The settings of this process. Raises SettingsError naming the first setting that is wrong."""
    try:
        return Settings()  # type: ignore[call-arg]  # the environment gives the arguments
    except ValidationError as error:
        first = error.errors()[0]
        name = "_".join(map(str, first["loc"])).upper()
        raise SettingsError(f"setting {name}: {first['msg']}; correct it in the environment or in .env") from None
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"file .env cannot be read ({type(error).__name__}): write it anew, in UTF-8") from None
