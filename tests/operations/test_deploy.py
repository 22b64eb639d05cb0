"""The files that people copy to a server, tried as far as this machine allows."""

from __future__ import annotations

import re
import shutil
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
import yaml
from prometheus_client.parser import text_string_to_metric_families

from bot.metrics import Metrics, Room, Waiting
from store.inbox import Depth
from tests.operations.program import ROOT, running
from tests.operations.stock import NOW

DEPLOY = ROOT / "deploy"
needs_nginx = pytest.mark.skipif(
    not (shutil.which("nginx") and shutil.which("openssl")), reason="needs nginx and openssl"
)


def published() -> set[str]:
    """The names of all figures."""
    metrics = Metrics()
    page = metrics.page(Waiting(Depth(0, None, 0), {}), Room(0, 0), NOW).decode()
    families = text_string_to_metric_families(page)
    totals = {family.name + ("_total" if family.type == "counter" else "") for family in families}
    return {name for name in totals if name.startswith("chungtay_")}


def test_every_figure_is_explained_and_every_alarm_has_a_figure_and_advice() -> None:
    guide = (ROOT / "docs" / "monitor.md").read_text(encoding="utf-8")
    assert {
        name for name in re.findall(r"^\| `(\w+)`", guide, re.MULTILINE) if name.startswith("chungtay")
    } == published()
    rules = yaml.safe_load((DEPLOY / "prometheus-rules.yml").read_text(encoding="utf-8"))["groups"][0]["rules"]
    assert {rule["alert"] for rule in rules} == set(re.findall(r"^\| `(ChungTay\w+)`", guide, re.MULTILINE))
    for rule in rules:
        used = {re.sub(r"_bucket$", "", name) for name in re.findall(r"chungtay_\w+", rule["expr"])}
        assert used <= published(), rule["alert"]


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="needs systemd")
def test_systemd_can_read_the_unit(tmp_path: Path) -> None:
    unit = (DEPLOY / "chungtay.service").read_text(encoding="utf-8")
    copy = tmp_path / "chungtay.service"
    copy.write_text(unit.replace("/opt/chungtay/.venv/bin/python", sys.executable), encoding="utf-8")
    read = subprocess.run(["systemd-analyze", "verify", copy], capture_output=True, text=True, check=False)
    assert (read.returncode, read.stderr) == (0, "")


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as found:
        return int(found.getsockname()[1])


@contextmanager
def proxied(folder: Path, page: str) -> Iterator[str]:
    """nginx with the project's file in front of a bot, on ports of its own; yields its address."""
    plain, secure = free_port(), free_port()
    certificate, key = folder / "certificate.pem", folder / "key.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost",
         "-addext", "subjectAltName=DNS:localhost", "-keyout", key, "-out", certificate],
        check=True, capture_output=True,
    )  # fmt: skip
    site = (DEPLOY / "nginx.conf").read_text(encoding="utf-8")
    for ours, theirs in {
        "listen 80;": f"listen 127.0.0.1:{plain};",
        "listen 443 ssl;": f"listen 127.0.0.1:{secure} ssl;",
        "server_name chungtay.example;": "server_name localhost;",
        "/etc/letsencrypt/live/chungtay.example/fullchain.pem": str(certificate),
        "/etc/letsencrypt/live/chungtay.example/privkey.pem": str(key),
        "http://127.0.0.1:8000": page,
    }.items():
        assert ours in site
        site = site.replace(ours, theirs)
    temporary = "".join(
        f"{kind}_temp_path {folder / kind};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    around = f"daemon off; pid {folder}/pid; error_log {folder}/error.log; events {{}} http {{ {temporary}\n{site}\n}}"
    (folder / "nginx.conf").write_text(around, encoding="utf-8")
    with subprocess.Popen(["nginx", "-p", folder, "-c", folder / "nginx.conf"], stderr=subprocess.PIPE) as proxy:
        try:
            await_listening(secure)
            yield f"https://localhost:{secure}"
        finally:
            proxy.terminate()


def await_listening(port: int) -> None:
    for _ in range(200):
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise TimeoutError


@needs_nginx
async def test_behind_nginx(tmp_path: Path) -> None:
    settings = {
        "TELEGRAM_BOT_TOKEN": "123456:test-token",
        "TELEGRAM_BASE_URL": "http://127.0.0.1:9/bot",
        "TELEGRAM_WEBHOOK_URL": "https://localhost/telegram",
    }
    async with running(tmp_path, **settings) as bot:
        with proxied(tmp_path, bot.page) as address:
            trusted = ssl.create_default_context(cafile=str(tmp_path / "certificate.pem"))
            async with httpx.AsyncClient(base_url=address, verify=trusted) as visitor:
                first = await visitor.get("/")
                assert first.status_code == 200
                assert "Secure" in first.headers["set-cookie"]
                assert "max-age" in first.headers["strict-transport-security"]
                told = await visitor.post("/", data={"q": "vay vốn hộ nghèo"}, headers={"origin": address})
                assert (told.status_code, told.headers["location"]) == (303, "/#tra-loi")
                assert "100 triệu" in (await visitor.get("/")).text
                foreign = await visitor.post("/", data={"q": "x"}, headers={"origin": "https://evil.example"})
                assert foreign.status_code == 403
                for page in (
                    "/metrics",
                    "/readyz",
                    "/healthz",
                    "/metrics/",
                    f"{address}//metrics",
                    "/e/../metrics",
                    "/%6detrics",
                ):
                    assert (await visitor.get(page)).status_code == 404, page
                assert (await visitor.post("/telegram", json={"update_id": 1})).status_code == 401
                assert (await visitor.post("/", content=b"q=" + b"a" * 2**21)).status_code == 413
        assert await bot.stop() == 0
