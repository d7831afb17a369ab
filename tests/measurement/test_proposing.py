"""A mapping file, once the registry has begun, is a request and no more."""

from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connections

from governance import changes, starter
from governance.models import ChangeRequest, Domain, FieldMapping, SourceSystem
from measurement import mapping, registry
from tests import make
from tests.governance import requests
from tests.governance.requests import AT, digest

FILE = """
[storefront]
key = "shop"
name = "Shop"
time_zone = "UTC"
currency = "USD"

[system]
key = "shop"
name = "Shop"
kind = "shop"

[streams.orders]
grain = "order"

[streams.orders.entities.order]
source_id = "id"
placed_at = "at"
shipping = "shipping"
"""
CRM = FILE.replace('[system]\nkey = "shop"\nname = "Shop"\nkind = "shop"', (
    '[system]\nkey = "crm"\nname = "CRM"\nkind = "crm"'
))  # fmt: skip


@pytest.fixture
def file(own_database, tmp_path) -> Path:
    """A mapping file that was registered before the registry began."""
    path = tmp_path / "shop.toml"
    path.write_text(FILE)
    registry.register(path)
    starter.begin(at=AT)
    connections["owner"].close()
    return path


def changed(path: Path, before: str, after: str) -> Path:
    text = path.read_text()
    assert before in text
    path.write_text(text.replace(before, after))
    return path


def decided(request: ChangeRequest) -> None:
    """Have those who answer for all of it say yes, and let it take effect."""
    by = request.requested_by
    changes.submit(request_id=request.pk, by=by, at=AT)
    requests.as_measured(request)
    for _ in range(2):
        owner = make.owner(*Domain.objects.all())
        changes.approve(request_id=request.pk, digest=digest(request), by=owner, at=AT)
    changes.apply(request_id=request.pk, digest=digest(request), by=by, at=AT)


def propose(path: Path) -> ChangeRequest:
    by = make.domain_steward(*Domain.objects.all())
    call_command("propose", path, by=by.username, reason="The shop changed.")
    return ChangeRequest.objects.filter(requested_by=by).get()


def test_what_was_agreed_may_be_registered_again(file):
    assert registry.register(file).changed == 0


def test_what_was_not_agreed_is_no_file_to_register(file):
    changed(file, 'shipping = "shipping"', 'shipping = "freight"')

    with pytest.raises(registry.RegistryError) as refused:
        registry.register(file)

    assert str(refused.value) == (
        "shop.toml says otherwise than what was agreed. The mapping "
        'shop/orders:order.shipping is not what was agreed: "freight". Ask for it: '
        f"manage.py propose {file} --by NAME --reason WHY"
    )
    assert FieldMapping.objects.get(field="shipping").rule == "shipping"


def test_a_file_asks_for_what_it_says_otherwise(file, capsys):
    changed(file, 'shipping = "shipping"', 'tax = "vat"')
    changed(file, '"UTC"', '"Europe/Berlin"')

    request = propose(file)

    operations = changes.current_revision(request).operations.order_by("kind", "key")
    assert [(each.kind, each.key, each.state) for each in operations] == [
        ("mapping", "shop/orders:order.shipping", "retired"),
        ("mapping", "shop/orders:order.tax", "active"),
        ("source", "shop", "active"),
        ("storefront", "shop", "active"),
    ]
    assert capsys.readouterr().out == (
        f"Request {request.pk} asks for 4 definitions: /changes/{request.pk}/\n"
    )
    assert SourceSystem.objects.get().time_zone == "UTC"


def test_what_took_effect_may_be_registered(file):
    changed(file, 'shipping = "shipping"', 'tax = "vat"')

    decided(propose(file))

    assert registry.register(file).changed == 0
    assert dict(FieldMapping.objects.values_list("field", "rule")) == {
        "source_id": "id",
        "placed_at": "at",
        "tax": "vat",
    }


def test_a_new_source_comes_by_a_request(file, tmp_path):
    new = tmp_path / "web.toml"
    new.write_text(FILE.replace('[system]\nkey = "shop"', '[system]\nkey = "second"'))

    decided(propose(new))

    [stream] = SourceSystem.objects.get(key="second").streams.all()
    assert sorted(mapping.of_stream(stream).columns()) == ["at", "id", "shipping"]


def test_a_crm_that_tells_orders_is_refused_with_the_reason(file, tmp_path):
    crm = tmp_path / "crm.toml"
    crm.write_text(CRM)
    by = make.domain_steward(*Domain.objects.all())

    with pytest.raises(CommandError, match=r"CRM may not fill order\."):
        call_command("propose", crm, by=by.username, reason="It has them too.")

    assert not SourceSystem.objects.filter(key="crm").exists()


def test_a_file_that_says_nothing_new_asks_for_nothing(file, capsys):
    call_command("propose", file, by=make.user(role="steward").username, reason="So.")

    assert capsys.readouterr().out == "shop.toml says what was agreed already.\n"


def test_nobody_asks_for_nothing(file):
    with pytest.raises(CommandError, match=r"Nobody signs in as x\."):
        call_command("propose", file, by="x", reason="So.")


def test_requests_of_kpis_go_on_beside(file):
    domain = Domain.objects.get(key="revenue")

    request = requests.applied(
        requests.kpi(domain, "ltv_45", window_days=45), domain=domain
    )

    assert request.state == "applied"
