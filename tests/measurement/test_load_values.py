"""What the text of a column becomes: one form of rule, one kind of value at a time."""

from decimal import Decimal

import pytest

from tests.measurement import loading

# One product per row; its text fields take what a rule makes of column a, and of b.
PRODUCT = '[product]\nsource_id = "id"\nname = {rule}\n'
ORDER = '[order]\nsource_id = "id"\nplaced_at = "at"\n'
AMOUNT = ORDER + "tax = {rule}\n"
CUSTOMER = '[customer]\nsource_id = "id"\n'


def named(load, rule: str, *cells: str, columns: str = "id,a,b") -> list[object]:
    """Return the names made of rows whose cells follow their id."""
    stream = loading.stream(PRODUCT.format(rule=rule), grain="product")
    lines = [f"{number},{row}" for number, row in enumerate(cells)]
    load(stream, "\n".join([columns, *lines]))
    return loading.column("product", "name")


@pytest.mark.parametrize(
    ("rule", "row", "name"),
    [
        ("'a'", "jam,", "jam"),
        ("'a'", "  jam  ,", "jam"),
        ("'a'", ",", ""),
        ("{ constant = 'jam' }", "tea,", "jam"),
        ("{ column = 'a', prefix = 'no. ' }", "7,", "no. 7"),
        ("{ column = 'a', prefix = 'no. ' }", ",", ""),
        ("{ column = 'a', strip_suffix = '.0' }", "17850.0,", "17850"),
        ("{ column = 'a', strip_suffix = '.0' }", "17850x0,", "17850x0"),
        ("{ column = 'a', strip_suffix = '.0' }", "10.05,", "10.05"),
        ("{ column = 'a', strip_suffix = '.0' }", ".0,", ""),
        ("{ column = 'a', strip_suffix = '\\' }", "a\\,", "a"),
        ("{ column = 'a', separator = '/' }", "jam/red/1,", "jam"),
        ("{ column = 'a', separator = '/', part = 2 }", "jam/red/1,", "red"),
        ("{ column = 'a', separator = '/', part = 4 }", "jam/red/1,", ""),
        ("{ columns = ['a', 'b'] }", "jam,tea", "jam"),
        ("{ columns = ['a', 'b'] }", ",tea", "tea"),
        ("{ columns = ['a', 'b'] }", "  ,tea", "tea"),
        ("{ columns = ['a', { column = 'id', prefix = 'p' }] }", ",", "p0"),
        ("{ columns = ['a', 'b'], join = ' & ' }", "jam,tea", "jam & tea"),
        ("{ columns = ['a', 'b'], join = ' & ' }", ",tea", "tea"),
        ("{ columns = ['a', 'b'], join = ' & ' }", ",", ""),
        ("{ column = 'a', values = { j = 'jam' } }", "j,", "jam"),
        ("{ column = 'a', values = { j = 'jam' } }", " j ,", "jam"),
        ("{ column = 'a', values = { j = 'jam' } }", "tea,", "tea"),
        ("{ column = 'a', values = { j = 'jam' } }", ",", ""),
        (
            "{ column = 'a', values = { j = 'jam' }, default = 'other' }",
            "tea,",
            "other",
        ),
        ("{ column = 'a', values = { j = 'jam' }, default = 'other' }", ",", "other"),
        ("{ column = 'a', default = 'other' }", "tea,", "tea"),
        ("{ column = 'a', default = 'other' }", " ,", "other"),
        ("{ column = 'a', prefixes = { C = 'back' } }", "C12,", "back"),
        ("{ column = 'a', prefixes = { C = 'back' } }", "12C,", "12C"),
        ("{ column = 'a', prefixes = { C = 'back', CA = 'cash' } }", "CA1,", "cash"),
        ("{ column = 'a', prefixes = { CA = 'cash', C = 'back' } }", "CB1,", "back"),
        ("{ column = 'a', values = { C1 = 'x' }, prefixes = { C = 'y' } }", "C1,", "x"),
    ],
)
def test_a_rule_makes_a_text(load, rule, row, name):
    assert named(load, rule, row) == [name]


def taxes(load, rule: str, *cells: str, **options: object) -> list[Decimal]:
    stream = loading.stream(AMOUNT.format(rule=rule), grain="order")
    lines = [f"{number},2026-01-01,{row}" for number, row in enumerate(cells)]
    load(stream, "\n".join(["id,at,a,b", *lines]), **options)
    return loading.column("order", "tax")


