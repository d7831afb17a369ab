"""Records that come, and an index to ask about them."""

import pyarrow as pa

from governance.models import Storefront
from identity import key_index
from identity.key_index import Indexed
from identity.matching.one_pair import Side
from identity.matching.rules import Rules
from identity.matching.typed import comparable
from tests import make

AT = make.moment("2026-03-01")
COUNT = 400
NOBODY = {"email": "zora.quill@northmail.example", "first": "Zora", "last": "Quill"}


def index_of(storefront: Storefront, records: pa.Table, **rules: object) -> Indexed:
    return key_index.read_all(
        storefront.pk, records, at=AT, rules=Rules(**rules) if rules else Rules()
    )


def typed_of(records: pa.Table, row: int) -> dict[str, str]:
    said = records.slice(row, 1).to_pylist()[0]
    return {name: text for name, text in said.items() if isinstance(text, str)}


def side(record: int, indexed: Indexed, **typed: str) -> Side:
    return Side(record, comparable(typed, indexed.usual.kinds))
