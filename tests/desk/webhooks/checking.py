"""A receiver's check, as docs/api.md shows it to those who write one."""

import base64
import hashlib
import hmac
import time
from collections.abc import Mapping


def told_by_xiaowei(secret: str, headers: Mapping[str, str], body: bytes) -> bool:
    moment = headers["webhook-timestamp"]
    if abs(time.time() - int(moment)) > 300:  # noqa: TID251 - a receiver's own clock
        return False
    key = base64.b64decode(secret.removeprefix("whsec_"))
    signed = f"{headers['webhook-id']}.{moment}.".encode() + body
    due = base64.b64encode(hmac.digest(key, signed, hashlib.sha256)).decode()
    given = headers["webhook-signature"].split()
    return any(hmac.compare_digest(f"v1,{due}", one) for one in given)
