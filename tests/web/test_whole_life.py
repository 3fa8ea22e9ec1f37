"""A newsroom at work on one article, from an admin's first day to a withdrawal, over HTTP alone."""

from typing import Any

from httpx import Response

from domain.role import Role
from tests.web.deadline import until
from tests.web.house import Answer, House
from tests.web.people import PASSWORD, token

NIGHT = "2024-05-15T02:00:00+04:00"
MORNING = "2024-05-15T06:00:00+04:00"
EVENING = "2024-05-15T18:00:00+04:00"


class Colleague:
    """Somebody who was hired over HTTP, and set a password by the link that the admin gave them."""

    def __init__(self, house: House, name: str, role: Role, *sections: str) -> None:
        self.house, self.name = house, name
        email = f"{name.split()[0].lower()}@post.example"
        hired = {"email": email, "name": name, "role": role, "sections": sections}
        answer = house.ask("POST", "/editorial/staff", hired, role=Role.ADMIN)
        assert answer.status_code == 201, answer.text
        self.id: str = answer.json()["id"]
        link = house.ask("POST", f"/editorial/staff/{self.id}/reset", role=Role.ADMIN).json()["link"]
        self.known_by = {"email": email, "password": f"{PASSWORD}, {name}"}
        chosen = {"token": link.partition("#")[2], "password": self.known_by["password"]}
        assert house.client.post("/editorial/password", json=chosen).status_code == 204
        self.log_in()

    def log_in(self) -> None:
        self.token = token(self.house.client.post("/editorial/session", json=self.known_by))

    def ask(self, method: str, path: str, body: Any = None, made_on: int | None = None) -> Response:
        said = {"Authorization": f"Bearer {self.token}"} | ({} if made_on is None else {"If-Match": f'"{made_on}"'})
        return self.house.client.request(method, f"/editorial{path}", json=body, headers=said)

    def does(self, method: str, path: str, body: Any = None, made_on: int | None = None) -> Answer:
        response = self.ask(method, path, body, made_on)
        assert response.status_code in (200, 201), response.text
        answer: Answer = response.json()
        return answer

    def refused(self, method: str, path: str, body: Any = None, made_on: int | None = None) -> str:
        response = self.ask(method, path, body, made_on)
        assert response.status_code in (403, 409), response.text
        return str(response.json()["detail"])

    def sees(self, path: str) -> Answer:
        return self.does("GET", path)


