"""A headless Chromium driven over its DevTools protocol: pages opened, clicked, measured and photographed."""

import asyncio
import base64
import json
import shutil
import subprocess
import time
from pathlib import Path
from types import TracebackType
from typing import Any

import aiohttp

PATIENCE = 90.0
"""Seconds until a condition that never comes true fails the test: a guard, no measure."""


class Chromium:
    """One page. Every address that it asks for, data: and blob: aside, is in `asked`."""

    def __init__(self, profile: Path) -> None:
        binary = shutil.which("chromium") or shutil.which("chromium-browser")
        assert binary, (
            "no chromium on this machine: apt-get install --no-install-recommends chromium fonts-wqy-microhei"
        )
        self.asked: list[str] = []
        self.loop = asyncio.new_event_loop()
        self.process = subprocess.Popen(
            [
                binary, "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-background-networking",
                "--no-first-run", "--remote-debugging-port=0", f"--user-data-dir={profile}", "about:blank",
            ],
            stderr=subprocess.DEVNULL,
        )  # fmt: skip
        self._number = 0
        self._answers: dict[int, asyncio.Future[Any]] = {}
        self._run(self._connect(profile / "DevToolsActivePort"))

    def __enter__(self) -> "Chromium":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._run(self._close())
        self.process.terminate()
        self.process.wait()
        self.loop.close()

    def call(self, method: str, **parameters: Any) -> Any:
        """A command of the protocol and its result."""
        return self._run(self._call(method, parameters))

    def open(self, address: str, width: int, height: int, touch: bool = False) -> None:
        self.call("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=touch)
        self.call("Page.navigate", url=address)

    def value(self, expression: str) -> Any:
        """The value of a JavaScript expression in the page."""
        found = self.call("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        assert "exceptionDetails" not in found, found["exceptionDetails"]
        return found["result"].get("value")

    def wait(self, expression: str) -> None:
        """Return as soon as the expression is true in JavaScript's sense."""
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            # An element by its value is {}, which Python takes for false: the browser judges.
            if self.value(f"Boolean({expression})"):
                return
            self._run(asyncio.sleep(0.05))
        raise AssertionError(f"never true: {expression}\nthe page: {self.value('document.body.innerText')}")

    def click(self, selector: str) -> None:
        self._mouse(selector, "mouseMoved")
        self._mouse(selector, "mousePressed", button="left", clickCount=1)
        self._mouse(selector, "mouseReleased", button="left", clickCount=1)

    def point_at(self, selector: str) -> None:
        self._mouse(selector, "mouseMoved")

    def type_into(self, selector: str, text: str) -> None:
        """Replace what the field holds."""
        self.value(f"(e => {{ e.focus(); e.select() }})(document.querySelector({json.dumps(selector)}))")
        self.call("Input.insertText", text=text)

    def photograph(self, path: Path) -> None:
        path.write_bytes(base64.b64decode(self.call("Page.captureScreenshot", format="png")["data"]))

    def _mouse(self, selector: str, kind: str, **more: Any) -> None:
        middle = "(r => [r.x + r.width / 2, r.y + r.height / 2])"
        element = f"document.querySelector({json.dumps(selector)})"
        self.value(f"{element}.scrollIntoView({{block: 'nearest'}})")
        x, y = self.value(f"{middle}({element}.getClientRects()[0])")
        self.call("Input.dispatchMouseEvent", type=kind, x=x, y=y, **more)

    def _run(self, coroutine: Any) -> Any:
        return self.loop.run_until_complete(asyncio.wait_for(coroutine, PATIENCE))

    async def _connect(self, port_file: Path) -> None:
        while not port_file.exists() or len(port_file.read_text().splitlines()) < 2:
            assert self.process.poll() is None, "chromium ended"
            await asyncio.sleep(0.05)
        port = port_file.read_text().splitlines()[0]
        self.session = aiohttp.ClientSession()
        async with self.session.get(f"http://127.0.0.1:{port}/json/list") as answer:
            pages = [target for target in await answer.json() if target["type"] == "page"]
        self.socket = await self.session.ws_connect(pages[0]["webSocketDebuggerUrl"], max_msg_size=0)
        self.reader = self.loop.create_task(self._read())
        for domain in ("Page", "Network", "Runtime"):
            await self._call(f"{domain}.enable", {})

    async def _close(self) -> None:
        self.reader.cancel()
        await self.socket.close()
        await self.session.close()

    async def _call(self, method: str, parameters: dict[str, Any]) -> Any:
        self._number += 1
        answer = self._answers[self._number] = self.loop.create_future()
        await self.socket.send_json({"id": self._number, "method": method, "params": parameters})
        return await answer

    async def _read(self) -> None:
        async for message in self.socket:
            event = json.loads(message.data)
            if "id" in event:
                answer = self._answers.pop(event["id"])
                if "error" in event:
                    answer.set_exception(RuntimeError(str(event["error"])))
                else:
                    answer.set_result(event["result"])
            elif event["method"] == "Network.requestWillBeSent":
                url = event["params"]["request"]["url"]
                if not url.startswith(("data:", "blob:")):
                    self.asked.append(url)
