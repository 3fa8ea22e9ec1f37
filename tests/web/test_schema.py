"""The API describes itself, and says how it is."""

import re

from litestar.routes import HTTPRoute

from cms.settings import Settings
from cms.web.asker import is_page
from tests.web.deadline import until
from tests.web.house import Clock, House, Tokens, followed, opened

# Whoever logs in has no token yet.
COME_IN = {"post_editorial_session", "post_editorial_password"}


def test_the_description_has_every_route(house: House) -> None:
    described = house.read("/schema/openapi.json")
    assert described["openapi"].startswith("3.1")
    assert described["info"]["title"] == "The Ferry Post"
    for route in house.door.app.routes:
        assert isinstance(route, HTTPRoute)
        if route.path.startswith(("/schema", "/static", "/reset")) or is_page(route.path):
            continue
        methods = {method.lower() for method in route.methods} - {"options"}
        assert methods <= set(described["paths"][route.path_format]), route.path


def test_every_operation_has_its_own_name_and_says_what_it_does(house: House) -> None:
    operations = [
        operation for methods in house.read("/schema/openapi.json")["paths"].values() for operation in methods.values()
    ]
    names = [operation["operationId"] for operation in operations]
    assert len(set(names)) == len(names)
    assert all(operation.get("description") for operation in operations)
    assert all(operation["tags"] for operation in operations)


def test_closed_operations_say_so(house: House) -> None:
    described = house.read("/schema/openapi.json")
    assert described["components"]["securitySchemes"]["bearer"]["scheme"] == "bearer"
    for path, methods in described["paths"].items():
        for operation in methods.values():
            closed = path.startswith(("/editorial", "/audit")) and operation["operationId"] not in COME_IN
            assert (operation.get("security") == [{"bearer": []}]) == closed, path


def test_every_reference_leads_somewhere(house: House) -> None:
    described = house.read("/schema/openapi.json")
    for reference in set(re.findall(r'"\$ref": ?"([^"]+)"', house.get("/schema/openapi.json").text)):
        found = described
        for part in reference.removeprefix("#/").split("/"):
            found = found[part.replace("~1", "/").replace("~0", "~")]


def test_the_page_to_try_it_fetches_nothing_from_elsewhere(house: House) -> None:
    for path in ("/schema", "/schema/swagger"):
        page = house.get(path)
        assert page.status_code == 200
        assert page.headers["content-type"].startswith("text/html")
        links = re.findall(r"""\b(?:src|href)=["']?([^"'\s>]*)""", page.text)
        fetched = [link for link in links if link and not link.startswith(("#", "data:"))]
        assert len(fetched) >= 2
        for link in fetched:
            assert re.match(r"/(?!/)", link), link
            assert house.get(link).status_code == 200, link
        assert not re.findall(r"""(?:url\(|@import|import\(|fetch\()\s*["']?https?://""", page.text)


def test_the_process_says_that_it_lives(house: House) -> None:
    assert house.read("/health") == {"status": "alive"}


def test_readiness_tells_how_far_everything_is(house: House) -> None:
    house.published()
    head = house.head()
    until(lambda: house.read("/ready")["groups"][1]["lag"] == 0)
    assert house.read("/ready") == {
        "status": "ready",
        "position": head,
        "groups": [{"name": "site", "position": head, "lag": 0}, {"name": "search", "position": head, "lag": 0}],
    }


def test_readiness_tells_how_far_behind_readers_are(shared: Settings, shared_tokens: Tokens, clock: Clock) -> None:
    with opened(shared, shared_tokens, clock) as house:
        house.published()
        head = house.head()
        assert house.read("/ready")["groups"][0] == {"name": "site", "position": 0, "lag": head}
        with followed(shared):
            until(lambda: house.read("/ready")["groups"][0] == {"name": "site", "position": head, "lag": 0})
