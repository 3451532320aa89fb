"""Every page in a browser, as wide as a desk's and a phone's: no error, nothing from elsewhere, nothing too wide."""

from __future__ import annotations

import json
import shutil
import subprocess
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from queue import Queue
from typing import Any

import pytest

TOP = Path(__file__).parents[2]
SITE = TOP / ".docs-site"
LOOK = Path(__file__).parent / "look.html"
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
WIDTHS = [1280, 390]
SEARCHES = [
    ("cancel", ["how-to/cancel.html"]),
    ("throttle_logs", ["reference/operators.html"]),
    ("retry", ["how-to/retry.html"]),
    ("rxeryph operation list", ["reference/commands.html"]),
    ("connect", ["how-to/connect.html"]),
    ("fastapi", ["how-to/web-services.html"]),
    ("notebook", ["how-to/notebooks.html"]),
    ("settling", ["explanation/streams.html"]),
    ("SubmissionUnknownError", ["reference/errors.html"]),
]

pytestmark = [
    pytest.mark.skipif(CHROMIUM is None, reason="needs Chromium (Debian: apt-get install chromium)"),
    pytest.mark.skipif(not SITE.is_dir(), reason="needs the site (.ci/run docs builds it)"),
]


class Handler(SimpleHTTPRequestHandler):
    """The site, the page that looks at it, its task and its report."""

    def __init__(self, task: dict[str, Any], reports: Queue[list[str]], *arguments: Any) -> None:
        self.task, self.reports = task, reports
        super().__init__(*arguments, directory=str(SITE))

    def do_GET(self) -> None:
        if self.path == "/look.html":
            self.answer(LOOK.read_bytes(), "text/html; charset=utf-8")
        elif self.path == "/task":
            self.answer(json.dumps(self.task).encode(), "application/json")
        else:
            super().do_GET()

    def do_POST(self) -> None:
        self.reports.put(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
        self.answer(b"", "text/plain")

    def answer(self, body: bytes, kind: str) -> None:
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *arguments: object) -> None:
        pass


@pytest.fixture
def reports(tmp_path: Path) -> Iterator[Queue[list[str]]]:
    """What the browser reports; its console is in ``console.txt``."""
    pages = sorted(str(page.relative_to(SITE)) for page in SITE.rglob("*.html") if page.name != "404.html")
    found: Queue[list[str]] = Queue()
    task = {"pages": pages, "widths": WIDTHS, "searches": SEARCHES}
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Handler, task, found)) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        with (
            (tmp_path / "console.txt").open("wb") as console,
            subprocess.Popen(
                [
                    *(str(CHROMIUM), "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"),
                    *(
                        "--enable-logging=stderr",
                        f"--user-data-dir={tmp_path / 'profile'}",
                        "--window-size=1400,1000",
                    ),
                    *("--no-first-run", "--disable-background-networking", "--remote-debugging-port=0"),
                    f"http://127.0.0.1:{server.server_port}/look.html",
                ],
                stdout=console,
                stderr=console,
            ) as browser,
        ):
            try:
                yield found
            finally:
                browser.terminate()
        server.shutdown()
        thread.join()


def test_every_page_works_at_both_widths_and_search_finds_the_right_page(
    reports: Queue[list[str]], tmp_path: Path
) -> None:
    assert "\n".join(reports.get(timeout=240)) == ""
    lines = (tmp_path / "console.txt").read_text(encoding="utf-8", errors="replace").splitlines()
    assert [line for line in lines if ":CONSOLE" in line] == []
