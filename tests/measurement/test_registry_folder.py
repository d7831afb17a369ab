"""A folder of mapping files, each of which may build on any other."""

from pathlib import Path

import pytest

from governance.models import SourceSystem, Storefront
from measurement import registry
from measurement.mapping import MappingError
from measurement.registry import RegistryError
from tests.measurement.test_registry import CRM, SHOP

pytestmark = pytest.mark.django_db

SHIPPED = Path(registry.__file__).parent / "mappings"
LOOKS_IN_TILL = CRM.replace(
    '[streams.people]\ngrain = "customer"\n\n[streams.people.entities.customer]\n'
    'source_id = "id"',
    '[streams.deals]\ngrain = "crm_deal"\n\n[streams.deals.entities.crm_deal]\n'
    'source_id = "id"\namount = "amount"\n'
    'customer = { column = "who", system = "till", lookup = true }',
)


def folder(path, **files):
    for name, text in files.items():
        (path / f"{name}.toml").write_text(text)
    return path


def test_every_file_is_registered_in_the_order_of_names(tmp_path):
    registered = registry.register_folder(folder(tmp_path, b=SHOP, c=CRM))

    assert [(each.system.key, each.changed) for each in registered] == [
        ("till", 2),
        ("contacts", 1),
    ]


def test_a_file_may_name_a_storefront_that_a_later_one_describes(tmp_path):
    registry.register_folder(folder(tmp_path, a=CRM, b=SHOP))

    assert dict(SourceSystem.objects.values_list("key", "storefront__name")) == {
        "contacts": "Harbour",
        "till": "Harbour",
    }


def test_a_mapping_may_look_rows_up_in_the_system_of_a_later_file(tmp_path):
    registered = registry.register_folder(folder(tmp_path, a=LOOKS_IN_TILL, b=SHOP))

    assert [each.system.key for each in registered] == ["contacts", "till"]


def test_registering_the_folder_again_changes_nothing(tmp_path):
    folder(tmp_path, a=CRM, b=SHOP)
    registry.register_folder(tmp_path)

    again = registry.register_folder(tmp_path)

    assert [each.changed for each in again] == [0, 0]


def test_a_folder_without_mapping_files_is_refused(tmp_path):
    (tmp_path / "orders.csv").touch()

    with pytest.raises(RegistryError) as refused:
        registry.register_folder(tmp_path)

    assert str(refused.value) == f"There is no mapping file in {tmp_path}."


def test_one_refused_file_keeps_every_other_out(tmp_path):
    folder(tmp_path, a=SHOP, b=CRM.replace("source_id", "number"))

    with pytest.raises(MappingError, match=r"maps customer\.number"):
        registry.register_folder(tmp_path)

    assert not Storefront.objects.exists()


def test_the_mappings_we_ship_can_be_registered_together():
    registered = registry.register_folder(SHIPPED)

    assert [each.system.key for each in registered] == [
        path.stem for path in sorted(SHIPPED.glob("*.toml"))
    ]
