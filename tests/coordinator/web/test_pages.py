"""The pages: empty states with a way out, names of any length, states in words, nothing allowed that does not hold."""

import re
from collections.abc import Callable
from html.parser import HTMLParser
from typing import Any

import pytest
from litestar import Litestar
from litestar.testing import TestClient

import specimens
from readiness.messages import Birth, Presence
from readiness_coordinator import words
from readiness_coordinator.store import devices, evidence
from readiness_coordinator.store.database import Store

Client = TestClient[Litestar]
Put = Callable[..., None]
LONG = "candidate-" + "x" * 130
HTML = {"Accept": "text/html"}
VOID = frozenset({"meta", "link", "br", "rect", "use", "input", "img"})


class Outline(HTMLParser):
    """Checks that tags nest, and collects what the rules of the pages speak of."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)
        assert not self.open, self.open

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        self.seen.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: Any) -> None:
        self.seen.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def page(web: Client, path: str = "/") -> str:
    reply = web.get(path, headers=HTML)
    assert reply.status_code == 200, reply.text
    outline = Outline(reply.text)
    assert [tag for tag, _ in outline.seen].count("h1") == 1
    for tag, attributes in outline.seen:
        assert "style" not in attributes, "the content security policy refuses it"
        assert tag != "script"
        for key in ("href", "src"):
            assert not (attributes.get(key) or "").startswith(("http", "//")), "nothing comes from elsewhere"
    return reply.text


def decide(web: Client, model: str = "parts-v1", target: str = "x86-gateway") -> str:
    reply = web.post("/vision-readiness/deploy", json={"model_id": model, "target": target})
    return f"/decisions/{reply.json()['decision_id']}"


def arrive(store: Store, name: str, status: str = "online", seen: str = specimens.ASKED_AT) -> None:
    with store.write() as c:
        devices.born(c, "default", name, Birth(device=specimens.device(), fingerprint="f"), seen)
        devices.present(c, "default", name, Presence(status=status), seen)  # type: ignore[arg-type]


def text_of(html: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html))


def test_an_empty_fleet_says_why_and_the_way_out(web: Client):
    said = text_of(page(web))
    assert "No decision yet." in said
    assert "No candidate yet" in said
    assert "readiness-agent bench" in said
    assert "No device has reported yet" in said
    assert "readiness-agent run" in said


def test_a_candidate_without_a_decision_says_how_to_ask(web: Client, put: Put):
    put()
    assert "readiness deploy parts-v1 --target" in text_of(page(web))


def test_one_device(web: Client, opened: Store):
    arrive(opened, "gateway-1")
    said = text_of(page(web))
    assert "gateway-1" in said
    assert "Online" in said
    assert "1 device cannot" not in said


def test_devices_that_cannot_be_reached_come_first_and_silence_is_no_presence(web: Client, opened: Store):
    arrive(opened, "a-here")
    arrive(opened, "b-gone", "offline")
    arrive(opened, "c-silent", seen="2026-11-23T09:00:00Z")
    said = text_of(page(web))
    assert "2 of 3 devices cannot be reached" in said
    assert said.index("b-gone") < said.index("c-silent") < said.index("a-here")
    assert "Silent" in said


def test_the_matrix_and_the_decision_say_the_state_and_its_reason(web: Client, put: Put):
    put(benchmark=None)
    path = decide(web)
    fleet, one = page(web), page(web, path)
    for html in (fleet, one):
        assert "Blocked" in text_of(html)
        assert "No benchmark at hand." in text_of(html)
        assert "#blocked" in html, "the shape goes with the word"
    assert path in fleet
    assert "Benchmark the model on the target device." in text_of(one)
    assert "0 of 1 decision" in text_of(fleet)


def test_a_deployable_decision(web: Client, put: Put):
    put()
    path = decide(web)
    said = text_of(page(web, path))
    assert "Deploy is allowed" in said
    assert "Gates set the state, not the score." in said
    assert "4 of 4 pass, 1 does not apply" in said, "production was not asked: no endpoint runs it yet"
    assert "1 of 1 decision allows a deploy." in text_of(page(web))


def test_a_superseded_decision_never_reads_as_ready(web: Client, put: Put, opened: Store):
    put()
    path = decide(web)
    with opened.write() as c:
        evidence.put(c, "benchmark", specimens.benchmark(observed_at="2026-11-23T11:00:00Z"), specimens.ASKED_AT)
    for html in (page(web), page(web, path)):
        assert "Superseded" in text_of(html)
        assert "Deploy is allowed" not in text_of(html)
    assert "Ask again" in text_of(page(web, path))
    assert "tint" not in page(web)


def test_names_of_140_characters_stay_whole(web: Client, put: Put, opened: Store):
    assert len(LONG) == 140
    put(LONG, model=specimens.model(name=LONG))
    arrive(opened, LONG[:64])
    path = decide(web, LONG)
    assert LONG in page(web)
    assert LONG in page(web, path)


def test_markup_in_names_is_text(web: Client, put: Put):
    put("<script>alert(1)</script>", model=specimens.model(name="<b>parts"))
    path = decide(web, "<script>alert(1)</script>")
    for html in (page(web), page(web, path)):
        assert "<script>" not in html
        assert "<b>parts" not in html


def test_a_browser_that_asks_for_nothing_known_gets_a_page(web: Client):
    for path in ("/nope", "/decisions/none"):
        reply = web.get(path, headers=HTML)
        assert reply.status_code == 404
        assert reply.headers["content-type"].startswith("text/html")
        assert "Back to the fleet" in reply.text


def test_every_shape_that_a_page_names_is_in_the_sprite(web: Client):
    sprite = web.get("/static/i.svg").text
    looks = [*words.LOOKS.values(), *words.LINKS.values(), words.SUPERSEDED, words.NO_EFFECT, words.UNHEARD]
    assert all(f'id="{look.shape}"' in sprite for look in looks)
    assert all(f".{look.shape}" in web.get("/static/app.css").text for look in looks)


@pytest.mark.parametrize(
    ("value", "unit", "said"),
    [(33.0, "ms", "33 ms"), (0.123456, "share", "0.123"), (None, "ms", "not measured"), ("valid", "", "valid")],
)
def test_numbers_are_said_plainly(value: float | str | None, unit: str, said: str):
    assert words.number(value, unit) == said
