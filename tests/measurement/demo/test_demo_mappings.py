"""The demo's mapping files name only columns, entities and systems that are."""

import tomllib
from itertools import chain
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from measurement import registry, rules
from measurement.demo import WHAT_IS_GENERATED
from measurement.entities import ENTITIES

FOLDER = Path(__file__).parents[3] / "measurement" / "mappings"
SYSTEMS = (
    "harbour_crm",
    "harbour_shop",
    "harbour_web",
    "journey_crm",
    "journey_shop",
    "journey_web",
)


def _read(system: str) -> dict[str, Any]:
    return tomllib.loads((FOLDER / f"{system}.toml").read_text())


STREAMS = [
    (system, stream) for system in SYSTEMS for stream in _read(system)["streams"]
]


def _entities(system: str, stream: str) -> dict[str, dict[str, Any]]:
    return dict(_read(system)["streams"][stream]["entities"])


def _conditions(fields: dict[str, Any]) -> list[str]:
    return [fields[name] for name in ("when_empty", "when_filled") if name in fields]


def _rules(fields: dict[str, Any]) -> dict[str, rules.Rule]:
    return {
        name: rules.read(rule, place=name)
        for name, rule in fields.items()
        if name not in ("when_empty", "when_filled")
    }


def _columns(demo, system: str, stream: str) -> set[str]:
    path = demo.file(system, stream).path
    if path.suffix == ".parquet":
        return set(pq.ParquetFile(path).schema_arrow.names)
    return set(demo.rows(system, stream)[0])


@pytest.mark.parametrize("system", SYSTEMS)
def test_a_file_is_named_after_its_system(system):
    assert _read(system)["system"]["key"] == system


@pytest.mark.parametrize("system", SYSTEMS)
def test_a_mapping_maps_every_file_of_its_system_in_the_order_of_loading(demo, system):
    files = [file.stream for file in demo.files if file.system == system]

    assert list(_read(system)["streams"]) == files


@pytest.mark.parametrize(("system", "stream"), STREAMS)
def test_a_stream_says_whether_it_is_generated(demo, system, stream):
    said = _read(system)["streams"][stream].get("is_generated", False)

    assert said == demo.file(system, stream).generated


@pytest.mark.parametrize(("system", "stream"), STREAMS)
def test_a_mapping_reads_only_columns_the_file_has(demo, system, stream):
    read = {
        column
        for fields in _entities(system, stream).values()
        for column in chain(
            _conditions(fields),
            *(rules.columns_of(rule) for rule in _rules(fields).values()),
        )
    }

    assert read - _columns(demo, system, stream) == set()


@pytest.mark.parametrize(("system", "stream"), STREAMS)
def test_a_mapping_writes_only_fields_the_model_has(system, stream):
    unknown = {
        f"{entity}.{name}"
        for entity, fields in _entities(system, stream).items()
        for name in set(_rules(fields)) - ENTITIES[entity].mappable()
    }

    assert unknown == set()


@pytest.mark.parametrize(("system", "stream"), STREAMS)
def test_a_mapping_makes_the_whole_key_of_each_entity(system, stream):
    missing = {
        f"{entity}.{name}"
        for entity, fields in _entities(system, stream).items()
        for name in set(ENTITIES[entity].key) - {"system"} - set(fields)
    }

    assert missing == set()


@pytest.mark.parametrize(("system", "stream"), STREAMS)
def test_a_row_is_one_of_the_entities_it_makes(system, stream):
    assert _read(system)["streams"][stream]["grain"] in _entities(system, stream)


@pytest.mark.parametrize(("system", "stream"), STREAMS)
def test_a_look_up_in_another_system_names_one_of_the_same_storefront(system, stream):
    named = {
        rule.system
        for fields in _entities(system, stream).values()
        for rule in _rules(fields).values()
        if rule.system
    }

    assert named <= {f"{system.partition('_')[0]}_shop"}


@pytest.mark.parametrize("system", SYSTEMS)
def test_the_files_of_a_storefront_agree_on_it(system):
    shop = _read(f"{system.partition('_')[0]}_shop")["storefront"]

    mine = _read(system)["storefront"]

    assert mine == {name: shop[name] for name in mine}


@pytest.mark.parametrize("storefront", ["harbour", "journey"])
def test_readers_are_told_what_is_generated_in_the_generators_own_words(storefront):
    note = _read(f"{storefront}_shop")["storefront"]["generated_note"]

    assert note == WHAT_IS_GENERATED[storefront]


def test_only_the_real_storefront_is_a_panel():
    assert "panel_starts_on" in _read("journey_shop")["storefront"]
    assert "panel_starts_on" not in _read("harbour_shop")["storefront"]


def test_a_redemption_has_an_id_of_its_own(demo):
    names = _entities("journey_crm", "redemptions")["event"]["message_id"]["columns"]
    rows = demo.rows("journey_crm", "redemptions")

    assert len({tuple(row[name] for name in names) for row in rows}) == len(rows)


def test_a_product_stands_once_in_a_real_basket(demo):
    lines = zip(
        demo.column("journey_shop", "transactions", "basket_id"),
        demo.column("journey_shop", "transactions", "product_id"),
        strict=True,
    )

    assert len(set(lines)) == 1_469_307


@pytest.mark.parametrize("system", ["harbour_web", "journey_web", "journey_crm"])
def test_only_visits_carry_a_campaign_that_could_be_credited(system):
    tagged = {
        stream
        for stream, mapping in _read(system)["streams"].items()
        if "utm_campaign" in mapping["entities"].get("event", {})
    }

    assert tagged <= {"touches"}


@pytest.mark.django_db
def test_the_mapping_files_can_be_registered():
    registered = registry.register_folder(FOLDER)

    assert set(SYSTEMS) <= {one.system.key for one in registered}


@pytest.mark.django_db
def test_registering_a_second_time_changes_nothing():
    registry.register_folder(FOLDER)

    again = registry.register_folder(FOLDER)

    assert {one.changed for one in again} == {0}
