"""What a mapping file brings into the registry, and which files are refused."""

import pytest

from governance.models import FieldMapping, SourceStream, SourceSystem, Storefront
from measurement import registry
from measurement.entities import ENTITIES
from measurement.mapping import MappingError
from measurement.registry import Registered, RegistryError

pytestmark = pytest.mark.django_db

SHOP = """
[storefront]
key = "harbour"
name = "Harbour"
time_zone = "Europe/London"
currency = "GBP"

[system]
key = "till"
name = "The till"
kind = "shop"

[streams.orders]
grain = "order"

[streams.orders.entities.order]
source_id = "id"
placed_at = { column = "at", zone = "Europe/London" }
"""
CRM = """
[storefront]
key = "harbour"

[system]
key = "contacts"
name = "Contacts"
kind = "crm"

[streams.people]
grain = "customer"

[streams.people.entities.customer]
source_id = "id"
"""
KINDS = "Value 'till' is not a valid choice."


@pytest.fixture
def register(tmp_path):
    """Return what registers a text as the mapping file ``till.toml``."""

    def write(text):
        path = tmp_path / "till.toml"
        path.write_text(text)
        return registry.register(path)

    return write


def fields():
    return {
        f"{row.stream}: {row.entity}.{row.field}": row.rule
        for row in FieldMapping.objects.select_related("stream__system")
    }


def test_a_file_brings_its_system(register):
    registered = register(SHOP)

    assert registered == Registered(SourceSystem.objects.get(key="till"), changed=2)


def test_a_file_brings_the_storefront_of_its_system(register):
    register(SHOP)

    assert list(
        SourceSystem.objects.values_list(
            "name", "kind", "storefront__key", "storefront__name"
        )
    ) == [("The till", "shop", "harbour", "Harbour")]


def test_a_file_brings_a_rule_per_field(register):
    register(SHOP)

    assert fields() == {
        "till/orders: order.source_id": "id",
        "till/orders: order.placed_at": {"column": "at", "zone": "Europe/London"},
    }


def test_streams_are_placed_as_they_stand_in_the_file(register):
    stream = '[streams.{0}]\ngrain = "product"\n[streams.{0}.entities.product]\nsource_id = "id"\n'

    register(SHOP + stream.format("wares") + stream.format("archive"))

    assert list(SourceStream.objects.values_list("key", "position")) == [
        ("orders", 1),
        ("wares", 2),
        ("archive", 3),
    ]


def test_a_stream_keeps_how_its_files_are_written(register):
    register(
        SHOP.replace(
            'grain = "order"',
            'grain = "order"\ndelimiter = ";"\nencoding = "latin-1"\nis_generated = true',
        )
    )

    stream = SourceStream.objects.get()
    assert (stream.delimiter, stream.encoding, stream.is_generated) == (
        ";",
        "latin-1",
        True,
    )


def test_a_system_has_the_zone_and_currency_of_its_storefront(register):
    system = register(SHOP).system

    assert (system.time_zone, system.currency) == ("Europe/London", "GBP")


def test_a_system_may_have_a_zone_and_currency_of_its_own(register):
    own = 'kind = "shop"\ntime_zone = "Asia/Tokyo"\ncurrency = "JPY"'

    system = register(SHOP.replace('kind = "shop"', own)).system

    assert (system.time_zone, system.currency) == ("Asia/Tokyo", "JPY")


def test_registering_the_same_file_again_changes_nothing(register):
    register(SHOP)
    before = list(FieldMapping.objects.values_list("pk", flat=True))

    again = register(SHOP)

    assert again.changed == 0
    assert list(FieldMapping.objects.values_list("pk", flat=True)) == before


def test_only_the_rule_that_differs_is_changed(register):
    register(SHOP)

    changed = register(SHOP.replace('"id"', '"number"')).changed

    assert (changed, fields()) == (
        1,
        {
            "till/orders: order.source_id": "number",
            "till/orders: order.placed_at": {"column": "at", "zone": "Europe/London"},
        },
    )


def test_a_field_that_was_added_is_one_change(register):
    register(SHOP)

    assert register(f'{SHOP}status = "state"\n').changed == 1


def test_a_field_that_was_taken_out_of_the_file_goes(register):
    register(f'{SHOP}status = "state"\n')

    changed = register(SHOP).changed

    assert (changed, sorted(fields())) == (
        1,
        ["till/orders: order.placed_at", "till/orders: order.source_id"],
    )


def test_a_new_name_of_the_system_is_taken_over(register):
    first = register(SHOP).system

    again = register(SHOP.replace("The till", "The old till")).system

    assert (again.pk, SourceSystem.objects.get().name) == (first.pk, "The old till")