@pytest.mark.parametrize(
    ("rule", "row", "amount"),
    [
        ("'a'", "12.50,", "12.5"),
        ("'a'", "-0.000001,", "-0.000001"),
        ("'a'", " 7 ,", "7"),
        ("'a'", "1e3,", "1000"),
        ("'a'", ".5,", "0.5"),
        ("'a'", "2.00000000,", "2"),
        ("'a'", "99999999999999.999999,", "99999999999999.999999"),
        ("'a'", ",", "0"),
        ("{ column = 'a', decimals = 2 }", "0.125,", "0.13"),
        ("{ column = 'a', decimals = 2 }", "-0.125,", "-0.13"),
        ("{ column = 'a', decimals = 2 }", "2.2e-16,", "0"),
        ("{ column = 'a', decimals = 0 }", "2.5,", "3"),
        ("{ multiply = ['a', 'b'] }", "3,0.333333", "0.999999"),
        ("{ multiply = ['a', 'b'] }", "-2,1.005", "-2.01"),
        ("{ multiply = ['a', 'b'], decimals = 2 }", "0.1234,0.1234", "0.02"),
        ("{ multiply = ['a', 'a'] }", "1.001,", "1.002001"),
        ("{ column = 'a', strip_suffix = ' EUR' }", "7.10 EUR,", "7.1"),
        ("{ column = 'a', default = '1' }", ",", "1"),
    ],
)
def test_a_rule_makes_an_exact_amount(load, rule, row, amount):
    assert taxes(load, rule, row) == [Decimal(amount)]


@pytest.mark.parametrize(
    ("rule", "row", "reason"),
    [
        ("'a'", "dear,", '"dear" is not a number.'),
        ("'a'", "1 000,", '"1 000" is not a number.'),
        ("'a'", "nan,", '"NaN" is not a number.'),
        ("'a'", "Infinity,", '"Infinity" is too large.'),
        ("'a'", "-inf,", '"-Infinity" is too large.'),
        ("'a'", "100000000000000,", '"100000000000000" is too large.'),
        (
            "{ column = 'a', decimals = 2 }",
            "99999999999999.999,",
            '"99999999999999.999" is too large.',
        ),
        (
            "'a'",
            "0.1234567,",
            '"0.1234567" has more than the 6 decimals we keep; say decimals in the '
            "mapping to round it.",
        ),
        ("{ multiply = ['a', 'b'] }", "2,x", '"2 times x" is not a number.'),
        ("{ multiply = ['a', 'b'] }", "2,", '"2 times " is not a number.'),
        ("{ multiply = ['a', 'b'] }", "2,nan", '"2 times NaN" is not a number.'),
        (
            "{ multiply = ['a', 'b'] }",
            "1e13,1e13",
            '"10000000000000 times 10000000000000" is too large.',
        ),
        (
            "{ multiply = ['a', 'b'] }",
            "0.0001,0.001",
            '"0.0001 times 0.001" has more than the 6 decimals we keep; say decimals in '
            "the mapping to round it.",
        ),
    ],
)
@pytest.mark.parametrize("is_clean", [True, False], ids=["lines", "row by row"])
def test_an_amount_that_cannot_be_is_refused_in_a_sentence(
    load, rule, row, reason, is_clean
):
    stream = loading.stream(AMOUNT.format(rule=rule), grain="order")
    # A row that cannot be split makes the whole page go row by row.
    ragged = "" if is_clean else "8\n"

    run = load(stream, f"id,at,a,b\n{ragged}9,2026-01-01,{row}\n")

    assert loading.rejects(run)[-1][1:] == ("tax", reason)


def test_a_missing_factor_makes_no_amount_where_none_is_needed(load):
    assert taxes(load, "{ multiply = ['a', 'b'] }", ",") == [Decimal(0)]


@pytest.mark.parametrize(
    ("written", "is_guest"),
    [("true", True), ("0", False), ("Yes", True), ("n", False), ("", False)],
)
def test_a_yes_or_no_is_read(load, written, is_guest):
    stream = loading.stream(CUSTOMER + "is_guest = 'a'", grain="customer")

    load(stream, f"id,a\n1,{written}\n")

    assert loading.column("customer", "is_guest") == [is_guest]


AD_SPEND = (
    '[ad_spend]\non = "on"\ncampaign = "id"\nspend = "spend"\nclicks = "clicks"\n'
)


