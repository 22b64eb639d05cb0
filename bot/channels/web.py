"""The web page: no account, no JavaScript, nothing from elsewhere. POST → 303 → GET, drawn from the session."""

from __future__ import annotations

import re
import secrets
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bot.app import App
from handlers.actions import BadActionError, Vote, pack, unpack
from handlers.answering import topics
from handlers.facts import begun
from handlers.results import details
from handlers.screens import greeting, own_affairs
from handlers.sheet import sheet
from handlers.told import said_back
from handlers.types import Choice, Incoming, IncomingKind, Reply
from handlers.wording import TEMPLATES, vietnamese_date
from knowledge.model import Kind

COOKIE = "chungtay"
#: How long the cookie lives, in seconds: as the conversation does, and for visitors who agreed to be remembered.
A_DAY, AGREED = 86_400, 400 * 86_400
#: The largest form that is read, in bytes; a question has at most 2,000 characters.
BODY_LIMIT = 64 * 1024
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
}
_TOKEN = re.compile(r"[A-Za-z0-9_-]{32}")


class Web:
    """The pages. Each visitor's conversation hangs on a random cookie."""

    def __init__(self, app: App, templates: Path = TEMPLATES) -> None:
        self._app = app
        self._pages = Environment(
            loader=FileSystemLoader(templates / "web"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._pages.filters["rich"] = rich_html
        self._pages.filters["packed"] = pack
        self._pages.globals["is_vote"] = _is_vote
        self._pages.filters["day"] = vietnamese_date
        self._style = (templates / "web" / "style.css").read_text(encoding="utf-8")

    def asgi(self) -> Starlette:
        """The web application."""
        return Starlette(
            routes=[
                Route("/", self.show, methods=["GET"]),
                Route("/", self.send, methods=["POST"]),
                Route("/da-xoa", self.forgotten, methods=["GET"]),
                Route("/hotro", self.interview, methods=["GET"]),
                Route("/ket-qua", self.result, methods=["GET"]),
                Route("/e/{entry}", self.entry, methods=["GET"]),
                Route("/style.css", self.style, methods=["GET"]),
            ],
            exception_handlers={HTTPException: self._error, Exception: self._error},
            middleware=[Middleware(_Headers), Middleware(_BodyLimit, limit=BODY_LIMIT, refusal=self._refusal(413))],
        )

    async def show(self, request: Request) -> Response:
        """The conversation as it stands; the greeting for a new visitor."""
        token = _token(request)
        if "hotro" in request.query_params:
            return RedirectResponse("/hotro", status_code=303)
        session = await self._app.session(_incoming(token))
        replies = session.shown or (greeting(self._app.context),)
        page = self._page(session.asked if session.shown else "", replies, begun(session))
        return await self._remembered(page, token)

    async def send(self, request: Request) -> Response:
        """Take a question or a pressed button, then show the page again."""
        if not _same_origin(request):
            raise HTTPException(403)
        form = await request.form(max_fields=10, max_files=0)
        token = _token(request)
        text, packed = form.get("q"), form.get("a")
        incoming = _incoming(token, text if isinstance(text, str) else "")
        if isinstance(packed, str) and packed:
            try:
                incoming = replace(incoming, kind=IncomingKind.ACTION, action=unpack(packed))
            except BadActionError:
                incoming = replace(incoming, text="/start")
        await self._app.converse(incoming)
        if not (await self._app.session(incoming)).shown:
            forgotten = RedirectResponse("/da-xoa#tra-loi", status_code=303)
            forgotten.delete_cookie(COOKIE)
            return forgotten
        return await self._remembered(RedirectResponse("/#tra-loi", status_code=303), token)

    async def forgotten(self, request: Request) -> Response:
        """Everything about the visitor is erased. Whoever is known comes back to the conversation."""
        incoming = _incoming(_token(request))
        if (await self._app.session(incoming)).shown or await self._app.knows(incoming):
            return RedirectResponse("/", status_code=303)
        erased = Reply(self._app.context.wording.say("erased", waiting=0), topics(self._app.context))
        return self._page("", (erased,), False)

    async def interview(self, request: Request) -> Response:
        """Open the interview, or go on with it, as a link from outside does."""
        token = _token(request)
        await self._app.converse(replace(_incoming(token), text="/hotro"))
        return await self._remembered(RedirectResponse("/#tra-loi", status_code=303), token)

    async def result(self, request: Request) -> Response:
        """The visitor's own result in full, to print or to save; nothing personal stands in the address."""
        token = _token(request)
        session = await self._app.session(_incoming(token))
        context = self._app.context
        day = context.day(datetime.now(UTC))
        found = details(session, context, day) if begun(session) else None
        answers = said_back(session.facts, context)
        page = self._pages.get_template("result.html").render(found=found, answers=answers, day=day)
        return await self._remembered(HTMLResponse(page, headers={"Cache-Control": "no-store"}), token)

    async def entry(self, request: Request) -> Response:
        """The permanent page of an entry, to share and to print: every aspect at once."""
        context = self._app.context
        entry = context.knowledge.entries.get(request.path_params["entry"])
        if entry is None or entry.kind not in {Kind.PROGRAMME, Kind.GUIDE}:
            raise HTTPException(404)
        day = context.day(datetime.now(UTC))
        page = self._pages.get_template("entry.html").render(entry=entry, sheet=sheet(context, entry, day), day=day)
        return HTMLResponse(page)

    async def style(self, request: Request) -> Response:
        """The one style sheet."""
        return Response(self._style, media_type="text/css", headers={"Cache-Control": "public, max-age=3600"})

    def _page(self, asked: str, replies: tuple[Reply, ...], printable: bool) -> Response:
        own = own_affairs(self._app.context)
        html = self._pages.get_template("chat.html").render(asked=asked, replies=replies, printable=printable, own=own)
        return HTMLResponse(html, headers={"Cache-Control": "no-store"})

    async def _remembered(self, response: Response, token: str) -> Response:
        """``response`` with the cookie: for as long as the conversation, for longer where the visitor agreed."""
        known = await self._app.knows(_incoming(token))
        response.set_cookie(COOKIE, token, max_age=AGREED if known else A_DAY, httponly=True, samesite="lax")
        return response

    async def _error(self, request: Request, error: Exception) -> Response:
        return self._refusal(error.status_code if isinstance(error, HTTPException) else 500)

    def _refusal(self, status: int) -> Response:
        html = self._pages.get_template("error.html").render(status=status)
        return HTMLResponse(html, status_code=status)


def rich_html(text: str) -> Markup:
    """Rich text as HTML: blank lines part paragraphs, lines beginning with • make a list."""
    blocks = [block for block in re.split(r"\n{2,}", text) if block.strip()]
    return Markup("\n".join(_block(block.splitlines()) for block in blocks))  # noqa: S704 - templates escaped it


def _block(lines: list[str]) -> str:
    items = [line[1:].strip() for line in lines if line.startswith("•")]
    prose = "<br>".join(line for line in lines if not line.startswith("•"))
    listed = "<ul>" + "".join(f"<li>{item}</li>" for item in items) + "</ul>" if items else ""
    return (f"<p>{prose}</p>" if prose else "") + listed


def _is_vote(choice: Choice) -> bool:
    """Whether a choice is one of the two votes, which stand side by side; reasons are choices like any other."""
    return isinstance(choice.action, Vote) and not choice.action.reason


def _token(request: Request) -> str:
    """The visitor's token from the cookie, or a new one."""
    token = request.cookies.get(COOKIE, "")
    return token if _TOKEN.fullmatch(token) else secrets.token_urlsafe(24)


def _same_origin(request: Request) -> bool:
    """Whether a form was sent from our own page: a browser always names the origin of a POST."""
    origin = request.headers.get("origin")
    return origin in {None, f"{request.url.scheme}://{request.headers.get('host')}"} or (
        origin is not None and origin.partition("://")[2] == request.headers.get("x-forwarded-host")
    )


def _incoming(token: str, text: str = "") -> Incoming:
    return Incoming("web", token, token, IncomingKind.TEXT, datetime.now(UTC), text, reachable=False)


class _Headers:
    """Adds the headers that keep pages from loading or being framed by anything else; over TLS, cookies stay there."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                secure = b"; Secure" if scope["scheme"] == "https" else b""
                sent = [
                    (name, value + secure if name == b"set-cookie" else value) for name, value in message["headers"]
                ]
                message["headers"] = sent + [(name.lower().encode(), value.encode()) for name, value in HEADERS.items()]
            await send(message)

        await self._app(scope, receive, with_headers if scope["type"] == "http" else send)


class _BodyLimit:
    """Refuses a body over the limit before it is read."""

    def __init__(self, app: ASGIApp, limit: int, refusal: Response) -> None:
        self._app, self._limit, self._refusal = app, limit, refusal

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            length = dict(scope["headers"]).get(b"content-length", b"0")
            if not length.isdigit() or int(length) > self._limit:
                await self._refusal(scope, receive, send)
                return
        await self._app(scope, self._counted(receive), send)

    def _counted(self, receive: Receive) -> Receive:
        """``receive`` for bodies that do not say their length."""
        taken = 0

        async def counted() -> Message:
            nonlocal taken
            message = await receive()
            taken += len(message.get("body", b""))
            if taken > self._limit:
                raise HTTPException(413)
            return message

        return counted
