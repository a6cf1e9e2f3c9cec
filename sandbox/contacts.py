"""The stand-in company's address book as one application sees it (documentation pages 90196 to 90213)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from sandbox.config import Department, Person, Tag
from sandbox.errors import WeComError
from sandbox.message_rules import Envelope

ACTIVE = 1


class Contacts:
    """People, departments and tags; userids are compared without regard to case."""

    def __init__(self, people: Iterable[Person], departments: Iterable[Department], tags: Iterable[Tag]) -> None:
        self._people = {person.userid.lower(): person for person in people}
        self.departments = {department.id: department for department in departments}
        self.tags = {tag.id: tag for tag in tags}

    @property
    def people(self) -> list[Person]:
        """Everybody, in the order they were put in."""
        return list(self._people.values())

    def find(self, userid: str) -> Person | None:
        """Return a member, or None."""
        return self._people.get(userid.lower())

    def put(self, person: Person) -> None:
        """Add a member or replace the one with the same userid."""
        self._people[person.userid.lower()] = person

    def remove(self, userid: str) -> None:
        """Delete a member; later reads give 60111 and messages list the id as invalid."""
        self._people.pop(userid.lower(), None)

    def change(self, userid: str, **changes: object) -> Person:
        """Change fields of a member.

        Raises:
            KeyError: If there is no such member.
        """
        person = replace(self._people[userid.lower()], **changes)  # type: ignore[arg-type]
        self._people[userid.lower()] = person
        return person

    def read(self, userid: str) -> Person:
        """Return a member for a contact API.

        Raises:
            WeComError: 41009 without a userid, 60111 for an unknown one, 60011 outside the visible range.
        """
        if not userid:
            raise WeComError(41009)
        person = self.find(userid)
        if person is None:
            raise WeComError(60111)
        if not person.in_range:
            raise WeComError(60011)
        return person

    def of_department(self, department_id: int) -> list[Person]:
        """Return the visible members of one department, without its children.

        Raises:
            WeComError: 60003 for an unknown department.
        """
        if department_id not in self.departments:
            raise WeComError(60003)
        return [person for person in self._people.values() if department_id in person.departments and person.in_range]

    def subtree(self, department_id: int) -> list[Department]:
        """Return a department and everything below it."""
        found = [self.departments[department_id]] if department_id in self.departments else []
        for department in found:
            found += [child for child in self.departments.values() if child.parent_id == department.id]
        return found

    def receivers(self, envelope: Envelope) -> tuple[list[str], dict[str, str]]:
        """Resolve who gets a message.

        Returns:
            The receivers' userids as the address book spells them, and the answer's ``invaliduser``,
            ``invalidparty``, ``invalidtag`` where not empty.

        Raises:
            WeComError: 81013 when nobody is left.
        """
        found: dict[str, None] = {}
        if envelope.everybody:
            found = {person.userid: None for person in self._people.values() if self._reachable(person)}
            return self._somebody(found), {}
        bad_users = []
        for userid in envelope.users:
            person = self.find(userid)
            if person is not None and self._reachable(person):
                found[person.userid] = None
            else:
                bad_users.append(userid.lower())
        bad_parties = self._add_parties(envelope.parties, found)
        bad_tags = self._add_tags(envelope.tags, found)
        invalid = {"invaliduser": bad_users, "invalidparty": bad_parties, "invalidtag": bad_tags}
        return self._somebody(found), {key: "|".join(ids) for key, ids in invalid.items() if ids}

    def _add_parties(self, parties: tuple[str, ...], found: dict[str, None]) -> list[str]:
        bad = []
        for party in parties:
            tree = self.subtree(int(party)) if party.isdigit() else []
            if not tree:
                bad.append(party)
            ids = {department.id for department in tree}
            for person in self._people.values():
                if ids & set(person.departments) and self._reachable(person):
                    found[person.userid] = None
        return bad

    def _add_tags(self, tags: tuple[str, ...], found: dict[str, None]) -> list[str]:
        bad = []
        for name in tags:
            tag = self.tags.get(int(name)) if name.isdigit() else None
            if tag is None:
                bad.append(name)
                continue
            for userid in tag.userids:
                person = self.find(userid)
                if person is not None and self._reachable(person):
                    found[person.userid] = None
        return bad

    @staticmethod
    def _reachable(person: Person) -> bool:
        return person.in_range and person.status == ACTIVE

    @staticmethod
    def _somebody(found: dict[str, None]) -> list[str]:
        if not found:
            raise WeComError(81013)
        return list(found)
