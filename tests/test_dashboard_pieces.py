"""A page in pieces: what stands still is escaped HTML, and a change holds the pieces that differ, or everything where the frame does."""

import pytest
from dash import dcc, html

from sim.dashboard.address import Address
from sim.dashboard.levers import panel
from sim.dashboard.moving import filled, moved_by
from sim.dashboard.pieces import change, markup, still
from sim.policies.catalogue import levers


def test_what_a_user_writes_cannot_become_markup():
    text = '<img src=x onerror="alert(1)">&'
    made = markup(html.P([html.B(text), None, text], title=text, className="note", style={"width": "5%"}, **{"data-year": "2035"}))
    escaped = "&lt;img src=x onerror=&quot;alert(1)&quot;&gt;&amp;"
    assert made == f'<p class="note" style="width:5%" title="{escaped}" data-year="2035"><b>{escaped}</b>{escaped}</p>'


def test_only_what_nothing_listens_to_stands_still():
    with pytest.raises(TypeError, match="Graph"):
        markup(html.Div(dcc.Graph()))


def page(title="a", figure=(1, 2), words="frame"):
    return [html.Div([still(html.H2(title), id="head"), dcc.Graph(id="plot", figure={"data": [{"y": list(figure)}]}), html.P(words)], className="centre")]


def test_a_change_holds_the_pieces_that_differ():
    whole, first = change(page(), None, ["?", [1]])
    assert whole is not None and first["base"] is None and not first["pieces"]
    whole, second = change(page(title="b"), first["now"], ["?", [1, 2]])
    assert whole is None and second["base"] == first["now"]["mark"]
    assert second["pieces"] == {"head": {"className": "still", "data-html": "<h2>b</h2>"}}
    assert set(change(page(title="b", figure=(1, 3)), second["now"], ["?", [1, 2]])[1]["pieces"]) == {"plot"}
    assert change(page(words="other"), second["now"], ["?", [1, 2]])[0] is not None, "text of the frame changed and was not sent"


def test_a_lever_holds_its_controls_only_while_it_is_open():
    lever, here = levers()["homestead_withdrawal"], Address()
    changed = here.with_choice(lever.id, None)
    switch, head, _ = filled(lever, changed, here, 0, "", None)
    assert not switch.checked and "已改动" in head
    kept = filled(lever, here, here, 0, filled(lever, here, here, 0, "", None)[1], None)
    opened = filled(lever, here, here, 1, kept[1], None)[2]
    assert len(opened) >= 1 + len(lever.parameters) and filled(lever, here, here, 2, "", opened)[2] == []
    assert filled(lever, changed, here, 1, "", opened)[2] != opened, "controls of an open lever are left at what they no longer are"


def test_a_closed_lever_keeps_its_districts():
    lever = levers()["homestead_withdrawal"]
    view = Address().with_choice(lever.id, Address().choice(lever.id)._replace(districts=("jiutai",)))
    assert moved_by(view, {("on", lever.id, None): True})[0] == view


def test_an_open_lever_stays_open_where_the_page_is_made_anew():
    def bodies(panel):
        made = [one for group in panel for one in group.children[1:]]
        return {one.id["lever"]: one.children[-1].children for one in made}, {one.id["lever"]: one.children[1].n_clicks for one in made}

    content, clicks = bodies(panel(Address(language="en"), {"homestead_withdrawal"}))
    assert [id for id in content if content[id]] == [id for id in clicks if clicks[id]] == ["homestead_withdrawal"]
