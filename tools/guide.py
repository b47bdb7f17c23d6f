"""A guide made of tables, as Markdown and as a page that can be searched.

The page needs nothing but itself: no request leaves it, and it works by keyboard.
"""

import html
import re
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

DOCS: Final = Path(__file__).resolve().parents[1] / "docs"


@dataclass(frozen=True, slots=True)
class Section:
    """One table of a guide.

    Args:
        anchor: what a link to it ends in.
        title: stands above it.
        lines: what is said before the table, a paragraph each.
        heads: its headings.
        rows: its cells; what stands between backticks is code. Where the first cell is
            code, a link to the row ends in it, behind the prefix.
        prefix: tells rows of the same name in several tables apart.
    """

    anchor: str
    title: str
    lines: tuple[str, ...]
    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    prefix: str = ""


@dataclass(frozen=True, slots=True)
class Guide:
    """A guide.

    Args:
        name: of its files.
        tool: that makes it.
        title: in both languages.
        lead: paragraphs at its head.
        sections: its tables.
    """

    name: str
    tool: str
    title: str
    lead: tuple[str, ...]
    sections: tuple[Section, ...]


def publish(guide: Guide, *, check: bool) -> None:
    """Write both forms of a guide.

    Args:
        guide: what to write.
        check: write nothing, but end with an error where a form is not current.
    """
    for ending, text in (("md", markdown(guide)), ("html", page(guide))):
        path = DOCS / f"{guide.name}.{ending}"
        if not check:
            path.write_text(text, encoding="utf-8")
        elif not path.exists() or path.read_text(encoding="utf-8") != text:
            sys.exit(f"docs/{path.name} is not current: run 'python {guide.tool}'")


def markdown(guide: Guide) -> str:
    """Return a guide as Markdown."""
    listed = "\n".join(
        f"- [{_plain(s.title)}](#{s.anchor}): {len(s.rows)}" for s in guide.sections
    )
    lead = "\n\n".join(guide.lead)
    parts = [f"# {guide.title}\n\n{lead}\n\n{listed}\n"]
    for section in guide.sections:
        lines = "".join(f"{line}\n\n" for line in section.lines)
        parts.append(
            f'\n<a id="{section.anchor}"></a>\n\n## {section.title}\n\n{lines}'
            + _md_row(section.heads)
            + _md_row(["---"] * len(section.heads))
            + "".join(_md_row(_anchored(section, row)) for row in section.rows)
        )
    return "".join(parts)


def page(guide: Guide) -> str:
    """Return a guide as one HTML page."""
    links = "".join(
        f'<li><a href="#{s.anchor}">{_html(s.title)}</a> {len(s.rows)}</li>'
        for s in guide.sections
    )
    lead = "".join(f"<p>{_html(line)}</p>" for line in guide.lead)
    body = "".join(_html_section(section) for section in guide.sections)
    return _PAGE.format(
        title=html.escape(guide.title), lead=lead, links=links, body=body
    )


def _anchor(section: Section, row: Sequence[str]) -> str | None:
    """Return what a link to a row ends in."""
    named = re.fullmatch(r"`([\w]+)`", row[0])
    return None if named is None else section.prefix + named[1]


def _anchored(section: Section, row: Sequence[str]) -> list[str]:
    anchor = _anchor(section, row)
    first = row[0] if anchor is None else f'<a id="{anchor}"></a>{row[0]}'
    return [first, *row[1:]]


def _md_row(cells: Sequence[str]) -> str:
    escaped = (cell.replace("|", r"\|").replace("\n", " ") for cell in cells)
    return "| " + " | ".join(escaped) + " |\n"


def _plain(text: str) -> str:
    return text.replace("`", "")


def _html(text: str) -> str:
    return re.sub(r"`([^`]*)`", r"<code>\1</code>", html.escape(text))


def _html_section(section: Section) -> str:
    heads = "".join(f'<th scope="col">{_html(head)}</th>' for head in section.heads)
    rows = "".join(_html_row(section, row) for row in section.rows)
    lines = "".join(f"<p>{_html(line)}</p>" for line in section.lines)
    return (
        f'<section id="{section.anchor}" aria-labelledby="{section.anchor}-title">\n'
        f'<h2 id="{section.anchor}-title">{_html(section.title)}</h2>{lines}\n'
        f'<div class="wide" tabindex="0" role="region" '
        f'aria-labelledby="{section.anchor}-title">'
        f"<table><thead><tr>{heads}</tr></thead>\n<tbody>\n{rows}</tbody></table>"
        "</div></section>\n"
    )


def _html_row(section: Section, row: Sequence[str]) -> str:
    anchor = _anchor(section, row)
    named = "" if anchor is None else f' id="{anchor}"'
    first, *rest = row
    cells = "".join(f"<td>{_html(cell)}</td>" for cell in rest)
    return f'<tr{named}><th scope="row">{_html(first)}</th>{cells}</tr>\n'


_PAGE: Final = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy"
 content="default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'">
<title>{title}</title>
<style>
:root {{ color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }}
body {{ margin: 0 auto; max-width: 90rem; padding: 1rem; }}
form {{ background: Canvas; padding: .5rem 0; position: sticky; top: 0; z-index: 1; }}
input {{ font: inherit; max-width: 100%; padding: .3rem .5rem; width: 32rem; }}
ul {{ columns: 16rem; padding-left: 1.2rem; }}
.wide {{ overflow-x: auto; }}
table {{ border-collapse: collapse; width: 100%; }}
th, td {{ border-bottom: 1px solid GrayText; padding: .3rem .6rem; text-align: left;
 vertical-align: top; }}
tbody th {{ font-weight: normal; }}
:target, tr:target {{ background: Highlight; color: HighlightText; }}
section {{ scroll-margin-top: 5rem; }}
tr {{ scroll-margin-top: 5rem; }}
section:target {{ background: none; color: inherit; }}
</style>
</head>
<body>
<h1>{title}</h1>
{lead}
<form role="search">
<label for="filter">Search 搜索 <kbd>/</kbd></label>
<input id="filter" type="search" autocomplete="off" aria-describedby="found">
<span id="found" role="status"></span>
</form>
<nav aria-label="Tables"><ul>{links}</ul></nav>
<main>
{body}</main>
<script>
const box = document.getElementById("filter");
const found = document.getElementById("found");
const sections = [...document.querySelectorAll("section")].map(section => ({{
  section,
  title: section.querySelector("h2").textContent.toLowerCase(),
  rows: [...section.querySelectorAll("tbody tr")].map(row => ({{
    row, text: row.textContent.toLowerCase() }})),
}}));
function show() {{
  const words = box.value.toLowerCase().split(/\\s+/).filter(word => word);
  let count = 0;
  for (const {{ section, title, rows }} of sections) {{
    let kept = 0;
    for (const {{ row, text }} of rows) {{
      const fits = words.every(word => text.includes(word) || title.includes(word));
      row.hidden = !fits;
      kept += fits;
    }}
    section.hidden = kept === 0;
    count += kept;
  }}
  found.textContent = words.length ? count + " rows 行" : "";
}}
box.addEventListener("input", show);
box.form.addEventListener("submit", event => event.preventDefault());
document.addEventListener("keydown", event => {{
  if (event.key === "/" && document.activeElement !== box) {{
    event.preventDefault();
    box.focus();
  }}
  if (event.key === "Escape" && box.value) {{
    box.value = "";
    show();
  }}
}});
</script>
</body>
</html>
"""
