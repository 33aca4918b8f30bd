"""Reports that a demo's text message arrived, as a provider would: a little later, over HTTP."""

from __future__ import annotations

import json
import threading
import time
from http.client import HTTPConnection
from urllib.parse import urlsplit

from flask import current_app

SECONDS = 3.0
PATIENCE = 5.0


def later(report_url: str, reference: str) -> None:
    """Report a delivery in three seconds, to the portal's own address and to no other."""
    if report_url.startswith(f"{current_app.config['BASE_URL']}/messages/reports/"):
        thread = threading.Thread(target=_report, args=(report_url, reference), daemon=True)
        thread.start()


def _report(report_url: str, reference: str) -> None:
    time.sleep(SECONDS)
    parts = urlsplit(report_url)
    said = json.dumps({"reference": reference, "state": "DELIVRD"})
    connection = HTTPConnection(parts.netloc, timeout=PATIENCE)
    try:
        connection.request("POST", parts.path, said, {"Content-Type": "application/json"})
        connection.getresponse().read()
    except OSError:
        return  # the demo was stopped; the worker asks in vain, and the message stays as it is
    finally:
        connection.close()
