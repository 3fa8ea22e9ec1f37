"""Texts of other systems, cut to what a field may hold."""


def shortened(text: str, most: int) -> str:
    text = " ".join(text.split())
    return text if len(text) <= most else f"{text[: most - 1].rsplit(' ', 1)[0][: most - 1]}…"
