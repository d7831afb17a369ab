"""The controls in which a definition is typed: what they show, and what they read back."""

from types import SimpleNamespace

import pytest

from governance import dictionary, differences
from governance.definition_form import DefinitionForm
from governance.kinds import KINDS


def form(kind: str, *, data=None, **body) -> DefinitionForm:
    said = SimpleNamespace(
        kind=kind, key="k", domain_id="customer", state="active", successor="", body=body
    )  # fmt: skip
    return DefinitionForm(data, kind=kind, key="k", said=said, base=0)


@pytest.mark.parametrize("kind", list(KINDS))
def test_a_part_is_called_the_same_where_it_is_typed_read_and_decided_on(kind):
    body = {part.name: "x" for part in KINDS[kind]}
    head = {"name": "Name", "meaning": "Meaning"}
    named = [head[name] for name in head if name in body]

    typed = [
        field.label for name, field in form(kind).fields.items() if "part_" in name
    ]

    read = [line.label for line in dictionary.lines(kind, body)]
    said = SimpleNamespace(kind=kind, domain_id="", state="", successor="", body=body)
    decided = [each.label for each in differences.between(None, said)]
    assert (sorted(named + read), decided) == (sorted(typed), typed)
