"""A strict look at a page with Python's own HTML parser: nesting, identifiers, addresses, texts."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser

_VOID = {"meta", "input", "br", "link", "img", "hr"}
_ADDRESSES = {"href", "src", "action", "formaction", "data", "poster", "srcset", "xlink:href"}


@dataclass
class Page:
    """What was found on a page."""

    ids: list[str] = field(default_factory=list)
    addresses: list[str] = field(default_factory=list)
    labels_for: list[str] = field(default_factory=list)
    attributes: set[str] = field(default_factory=set)
    tags: list[str] = field(default_factory=list)
    table_widths: list[set[int]] = field(default_factory=list)
    text: str = ""


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.page = Page()
        self.open: list[str] = []
        self.spans: list[list[int]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._note(tag, attrs)
        if tag not in _VOID:
            self.open.append(tag)
        values = dict(attrs)
        if tag == "tbody":
            self.page.table_widths.append(set())
        if tag == "tr":
            self.spans.append([])
        if tag in {"td", "th"}:
            self.spans[-1].append(int(values.get("colspan") or 1))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._note(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        assert self.open, f"</{tag}> closes nothing"
        assert self.open[-1] == tag, f"</{tag}> closes <{self.open[-1]}> at {self.getpos()}"
        self.open.pop()
        if tag == "tr" and "tbody" in self.open:
            self.page.table_widths[-1].add(sum(self.spans[-1]))

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] not in {"style", "script"}:
            self.page.text += data

    def _note(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = [name for name, _ in attrs]
        assert len(set(names)) == len(names), f"<{tag}> repeats an attribute"
        self.page.tags.append(tag)
        for name, value in attrs:
            self.page.attributes.add(name)
            if name == "id":
                self.page.ids.append(value or "")
            if name in _ADDRESSES:
                self.page.addresses.append(value or "")
            if name == "for":
                self.page.labels_for.append(value or "")


def parse(html: str) -> Page:
    """Return what is on a page; an assertion fails where its tags do not nest."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    assert reader.open == [], f"never closed: {reader.open}"
    reader.page.text = " ".join(reader.page.text.split())
    return reader.page