def test_one_article_and_everybody_who_has_to_do_with_it(house: House) -> None:
    zoe = Colleague(house, "Zoe Reed", Role.PUBLISHER)
    bob = Colleague(house, "Bob Birch", Role.EDITOR, "economy")
    eve = Colleague(house, "Eve Hale", Role.EDITOR)
    ann = Colleague(house, "Ann Ash", Role.REPORTER)
    kim = Colleague(house, "Kim Lund", Role.CONTRIBUTOR)
    zoe.does("PUT", "/sections/energy/four-eyes", {"required": True})

    # Written by one, given to another, talked about.
    body = [{"kind": "paragraph", "id": "first", "text": "The water stands at nine metres."}]
    draft = {"headline": "The dam holds", "section": "energy", "tags": ["Rivers"], "writers": ["ann"], "body": body}
    id = ann.does("POST", "/articles", draft)["id"]
    path = f"/articles/{id}"
    assert "others" in kim.refused("GET", path)
    eve.does("PUT", f"{path}/assignment", {"to": kim.id})
    eve.does("PUT", f"{path}/due", {"at": NIGHT})
    assert [line["id"] for line in kim.sees("/articles?waiting=true")["items"]] == [id]
    note = ann.does("POST", f"{path}/notes", {"text": "My source is the engineer.", "confidential": True})["note"]
    assert [one["text"] for one in kim.sees(f"{path}/notes")["items"]] == [None]
    assert [one["text"] for one in eve.sees(f"{path}/notes")["items"]] == ["My source is the engineer."]
    assert kim.does("PUT", f"{path}/presence", {"tab": "kim-1", "editing": True})["holds"]

    # Two write on the same version, and neither loses a word.
    kim.does("PATCH", f"{path}?base=1", {"standfirst": "Engineers watched it all night."})
    ann.does("PATCH", f"{path}?base=1", {"headline": "The dam holds, barely"})
    both = kim.sees(path)
    assert (both["standfirst"], both["headline"]) == ("Engineers watched it all night.", "The dam holds, barely")
    assert [line["name"] for line in ann.sees(f"{path}/blame")["fields"] if line["path"] == "headline"] == ["Ann Ash"]

    # Handed in, sent back, taken back, approved by somebody who did not write it.
    version = ann.does("POST", f"{path}/submit")["version"]
    assert id in [line["id"] for line in bob.sees("/articles?waiting=true")["items"]]
    bob.does("POST", f"{path}/return", {"note": "Barely? Says who?"})
    assert kim.sees(path)["returned"] == "Barely? Says who?"
    bob.does("PATCH", f"{path}?base={version}", {"headline": "The dam holds"})
    kim.does("POST", f"{path}/submit")
    assert "somebody else" in bob.refused("POST", f"{path}/approve")
    eve.does("POST", f"{path}/notes/{note}/resolve")
    eve.does("POST", f"{path}/approve")

    # Shown to the engineer beforehand, and not to be read before the morning, whoever asks.
    preview = ann.does("POST", f"{path}/previews", {"hours": 24})["url"].removeprefix("https://post.example")
    assert "Engineers watched it all night." in house.client.get(preview).text
    eve.does("PUT", f"{path}/embargo", {"until": MORNING})
    version = eve.sees(path)["version"]
    assert "embargo" in zoe.refused("POST", f"{path}/publish", made_on=version)
    assert "embargo" in bob.refused("POST", f"{path}/schedule", {"at": NIGHT})
    bob.does("POST", f"{path}/schedule", {"at": MORNING})
    bob.does("POST", f"{path}/schedule", {"at": EVENING, "act": "unpublish"})
    assert kim.sees(path)["status"] == "scheduled"
    assert house.get(f"/v1/articles/{id}").status_code == 404

    # The morning comes: readers get it, by the newsroom's own hand.
    house.clock.forward(hours=14)
    for colleague in (zoe, bob, eve, ann, kim):
        assert colleague.ask("GET", "/me").status_code == 401
        colleague.log_in()
    until(lambda: house.get(f"/v1/articles/{id}").status_code == 200)
    assert house.read(f"/v1/articles/{id}")["published_at"] == MORNING
    zoe.does("POST", f"{path}/unschedule")
    zoe.does("PUT", "/front", {"pins": [id]}, made_on=0)
    zoe.does("PUT", f"{path}/breaking", {"minutes": 60})
    front = house.read("/v1/front")
    assert ([card["id"] for card in front["items"]], front["pinned"]) == ([id], 1)
    assert [card["id"] for card in front["breaking"]] == [id]

    # A mistake is corrected aloud, by another hand than wrote it; a wrong act is taken back.
    kim_version = kim.sees(path)["version"]
    words = [{"kind": "paragraph", "id": "first", "text": "The water stands at seven metres."}]
    kim.does("PATCH", path, {"body": words}, made_on=kim_version)
    version = eve.sees(path)["version"]
    eve.does("POST", f"{path}/correct", {"note": "It stands at seven metres, not nine."}, made_on=version)
    eve.does("POST", f"{path}/unpublish")
    assert house.ids("/v1/latest") == []
    eve.does("POST", f"{path}/undo", {})
    assert house.ids("/v1/latest") == [id]
    (corrected,) = house.read("/v1/corrections")["items"]
    assert (corrected["note"], corrected["article"]["id"]) == ("It stands at seven metres, not nine.", id)

    # Somebody leaves, and their way in ends at once.
    left = house.ask("POST", f"/editorial/staff/{kim.id}/leave", role=Role.ADMIN)
    assert left.status_code in (200, 204), left.text
    assert kim.ask("GET", path).status_code == 401

    # It is withdrawn, and readers are told why wherever they look for it.
    zoe.does("POST", f"{path}/withdraw", {"notice": "Nobody had measured the water."})
    assert house.get(f"/v1/articles/{id}").status_code == 410
    assert house.ids("/v1/latest") == []
    assert house.read("/v1/front")["items"] == []
    assert house.client.get(preview).status_code == 404
    assert [one["kind"] for one in house.read("/v1/corrections")["items"]] == ["withdrawal", "correction"]

    # The story is told in sentences, and the audit has each event with who did it.
    told = [line["sentence"] for line in eve.sees(f"{path}/story")["items"]]
    assert told[0] == "Ann Ash drafted it."
    for sentence in told:
        assert sentence.endswith(".")
        assert "engineer" not in sentence
    assert "Bob Birch returned it: “Barely? Says who?”." in told
    assert "The schedule published it." in told
    events = house.audit(f"/audit/events?stream=article:{id}").json()["items"]
    assert {event["by"] for event in events} == {ann.id, kim.id, bob.id, eve.id, zoe.id, "system:schedule"}
    assert house.audit("/audit/events?limit=1000").text.count("My source is the engineer.") == 0
