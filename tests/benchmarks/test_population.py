"""The made-up population: the same by its seed, with the hazards it promises."""

import csv
import re
from collections import Counter
from random import Random

import phonenumbers
import pyarrow.parquet
import pytest

from benchmarks import __main__ as benchmarks
from benchmarks import population
from benchmarks.population import phones, safety, slips

RECORDS = 16_000


@pytest.fixture(scope="module")
def people():
    return population.generate(count=RECORDS, seed=7)


@pytest.fixture(scope="module")
def rules(people):
    return {rule.name: rule for rule in safety.of(people)}


def among(people, column):
    return [value for value in people[column].to_pylist() if value is not None]


def test_a_seed_gives_the_same_people_and_another_seed_others():
    first, again, other = (
        population.generate(count=800, seed=seed) for seed in (3, 3, 4)
    )

    assert first.equals(again)
    assert not first.equals(other)


def test_three_of_five_records_are_the_shops(people):
    shop = people["source"].to_pylist().count("shop")

    assert (people.num_rows, set(people["source"].to_pylist())) == (
        RECORDS,
        {"shop", "crm"},
    )
    assert 0.59 < shop / RECORDS < 0.65


def test_a_record_number_is_given_once_and_tells_nothing_of_the_person(people):
    neighbours = people["person"].to_numpy()

    assert people["record"].to_pylist() == list(range(RECORDS))
    assert (neighbours[1:] == neighbours[:-1]).mean() < 0.01


@pytest.mark.parametrize(
    ("rule", "least", "most"),
    [
        ("e-mail equal", 0.90, 0.95),
        ("e-mail + first name alike", 0.997, 1),
        ("e-mail, first names conflict", 0.10, 0.26),
        ("phone equal", 0.90, 0.96),
        ("phone + first name equal", 0.995, 1),
        ("e-mail + phone", 0.99, 1),
        ("cross id", 0.99, 1),
        ("cross id + a name agrees", 0.999, 1),
        ("first + last + address", 0.95, 0.995),
        ("last + address", 0.28, 0.40),
    ],
)
def test_each_exact_rule_is_as_safe_as_it_was_counted_to_be(rules, rule, least, most):
    assert least <= rules[rule].precision <= most


def test_no_exact_rule_finds_everybody(rules):
    found = [
        rule.recall for name, rule in rules.items() if name != "one person in truth"
    ]

    assert max(found) < 0.8


@pytest.mark.parametrize(
    ("column", "junk"),
    [
        ("email", "test@test.com"), ("email", "info@our-shop.example"),
        ("phone", "0000000"), ("birth", "1900-01-01"), ("last", "unknown"),
    ],
)  # fmt: skip
def test_junk_is_on_people_who_have_nothing_to_do_with_each_other(people, column, junk):
    there = people.filter(pyarrow.compute.equal(people[column], junk))

    assert len(set(there["person"].to_pylist())) > 3


def test_a_kiosk_stands_between_hundreds_of_strangers(people):
    devices = Counter(among(people, "device"))

    assert set(devices.values()) == {RECORDS // 400}
    assert len(devices) == population.records.KIOSKS


def test_somebody_orders_as_a_guest_again_and_again(people):
    guests = people.filter(people["is_guest"])

    assert max(Counter(guests["person"].to_pylist()).values()) >= 4
    assert set(guests["birth"].to_pylist()) <= {None, "1900-01-01", "1970-01-01"}


def test_a_contact_claims_an_account_there_is_and_at_times_a_strangers(people):
    rows = people.select(["source", "shop_customer_id", "person"]).to_pylist()
    rows = [row for row in rows if row["shop_customer_id"]]
    owner = {
        row["shop_customer_id"]: row["person"]
        for row in rows
        if row["source"] == "shop"
    }
    claims = [row for row in rows if row["source"] == "crm"]

    wrong = [row for row in claims if owner[row["shop_customer_id"]] != row["person"]]

    assert 0 <= len(wrong) / len(claims) < 0.01


def test_names_are_common_and_rare_like_names_are(people):
    lasts = Counter(among(people, "last"))
    firsts = Counter(among(people, "first"))

    assert lasts.most_common(1)[0][1] < 0.01 * RECORDS
    assert len(lasts) > RECORDS / 5
    assert firsts.most_common(1)[0][1] > 0.01 * RECORDS


def test_nearly_every_number_can_be_dialled_in_its_country(people):
    rows = zip(people["phone"].to_pylist(), people["country"].to_pylist(), strict=True)
    rows = [(number, country) for number, country in rows if number and country][:3_000]

    possible = [
        phonenumbers.is_possible_number(phonenumbers.parse(number, country))
        for number, country in rows
        if len(set(re.sub(r"\D", "", number))) > 2
    ]

    assert sum(possible) / len(possible) > 0.97
    assert {country for _, country in rows} == set(phones.CODES)


def test_a_slip_is_small_and_not_always_the_same():
    chance = Random(1)

    slipped = [slips.slipped("margaret", chance) for _ in range(200)]

    assert {len(text) for text in slipped} <= {7, 8, 9}
    assert len(set(slipped)) > 10
    assert slips.slipped("Jo", chance) == "Jo"


def test_a_scanner_reads_what_looks_alike():
    found = {slips.misread("morni", Random(seed)) for seed in range(60)}

    assert {"momi", "m0rni", "mornl", "morni"} <= found


@pytest.mark.parametrize("ending", ["csv", "parquet"])
def test_the_command_writes_a_file_and_says_how_safe_the_rules_are(
    tmp_path, capsys, ending
):
    path = tmp_path / f"people.{ending}"

    ended = benchmarks.main(
        ["population", "--records", "500", "--seed", "2", "--to", str(path)]
    )

    expected = population.generate(count=500, seed=2)
    if ending == "parquet":
        assert pyarrow.parquet.read_table(path).equals(expected)
    else:
        with path.open() as file:
            assert [row["last"] for row in csv.DictReader(file)] == [
                last or "" for last in expected["last"].to_pylist()
            ]
    assert ended == 0
    assert capsys.readouterr().out.splitlines()[1].startswith("e-mail equal ")
