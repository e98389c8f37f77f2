"""`make demo`: open a finished model and serve the page on this machine alone.

    python -m pipeline.demo --model FOLDER [--port 7860]

The page is at http://127.0.0.1:7860 and asks no other host for anything. Ctrl-C ends it.
"""

import argparse
import logging
import os
import socket
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from pipeline.core.config import load_section, read_params
from pipeline.core.errors import ConfigError, WenyuanError
from pipeline.core.stage import OFFLINE, QUIET
from pipeline.demo.waiting import waiting_page
from pipeline.schema.generate import GenerateConfig

HOST = "127.0.0.1"
NO_REPORTS = {"GRADIO_ANALYTICS_ENABLED": "False", "GRADIO_RUN_HISTORY": "False", "GRADIO_SSR_MODE": "False"}


def main(argv: Sequence[str] | None = None) -> int:
    """Exit status: 0 after Ctrl-C, 2 with one line that says what to do."""
    parser = argparse.ArgumentParser(
        prog="python -m pipeline.demo", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--model", required=True, help="a model's folder, or its id on the Hugging Face hub")
    parser.add_argument("--port", type=int, default=7860, help="default: 7860; 0: any that is free")
    parser.add_argument("--params", type=Path, default=Path("params.yaml"), help="default: params.yaml")
    parser.add_argument("--set", action="append", default=[], metavar="KEY=VALUE", help="generate.script=hant, …")
    options = parser.parse_args(argv)
    os.environ.update({**QUIET, **NO_REPORTS})
    if Path(options.model).exists():
        os.environ.update(OFFLINE)
    try:
        config = load_section(read_params(options.params, options.set), "generate", GenerateConfig)
        with _listen(options.port) as listener:
            print(f"demo: http://{HOST}:{listener.getsockname()[1]}   (Ctrl-C ends it)", flush=True)
            with waiting_page(listener):
                server = _server(options.model, config)
            server.run(sockets=[listener])
    except WenyuanError as error:
        print(f"demo: {type(error).__name__}: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print(file=sys.stderr)
    return 0


def _listen(port: int) -> socket.socket:
    """Take the port before anything slow is done; ConfigError if it is taken or no port."""
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((HOST, port))
        listener.listen()
    except (OSError, OverflowError) as error:
        listener.close()
        other = port + 1 if 1024 <= port < 65535 else 7861
        raise ConfigError(f"port {port} cannot be used ({error}); choose another: make demo PORT={other}") from None
    return listener


def _server(location: str, config: GenerateConfig) -> Any:
    try:
        import gradio as gr
        import uvicorn
        from fastapi import FastAPI
    except ImportError as error:
        raise ConfigError(f"{error.name} is not installed; run `make demo`, or pip install wenyuan[demo]") from None
    from pipeline.demo.local_only import LocalOnly
    from pipeline.demo.page import FONTS, STYLE, build_page
    from pipeline.generation.causal_model import open_model

    page = build_page(open_model(location, config), config)
    logging.getLogger("httpx").setLevel(logging.WARNING)
    app = gr.mount_gradio_app(
        FastAPI(docs_url=None, redoc_url=None, openapi_url=None),
        page,
        path="/",
        footer_links=[],
        run_history=False,
        ssr_mode=False,
        theme=gr.themes.Base(font=FONTS, font_mono=("ui-monospace", "monospace")),
        css_paths=STYLE,
    )
    return uvicorn.Server(uvicorn.Config(LocalOnly(app), log_level="warning", timeout_graceful_shutdown=1))


if __name__ == "__main__":
    raise SystemExit(main())
