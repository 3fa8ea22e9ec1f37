"""The example newsroom fills itself once, and keeps what is done in it."""

import re
from datetime import UTC, datetime, timedelta

from tests.cli.home import Home, Server


def password_in(said: str) -> str:
    (password,) = re.findall(r"^  desk@chronicle\.example\n  (\S+)$", said, re.MULTILINE)
    return str(password)


def log_in(server: Server, said: str) -> str:
    """By what the demo says; the token."""
    body = {"email": "desk@chronicle.example", "password": password_in(said)}
    response = server.client.post("/editorial/session", json=body)
    assert response.status_code == 201, response.text
    return str(response.json()["token"])


def two_days(server: Server, token: str) -> list[int]:
    """Views of each hour."""
    since = (datetime.now(UTC) - timedelta(days=2)).isoformat()
    headers = {"Authorization": f"Bearer {token}"}
    response = server.client.get("/editorial/figures", params={"from": since}, headers=headers)
    return [item["views"] for item in response.json()["items"]]


def test_the_example_newsroom_opens_filled_and_keeps_its_data(home: Home) -> None:
    with home.serving(command=(), module="cms.demo") as server:
        token = log_in(server, home.output)
        assert f"{server.client.base_url}/v1/latest".replace("//v1", "/v1") in home.output
        articles = server.all_latest()
        assert len(articles) > 20
        newest = sorted(articles[:3])
        assert sorted(card["id"] for card in server.read("/v1/trending?limit=3")["items"]) == newest
        assert sorted(card["id"] for card in server.read("/v1/popular?limit=3")["items"]) != newest
        hours = two_days(server, token)
        assert len([views for views in hours if views]) > 36
        assert max(hours) < sum(hours) / 4
        front = server.read("/v1/front")
        assert front["pinned"] == 2
        assert [len(package["items"]) for package in front["packages"]] == [3]
        assert [item["kind"] for item in server.read("/v1/corrections")["items"]] == ["correction"]
        assert [page["slug"] for page in server.read("/v1/pages")["items"]] == [
            "about",
            "contacts",
            "advertising",
            "ethics",
        ]
        assert "<h2>Who owns us</h2>" in server.read("/v1/pages/about")["html"]
        said = {"Authorization": f"Bearer {token}"}
        body = {"headline": "Written in the demo", "section": "nation"}
        id = server.client.post("/editorial/articles", headers=said, json=body).json()["id"]
        published = server.client.post(f"/editorial/articles/{id}/publish?base=1", headers=said)
        assert published.status_code == 200
        for card in server.read("/v1/latest?limit=100")["items"]:
            if card["image"] and card["image"]["url"].startswith("/"):
                assert server.client.get(card["image"]["url"]).status_code == 200
        assert server.stop() == 0
    head, said_first = home.head(), len(home.output)
    with home.serving(command=(), module="cms.demo") as server:
        assert server.all_latest() == [id, *articles]
        second = home.output[said_first:]
        assert log_in(server, second)
        assert password_in(second) not in home.output[:said_first]
        assert server.stop() == 0
    assert "chronicle token" in second
    assert home.head() == head
    home.done("status")
    home.done("verify")


def test_what_keeps_the_example_newsroom_from_opening_is_said_in_one_line(home: Home) -> None:
    with home.serving() as server, home.started("--port", str(server.client.base_url.port), module="cms.demo") as demo:
        assert demo.wait(60) == 1
    serving, line = home.output.splitlines()
    assert "Serving on" in serving
    assert "cannot listen on port" in line
    assert home.head() == 0
