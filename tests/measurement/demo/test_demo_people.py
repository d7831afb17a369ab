"""Made-up people, how they are misspelt, and whom nobody can call."""

from random import Random

import phonenumbers
import pytest
from hypothesis import given
from hypothesis import strategies as st

from measurement.demo.mistyping import mistyped, mistyped_email, mistyped_phone
from measurement.demo.names import CULTURES, FIRST_NAMES, LAST_NAMES, NICKNAMES
from measurement.demo.people import People, letters, phones_of, typed_name, typed_phone

SEEDS = st.integers(0, 10_000)


def _people(seed: int = 1) -> People:
    return People(Random(seed), prefix="X", with_phone=0.8)


def test_nobody_shares_a_mailbox_by_chance():
    people = _people()

    emails = [people.make("GB").email for _ in range(5_000)]

    assert len(set(emails)) == 5_000


def test_nobody_shares_a_number_by_chance():
    people = _people()

    phones = [phone for _ in range(3_000) if (phone := people.make("US").phone)]

    assert len(set(phones)) == len(phones)


def test_about_as_many_have_a_phone_as_was_asked_for():
    people = _people()

    with_phone = sum(bool(people.make("US").phone) for _ in range(3_000))

    assert 0.77 < with_phone / 3_000 < 0.83


def test_where_no_number_is_set_aside_nobody_has_one():
    people = _people()

    assert {people.make("IE").phone for _ in range(50)} == {""}


def test_when_the_numbers_run_out_people_go_without():
    people = _people()
    for _ in phones_of("DE"):
        people.phone("DE")

    assert people.phone("DE") == ""


@pytest.mark.parametrize("country", ["US", "GB", "FR", "DE"])
def test_every_number_set_aside_is_a_valid_one_of_its_country(country):
    some = Random(1).sample(phones_of(country), 200)

    wrong = [
        phone
        for phone in some
        if not phonenumbers.is_valid_number(phonenumbers.parse(phone))
    ]

    assert wrong == []


def test_mail_goes_nowhere():
    people = _people()

    hosts = {people.make("GB").email.rpartition(".")[2] for _ in range(200)}

    assert hosts == {"example"}


def test_every_address_is_plain_ascii():
    people = _people()

    typed = [people.make(country).email for country in CULTURES for _ in range(200)]

    assert [email for email in typed if not email.isascii()] == []


def test_a_household_has_one_landline_and_several_mailboxes():
    people = _people()
    holder = people.make("US")

    other = people.beside(holder)

    assert other.phone == holder.phone
    assert other.email != holder.email
    assert other.key != holder.key


def test_two_of_a_household_never_share_an_initial():
    people = _people()
    pairs = [
        (holder, people.beside(holder))
        for _ in range(300)
        for holder in [people.make("GB")]
    ]

    assert [pair for pair in pairs if pair[0].first[0] == pair[1].first[0]] == []


def test_names_stand_once_in_each_list():
    lists = [*FIRST_NAMES.values(), *LAST_NAMES.values()]

    assert [names for names in lists if len(set(names)) != len(names)] == []


def test_there_are_enough_names():
    assert sum(map(len, FIRST_NAMES.values())) >= 200
    assert sum(map(len, LAST_NAMES.values())) >= 300


def test_every_nickname_belongs_to_a_first_name_people_have():
    given_names = {name for names in FIRST_NAMES.values() for name in names}

    assert set(NICKNAMES) - given_names == set()


def test_every_culture_of_a_country_has_first_and_last_names():
    named = {culture for shares in CULTURES.values() for culture in shares}

    assert named - set(FIRST_NAMES) == set()
    assert named - set(LAST_NAMES) == set()


@pytest.mark.parametrize("country", sorted(CULTURES))
def test_shares_of_cultures_leave_room_for_the_rest(country):
    assert 0 < sum(CULTURES[country].values()) < 1


@given(st.sampled_from([n for names in LAST_NAMES.values() for n in names]), SEEDS)
def test_a_misspelt_name_is_never_the_name(name, seed):
    assert mistyped(name, Random(seed)) != name


@given(st.sampled_from([n for names in FIRST_NAMES.values() for n in names]), SEEDS)
def test_a_misspelt_name_keeps_its_first_letter(name, seed):
    assert mistyped(name, Random(seed))[0] == name[0]


@given(st.text("aab", min_size=1, max_size=4), SEEDS)
def test_even_a_word_of_one_letter_is_misspelt_into_another(word, seed):
    assert mistyped(word, Random(seed)) != word


@given(SEEDS)
def test_a_misspelt_address_is_still_an_address_and_another_one(seed):
    wrong = mistyped_email("ann.bell@northmail.example", Random(seed))

    assert wrong != "ann.bell@northmail.example"
    assert wrong.count("@") == 1
    assert wrong.endswith(".example")


@given(st.sampled_from(phones_of("GB")), SEEDS)
def test_a_misspelt_number_differs_in_one_digit(phone, seed):
    wrong = mistyped_phone(phone, Random(seed))

    assert len(wrong) == len(phone)
    assert sum(a != b for a, b in zip(wrong, phone, strict=True)) == 1


@given(st.sampled_from(phones_of("US") + phones_of("GB")), SEEDS)
def test_however_a_number_is_typed_it_is_the_same_number(phone, seed):
    region = "US" if phone.startswith("+1") else "GB"

    read = phonenumbers.parse(typed_phone(phone, Random(seed)), region)

    assert (
        phonenumbers.format_number(read, phonenumbers.PhoneNumberFormat.E164) == phone
    )


@given(SEEDS)
def test_however_a_name_is_typed_it_is_the_same_name(seed):
    assert typed_name("Zoë", Random(seed)).strip().casefold() == "zoë"


@pytest.mark.parametrize(
    ("name", "plain"),
    [
        ("O'Brien", "obrien"),
        ("Łukasz", "lukasz"),
        ("Núñez", "nunez"),
        ("Smith-Jones", "smithjones"),
    ],
)
def test_a_name_is_written_into_an_address_without_its_accents(name, plain):
    assert letters(name) == plain
