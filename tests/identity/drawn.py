"""Records as tests draw them: a table in, people out.

    record  | name     | email         | phone | id | born
    shop 1  | Ann Bell | ann@x.example |       |    |
    crm 1   | Ann Bell |               |       | 1  | 1980-05-07
    guest 1 | Ann      | ann@x.example |       |    |

A row of ``shop`` is a registered account, one of ``guest`` a checkout without; ``id`` is
the shop customer id that a row says it has. A row judged without a database may have had several
e-mails.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from governance.models import SourceSystem, Storefront
from identity import clusters, policy
from identity.clusters import People, Said
from identity.evidence import Facts
from identity.keys import email_key, phone_key
from identity.models import Link
from identity.names import name_key
from measurement.models import CustomerRecord, Identifier
from tests import make

_SHOP = 1
# Of any value: one record more, and it joins nobody.
MOST_SHARING = policy.beginning().of("email").most_people


@dataclass(frozen=True)
class Row:
    """One record, as typed."""

    record: str
    name: str = ""
    email: str = ""
    phone: str = ""
    id: str = ""
    born: str = ""

    @property
    def first(self) -> str:
        return self.name.rpartition(" ")[0] if " " in self.name else self.name

    @property
    def last(self) -> str:
        return self.name.rpartition(" ")[2] if " " in self.name else ""

    @property
    def birth_on(self) -> date | None:
        return date.fromisoformat(self.born) if self.born else None

    @property
    def kind(self) -> str:
        return self.record.split()[0]

    @property
    def source_id(self) -> str:
        kind, number = self.record.split()
        return f"guest:{number}" if kind == "guest" else number


def rows(table: str) -> list[Row]:
    """Return the rows of a table whose first line names the columns."""
    lines = [
        line for line in table.strip().splitlines() if set(line.strip()) - set("-+ ")
    ]
    names, *rest = [[cell.strip() for cell in line.split("|")] for line in lines]
    return [Row(**dict(zip(names, cells, strict=True))) for cells in rest]


def facts(drawn: Iterable[Row]) -> list[Facts]:
    """Return what the judging reads of the rows; a record's number is its place in them."""
    return [_facts(number, row) for number, row in enumerate(drawn, start=1)]


def judged(
    table: str,
    *,
    together: Iterable[str] = (),
    apart: Iterable[str] = (),
    asked: Iterable[str] = (),
) -> People:
    """Return who is who in the table, after what stewards said of pairs of its rows."""
    drawn = rows(table)
    number = {row.record: place for place, row in enumerate(drawn, start=1)}

    def pair(text: str) -> tuple[int, int]:
        one, other = (number[name.strip()] for name in text.split("/"))
        return one, other

    said = Said(
        together=[frozenset(pair(text)) for text in together],
        apart=frozenset(pair(text) for text in apart),
    )
    return clusters.people(facts(drawn), said, asked=[pair(text) for text in asked])


def joined(table: str, **said: Iterable[str]) -> list[str]:
    """Return the people of the table who have more than one record: ``crm 1 + shop 1``."""
    names = {number: row.record for number, row in enumerate(rows(table), start=1)}
    groups = judged(table, **said).groups
    return sorted(
        " + ".join(sorted(names[record] for record in group))
        for group in groups
        if len(group) > 1
    )


def asked(table: str, **said: Iterable[str]) -> list[tuple[str, str]]:
    """Return the questions: ``("crm 1 / shop 1", "The first names differ.")``."""
    names = {number: row.record for number, row in enumerate(rows(table), start=1)}
    return [
        (" / ".join(sorted((names[one.left], names[one.right]))), one.guard)
        for one in judged(table, **said).questions
    ]


@dataclass(frozen=True)
class Shop:
    """A storefront in the database, with its shop and its CRM."""

    storefront: Storefront
    systems: dict[str, SourceSystem]

    def write(self, drawn: str | Iterable[Row]) -> None:
        """Add the rows as records, or change those that are there."""
        for row in rows(drawn) if isinstance(drawn, str) else drawn:
            record, _ = CustomerRecord.objects.update_or_create(
                system=self.systems["crm" if row.kind == "crm" else "shop"],
                source_id=row.source_id,
                defaults={
                    "is_guest": row.kind == "guest",
                    "first_name": row.first,
                    "last_name": row.last,
                    "email": row.email,
                    "phone": row.phone,
                    "birth_on": row.birth_on,
                    "run": 1,
                },
            )
            if row.id:
                Identifier.objects.get_or_create(
                    customer=record,
                    kind="shop_customer_id",
                    value=row.id,
                    defaults={"run": 1},
                )

    def record(self, name: str) -> CustomerRecord:
        """Return the record the table calls so."""
        row = Row(name)
        return CustomerRecord.objects.get(
            system=self.systems["crm" if row.kind == "crm" else "shop"],
            source_id=row.source_id,
        )

    def people(self) -> list[str]:
        """Return everybody and their records now, as ``crm 1 + shop 1``."""
        held: dict[int, list[str]] = {}
        links = Link.objects.as_of(None).filter(
            record__system__storefront=self.storefront
        )
        for link in links.select_related("record__system"):
            held.setdefault(link.person_id, []).append(_name(link.record))
        return sorted(" + ".join(sorted(names)) for names in held.values())


def shop(time_zone: str = "Europe/London") -> Shop:
    """Return an empty storefront with a shop and a CRM."""
    storefront = make.storefront(time_zone=time_zone)
    return Shop(
        storefront,
        {kind: make.system(kind=kind, of=storefront) for kind in ("shop", "crm")},
    )


def _name(record: CustomerRecord) -> str:
    if record.is_guest:
        return record.source_id.replace(":", " ")
    return f"{record.system.kind} {record.source_id}"


def _facts(number: int, row: Row) -> Facts:
    is_account = row.kind == "shop"
    claims = [row.id] if row.id else []
    return Facts(
        record=number,
        place=("crm" if row.kind == "crm" else "shop", row.source_id),
        storefront=1,
        first=name_key(row.first),
        last=name_key(row.last),
        birth_on=row.birth_on,
        account_of=_SHOP if is_account else None,
        is_guest=row.kind == "guest",
        emails=tuple(key for typed in row.email.split() if (key := email_key(typed))),
        phones=tuple(key for key in [phone_key(row.phone, "GB")] if key),
        claims=(*claims, *([row.source_id] if is_account else [])),
    )