def test_a_whole_number_is_read_and_nothing_counts_as_none(load):
    stream = loading.stream(AD_SPEND, grain="ad_spend")

    load(
        stream,
        "id,on,spend,clicks\na,2026-01-01,1.5,9223372036854775807\nb,2026-01-01,1,\n",
    )

    assert loading.rows("ad_spend", "campaign", "spend", "clicks") == [
        ("a", Decimal("1.5"), 9223372036854775807),
        ("b", Decimal(1), 0),
    ]


@pytest.mark.parametrize(
    ("entities", "grain", "row", "field", "reason"),
    [
        (CUSTOMER + "is_guest = 'a'", "customer", "1,perhaps", "is_guest", '"perhaps" is neither yes nor no.'),
        (AD_SPEND, "ad_spend", "a,2026-01-01,1,2.5", "clicks", '"2.5" is not a whole number.'),
        (AD_SPEND, "ad_spend", "a,2026-01-01,1,-3", "clicks", '"-3" is not between 0 and 9223372036854775807.'),
        (CUSTOMER + "status = 'a'", "customer", "1,gone", "status", '"gone" is none of prospect, active, lapsed.'),
        (CUSTOMER + "country = 'a'", "customer", "1,USA", "country", '"USA…" is longer than 2 characters.'),
        (CUSTOMER, "customer", ",x", "source_id", "is empty."),
        (CUSTOMER, "customer", "   ,x", "source_id", "is empty."),
        (CUSTOMER, "customer", "x" * 501 + ",", "source_id", f'"{"x" * 80}…" is longer than 500 characters.'),
        (ORDER, "order", "1,", "placed_at", "is empty."),
        (ORDER + "currency = 'b'", "order", "1,2026-01-01,", "currency", "is empty."),
        ('[product_cost]\nproduct = "id"\nvalid_from = "at"\ncost = "n"\n', "product_cost", "1,2026-01-01,2", "product", 'There is no product "1" yet; load it first.'),
        ('[product_cost]\nproduct = "id"\nvalid_from = "at"\ncost = "n"\n', "product_cost", ",2026-01-01,2", "product", "is empty."),
    ],
)  # fmt: skip
def test_a_value_that_cannot_be_is_refused_in_a_sentence(
    load, entities, grain, row, field, reason
):
    columns = {
        "customer": "id,a", "ad_spend": "id,on,spend,clicks", "order": "id,at,b",
        "product_cost": "id,at,n",
    }[grain]  # fmt: skip
    stream = loading.stream(entities, grain=grain)
    wide = row if row.count(",") == columns.count(",") else row + ","

    run = load(stream, f"{columns}\n{wide}\n")

    assert loading.rejects(run) == [(2, field, reason)]


CONSENT = '[consent_event]\ncustomer = "id"\npurpose = "p"\nstate = "s"\nat = "at"\n'


def test_a_choice_that_must_be_made_cannot_be_left_empty(load):
    shop = loading.system()
    load(loading.stream(CUSTOMER, grain="customer", of=shop, key="c"), "id\n1\n")

    run = load(
        loading.stream(CONSENT, grain="consent_event", of=shop),
        "id,p,s,at\n1,mail,,2026-01-01\n",
        name="consent.csv",
    )

    assert loading.rejects(run) == [(2, "state", "is empty.")]


REFUND = '[refund]\nsource_id = "id"\norder = "o"\nrefunded_at = "at"\namount = "n"\n'
COST = '[product_cost]\nproduct = "o"\nvalid_from = "at"\ncost = "n"\n'


@pytest.mark.parametrize(
    ("parent", "entities", "grain", "amount", "said"),
    [
        (ORDER, REFUND, "refund", "0", '"0" is not above 0.'),
        (ORDER, REFUND, "refund", "-5.00", '"-5.00" is not above 0.'),
        (
            '[product]\nsource_id = "id"\n',
            COST,
            "product_cost",
            "-1",
            '"-1" is below 0.',
        ),
    ],
)
def test_what_a_table_would_refuse_of_the_whole_page_is_one_rejected_row(
    load, parent, entities, grain, amount, said
):
    shop = loading.system()
    kind = "order" if parent == ORDER else "product"
    load(
        loading.stream(parent, grain=kind, of=shop, key="parents"),
        "id,at\n7,2026-01-01\n",
        name="parents.csv",
    )

    run = load(
        loading.stream(entities, grain=grain, of=shop),
        f"id,o,at,n\n1,7,2026-01-02,{amount}\n2,7,2026-01-03,1\n",
    )

    assert (loading.counts(run), loading.rejects(run)[0][2]) == ((2, 1, 0, 1), said)
