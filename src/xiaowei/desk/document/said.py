"""Lines for people as plain values."""

from xiaowei.said import Said


def both(line: Said) -> dict[str, str]:
    """Return a line as Chinese and English."""
    return {"zh": line.zh, "en": line.en}
