"""Mapping files with values of the wrong kind: a sentence each, never a traceback."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from governance.models import SourceStream, SourceSystem, Storefront
from measurement import registry
from measurement.mapping import MappingError
from measurement.registry import RegistryError
from tests.measurement.test_registry import CRM, SHOP

pytestmark = pytest.mark.django_db

TEXT = "write a text."


@pytest.fixture
def register(tmp_path):
    """Return what registers a text as the mapping file ``till.toml``."""

    def write(text):
        path = tmp_path / "till.toml"
        path.write_text(text)
        return registry.register(path)

    return write


@pytest.mark.parametrize("value", ["7", '["till"]', "2026-01-01"])
@pytest.mark.parametrize(
    ("line", "place", "name"),
    [
        ('key = "harbour"', "storefront", "key"),
        ('name = "Harbour"', "storefront", "name"),
        ('time_zone = "Europe/London"', "storefront", "time_zone"),
        ('currency = "GBP"', "storefront", "currency"),
        ('key = "till"', "system", "key"),
        ('name = "The till"', "system", "name"),
        ('kind = "shop"', "system", "kind"),
        ('grain = "order"', "streams.orders", "grain"),
    ],
)
def test_what_should_be_a_text_and_is_not_is_refused(
    register, line, place, name, value
):
    assert SHOP.count(line) == 1

    with pytest.raises(RegistryError) as refused:
        register(SHOP.replace(line, f"{name} = {value}"))

    start, end = f"till.toml: [{place}] has {name} = ", f"; {TEXT}"
    said = str(refused.value)
    assert (said[: len(start)], said[-len(end) :]) == (start, end)


@pytest.mark.parametrize("name", ["delimiter", "encoding"])
@pytest.mark.parametrize("value", ["7", '[","]'])
def test_the_form_of_a_stream_is_said_in_texts(register, name, value):
    with pytest.raises(RegistryError) as refused:
        register(SHOP.replace('"order"', f'"order"\n{name} = {value}', 1))

    read = value.replace('"', "'")
    assert str(refused.value) == (
        f"till.toml: [streams.orders] has {name} = {read}; {TEXT}"
    )


@pytest.mark.parametrize("value", ['"maybe"', '"true"', "1", "[true]"])
@pytest.mark.parametrize(
    ("line", "place", "name", "example"),
    [
        ('grain = "order"', "streams.orders", "is_generated", "true or false"),
        ('currency = "GBP"', "storefront", "is_generated", "true or false"),
        ('currency = "GBP"', "storefront", "panel_starts_on", "a day such as 2026-01-31"),
    ],
)  # fmt: skip
def test_what_is_no_text_is_told_how_it_is_written(
    register, line, place, name, example, value
):
    with pytest.raises(RegistryError) as refused:
        register(SHOP.replace(line, f"{line}\n{name} = {value}"))

    read = value.replace('"', "'").replace("[true]", "[True]")
    assert str(refused.value) == (
        f"till.toml: [{place}] has {name} = {read}; write {example}."
    )


def test_the_day_a_panel_starts_is_kept(register):
    system = register(
        SHOP.replace('"GBP"', '"GBP"\npanel_starts_on = 2024-02-29')
    ).system

    assert f"{system.storefront.panel_starts_on}" == "2024-02-29"


@pytest.mark.parametrize("entities", ['["order"]', '"order"', "7", "{ order = 7 }"])
def test_entities_are_a_table_of_tables(register, entities):
    text = SHOP[: SHOP.index("[streams.orders.entities")]

    with pytest.raises((RegistryError, MappingError)) as refused:
        register(f"{text}entities = {entities}\n")

    assert str(refused.value).startswith(
        ("till.toml: [streams.orders] ", "till/orders")
    )


@pytest.mark.parametrize("key", ["", "two words", "a" * 51, "a/b", "../b"])
def test_the_key_of_a_stream_is_one_a_folder_can_be_called_by(register, key):
    with pytest.raises(RegistryError, match=r"^till.toml: \[streams\..* has key = "):
        register(SHOP.replace("streams.orders", f"streams.'{key}'"))


@pytest.mark.parametrize(
    ("line", "longer", "most"),
    [
        ('name = "The till"', f'name = "{"x" * 81}"', 80),
        ('key = "till"', f'key = "{"x" * 51}"', 50),
        ('kind = "shop"', f'kind = "shop"\ncadence = "{"x" * 41}"', 40),
        ('"order"\n', f'"order"\nencoding = "{"utf-8".rjust(21, "_")}"\n', 20),
    ],
)
def test_a_text_longer_than_its_place_is_refused(register, line, longer, most):
    with pytest.raises(RegistryError) as refused:
        register(SHOP.replace(line, longer, 1))

    assert f"at most {most} characters" in str(refused.value)


def test_a_file_written_by_an_editor_that_marks_its_files_is_read(register):
    registered = register("\ufeff" + SHOP)

    assert registered.system.key == "till"


def test_a_file_of_another_encoding_is_refused(tmp_path):
    path = tmp_path / "till.toml"
    path.write_bytes(SHOP.replace("Harbour", "Häfen").encode("cp1252"))

    with pytest.raises(RegistryError, match=r"^till\.toml is no sound TOML: 'utf-8' "):
        registry.register(path)


def test_a_stream_that_left_the_file_keeps_what_was_agreed(register):
    wares = '[streams.wares]\ngrain = "product"\n[streams.wares.entities.product]\nsource_id = "id"\n'
    register(SHOP + wares)

    register(SHOP)

    assert {stream.key: stream.mappings.count() for stream in streams()} == {
        "orders": 2,
        "wares": 1,
    }


def streams():
    return SourceStream.objects.order_by("key")


def test_two_systems_may_have_streams_of_one_name(register, tmp_path):
    register(SHOP)
    register(SHOP.replace('key = "till"', 'key = "web"'))

    assert [str(stream) for stream in streams().order_by("system__key")] == [
        "till/orders",
        "web/orders",
    ]


def test_a_storefront_that_is_only_named_keeps_what_is_known_of_it(register):
    register(SHOP)

    register(CRM)

    shop = Storefront.objects.get()
    assert (shop.name, shop.time_zone, shop.currency) == (
        "Harbour",
        "Europe/London",
        "GBP",
    )


def test_another_order_of_the_streams_is_taken_over(register):
    wares = '[streams.wares]\ngrain = "product"\n[streams.wares.entities.product]\nsource_id = "id"\n'
    begins = SHOP.index("[streams.orders]")
    register(SHOP + wares)

    again = register(SHOP[:begins] + wares + SHOP[begins:])

    places = {stream.key: stream.position for stream in streams()}
    assert (again.changed, places) == (0, {"wares": 1, "orders": 2})


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(st.data())
def test_a_file_with_lines_missing_or_swapped_is_registered_or_refused(register, data):
    lines = SHOP.splitlines()
    kept = data.draw(st.lists(st.sampled_from(lines), max_size=len(lines), unique=True))
    begin = data.draw(st.integers(0, len(lines)))
    before = SourceSystem.objects.count()

    try:
        register("\n".join([*lines[:begin], *kept]))
    except (RegistryError, MappingError) as refused:
        assert str(refused)
        assert SourceSystem.objects.count() == before
