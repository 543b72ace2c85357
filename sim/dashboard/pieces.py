"""A page in few pieces: what nothing listens to is one element of HTML, and of a page drawn anew only the pieces that differ are sent.

What a redraw costs the browser grows with the number of components, so a table of three hundred cells is one. The text of `still` is put into its
element by `assets/dashboard.js`; every word in it is escaped here. Not here: what is drawn (`parts.py`, `pages.py`).
"""

import hashlib
import json
from html import escape

from dash import html
from dash.development.base_component import Component

ATTRIBUTES = {"className": "class", "rowSpan": "rowspan", "colSpan": "colspan"}


def still(*content, id: str) -> html.Div:
    """Components of `dash.html` without callbacks as one element."""
    return html.Div(id=id, className="still", **{"data-html": markup(content)})


def markup(content) -> str:
    """Components of `dash.html`, texts and lists of them as HTML."""
    if content is None:
        return ""
    if isinstance(content, (list, tuple)):
        return "".join(map(markup, content))
    if not isinstance(content, Component):
        return escape(str(content))
    made = content.to_plotly_json()
    if made["namespace"] != "dash_html_components":
        raise TypeError(f"{made['type']}: only elements of dash.html can stand still.")
    tag, properties = made["type"].lower(), made["props"]
    inner = markup(properties.pop("children", None))
    words = "".join(_attribute(ATTRIBUTES.get(name, name), value) for name, value in properties.items() if value is not None)
    return f"<{tag}{words}>{inner}</{tag}>"


def _attribute(name: str, value) -> str:
    if isinstance(value, dict):  # a style
        value = ";".join(f"{key}:{one}" for key, one in value.items())
    return f' {name}="{escape(str(value))}"'


def apart(content) -> tuple[str, dict[str, dict]]:
    """(mark of the frame, {id: properties}) of a page's content: the frame is everything that is no property of a component with an id."""
    pieces: dict[str, dict] = {}

    def frame(node):
        if isinstance(node, (list, tuple)):
            return [frame(one) for one in node]
        if not isinstance(node, Component):
            return node
        made = node.to_plotly_json()
        properties = dict(made["props"])
        inner = frame(properties.pop("children", None))
        id = properties.get("id")
        if not isinstance(id, str):
            return [made["type"], properties, inner]
        pieces[id] = {name: value for name, value in properties.items() if name != "id"}
        return [made["type"], id, sorted(pieces[id]), inner]

    return mark(frame(content)), pieces


def mark(value) -> str:
    """A short mark of a value: alike for what is drawn alike."""
    return hashlib.sha256(json.dumps(value, sort_keys=True, default=str).encode()).hexdigest()[:12]


def change(content, shown: dict | None, view: list) -> tuple[list | None, dict]:
    """(content where the whole of it must be sent, what changes) from what a page shows to `content`.

    shown: the last `now` that the page has taken over; view: query and seeds of the content. A page takes a change over only if it shows `base`.
    """
    frame, pieces = apart(content)
    marks = {id: mark(properties) for id, properties in pieces.items()}
    now = {"view": view, "frame": frame, "pieces": marks, "mark": mark([view, frame, marks])}
    if not shown or shown["frame"] != frame:
        return content, {"base": None, "now": now, "pieces": {}}
    differing = {id: properties for id, properties in pieces.items() if marks[id] != shown["pieces"].get(id)}
    return None, {"base": shown["mark"], "now": now, "pieces": differing}