def test_a_storefront_another_file_describes_is_only_named(register, tmp_path):
    register(SHOP)
    path = tmp_path / "contacts.toml"
    path.write_text(CRM)

    system = registry.register(path).system

    assert (system.storefront.name, system.currency) == ("Harbour", "GBP")


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        (
            "[storefront]",
            "[storefront",
            "till.toml is no sound TOML: Expected ']' at the end of a table declaration "
            "(at line 2, column 12).",
        ),
        ("[storefront]", "[shopfront]", "till.toml has no table [storefront]."),
        ("[system]", "[machine]", "till.toml has no table [system]."),
        ("[streams.", "[rivers.", "till.toml has no table [streams]."),
        (
            'name = "Harbour"',
            'title = "Harbour"',
            "till.toml: [storefront] has title; known are currency, generated_note, "
            "is_generated, key, name, panel_starts_on, time_zone.",
        ),
        ('key = "harbour"', "", "till.toml: [storefront] has no key."),
        (
            'name = "Harbour"\ntime_zone = "Europe/London"',
            "",
            "till.toml: [storefront] names harbour, which no mapping file describes. Add "
            "its name, time_zone.",
        ),
        (
            'key = "harbour"',
            'key = "the harbour"',
            "till.toml: [storefront] has key = 'the harbour'. Enter a valid “slug” "
            "consisting of letters, numbers, underscores or hyphens.",
        ),
        (
            '"Europe/London"\ncurrency',
            '"Europe/Atlantis"\ncurrency',
            "till.toml: [storefront] has time_zone = 'Europe/Atlantis', which is none. "
            "Write a name such as Europe/Berlin.",
        ),
        (
            '"GBP"',
            '"gbp"',
            "till.toml: [storefront] has currency = 'gbp'. Write three capital letters, "
            "such as EUR.",
        ),
        (
            'name = "The till"',
            'name = "The till"\ncolour = "red"',
            "till.toml: [system] has colour; known are cadence, currency, key, kind, "
            "name, time_zone.",
        ),
        ('key = "till"', "", "till.toml: [system] has no key."),
        ('name = "The till"', "", "till.toml: [system] has no name."),
        ('kind = "shop"', "", "till.toml: [system] has no kind."),
        (
            'kind = "shop"',
            'kind = "till"',
            f"till.toml: [system] has kind = 'till'. {KINDS}",
        ),
        (
            'kind = "shop"',
            'kind = "shop"\ntime_zone = "Mars"',
            "till.toml: [system] has time_zone = 'Mars', which is none. Write a name "
            "such as Europe/Berlin.",
        ),
        (
            "[streams.orders]",
            "[streams]\nwares = 1\n[streams.orders]",
            "till.toml: streams.wares is 1; write a table.",
        ),
        (
            'grain = "order"',
            'grain = "order"\nsheet = 2',
            "till.toml: [streams.orders] has sheet; known are delimiter, encoding, "
            "grain, is_generated.",
        ),
        (
            'grain = "order"',
            'grain = "basket"',
            "till.toml: [streams.orders] needs a grain (one of "
            f"{', '.join(ENTITIES)}) and a table of entities.",
        ),
        (
            SHOP[SHOP.index("[streams.orders.entities") :],
            "",
            "till.toml: [streams.orders] needs a grain (one of "
            f"{', '.join(ENTITIES)}) and a table of entities.",
        ),
        (
            'grain = "order"',
            'grain = "order"\ndelimiter = "::"',
            "till.toml: [streams.orders] has delimiter = '::'. Write one sign, such as a "
            "comma, a semicolon or a tab.",
        ),
        (
            'grain = "order"',
            'grain = "order"\ndelimiter = "a"',
            "till.toml: [streams.orders] has delimiter = 'a'. Write one sign, such as a "
            "comma, a semicolon or a tab.",
        ),
    ],
)
def test_a_file_that_cannot_be_is_refused_in_a_sentence(register, old, new, sentence):
    with pytest.raises(RegistryError) as refused:
        register(SHOP.replace(old, new))

    assert str(refused.value) == sentence


def test_an_encoding_nobody_knows_is_refused(register):
    with pytest.raises(
        RegistryError, match=r"^till.toml: \[streams.orders\] .*klingon"
    ):
        register(
            SHOP.replace('grain = "order"', 'grain = "order"\nencoding = "klingon"')
        )


def test_a_missing_file_is_refused(tmp_path):
    path = tmp_path / "till.toml"

    with pytest.raises(RegistryError) as refused:
        registry.register(path)

    assert str(refused.value) == f"There is no mapping file {path}."


def test_a_folder_in_place_of_a_file_is_refused(tmp_path):
    with pytest.raises(RegistryError) as refused:
        registry.register(tmp_path)

    assert str(refused.value) == f"{tmp_path} cannot be read: Is a directory."


def test_a_refused_file_leaves_nothing_behind(register):
    with pytest.raises(MappingError, match=r"maps order\.colour"):
        register(f'{SHOP}colour = "colour"\n')

    assert not Storefront.objects.exists()


def test_a_refused_change_leaves_the_mapping_as_it_was(register):
    register(SHOP)
    before = fields()

    with pytest.raises(MappingError, match=r"maps order\.colour"):
        register(SHOP.replace('"id"', '"number"') + 'colour = "colour"\n')

    assert fields() == before
