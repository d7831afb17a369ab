"""A file of definitions is read row by row, or refused in words."""

import pytest

from governance import exchange
from governance.exchange import Unfit

HEAD = "kind,key,version,domain,state,successor,name,position"


def read(text: str, form: str = "csv") -> list[tuple[object, ...]]:
    return [
        (row.line, row.kind, row.key, row.version, row.domain, dict(row.body))
        for row in exchange.read(text, form=form)
    ]


def wrong(text: str, form: str) -> list[list[tuple[str, str]]]:
    return [
        [(problem.words, problem.place) for problem in row.problems]
        for row in exchange.read(text, form=form)
    ]


def refusal(raw: bytes | str, form: str) -> str:
    with pytest.raises(Unfit) as refused:
        exchange.read(
            exchange.text_of(raw.encode() if isinstance(raw, str) else raw), form=form
        )
    return str(refused.value)


EMAIL = [(2, "channel", "email", 3, "growth", {"name": "E-mail", "position": 1})]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le-bom"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("line", ["\n", "\r\n", "\r"])
def test_a_table_is_read_as_spreadsheets_save_it(encoding, delimiter, line):
    lines = [HEAD, "channel,email,3,growth,active,,E-mail,1", ",,,,,,,", ""]
    text = line.join(lines).replace(",", delimiter)
    raw = (
        b"\xff\xfe" + text.encode("utf-16-le")
        if encoding == "utf-16-le-bom"
        else text.encode(encoding)
    )

    assert read(exchange.text_of(raw)) == EMAIL


def test_a_row_begins_in_the_line_its_first_cell_does():
    text = f'{HEAD}\nchannel,a,,,,,"Two\nlines",1\n\nchannel,b,,,,,B,2\n'

    assert [row[:3] for row in read(text)] == [(2, "channel", "a"), (5, "channel", "b")]


def test_what_a_table_has_no_column_for_is_not_said():
    [row] = exchange.read("key;kind\nemail;channel\n", form="csv")

    assert (row.version, row.domain, row.state, row.successor, row.body) == (
        None, None, None, None, {},
    )  # fmt: skip


def test_a_part_called_as_every_row_is_has_a_column_of_its_own():
    text = "kind,key,says.kind\nsource,till,shop\n"

    assert read(text) == [(2, "source", "till", None, None, {"kind": "shop"})]


def test_an_empty_cell_says_what_stands_where_nothing_is_said():
    text = "kind,key,cadence,currency\nsource,till,,EUR\n"

    assert read(text)[0][-1] == {"cadence": "daily", "currency": "EUR"}


def test_a_cell_another_kind_has_a_column_for_may_only_be_empty():
    text = "kind,key,position,grain\nchannel,a,1,\nchannel,b,1,order\n"

    assert [row[-1] for row in read(text)] == [
        {"position": 1}, {"position": 1, "grain": "order"},
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        ("channel,a,x,,,,A,1", ("version is 'x'; expected is the number of one.", "line 2, column version")),
        ("channel,a,1,,,,A,1,more", ("It has a cell without a column.", "line 2")),
        ("channel,a,1,,,,A,one", ("position: This is 'one'. Write a number, such as 90 or 0.5.", "line 2, column position")),
    ],
)  # fmt: skip
def test_a_cell_that_cannot_be_read_is_named_with_its_place(row, problem):
    assert wrong(f"{HEAD}\n{row}\n", "csv") == [[problem]]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "There is nothing in it."),
        ("\ufeff \r\n", "There is nothing in it."),
        (HEAD, "It has no rows, so there is nothing to import."),
        ("name,meaning\nA,B\n", "Line 1 names no columns “kind” and “key”. Begin with an export, and leave its first line as it is."),
        (f"{HEAD},name\n", "Line 1 names the column “name” twice, as number 7 and 9. Leave one of them out."),
        (f"{HEAD},colour\n", "Line 1, column 9: no kind has a part “colour”. Leave the column out, or name it as an export does."),
        (f"{HEAD}\nchannel,a\0b\n", "Line 2 holds a NUL, which no text has. Save the file as UTF-8."),
        (f"{HEAD}\n\nchannel,\xe9\n".encode("latin-1"), "Line 3 holds a character that is not UTF-8. Save the file as UTF-8; a spreadsheet calls it “CSV UTF-8”."),
        (b"PK\x03\x04\x14\x00\x06\x00", "Line 1 holds a NUL, which no text has. Save the file as UTF-8."),
        (b"x" * (2 * 1024 * 1024 + 1), "It is larger than 2 MB. Import it in parts."),
        (
            f'{HEAD}\nchannel,a,,,,,"{"x" * 200_000}",1\n',
            "From line 2 on this is no table: field larger than field limit (131072). A cell that holds a quotation mark or several lines stands in quotation marks, and holds at most 131,072 characters.",
        ),
        (
            f'{HEAD}\nchannel,a,,,,,"open,1\n',
            "From line 2 on this is no table: unexpected end of data. A cell that holds a quotation mark or several lines stands in quotation marks, and holds at most 131,072 characters.",
        ),
        (f"{HEAD}\n" + "channel,a\n" * 5_001, "It has more than 5,000 rows. Import it in parts."),
    ],
    ids=lambda value: str(value)[:40],
)  # fmt: skip
def test_a_table_that_cannot_be_read_is_refused_in_words(text, words):
    assert refusal(text, "csv") == words


YAML = """\
- kind: channel
  key: email
  version: 3
  domain: growth
  says:
    name: E-mail
    position: 1
"""


def test_yaml_is_read_as_it_stands():
    assert read(YAML, "yaml") == [(1, *EMAIL[0][1:])]


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("42", "42"), ("no", "no"), ("2026-03-31", "2026-03-31"), ("12:30", "12:30"),
        ("<<", "<<"), ("=", "="), ("'~'", "~"), ("~", None), ("", None), ("null", None),
        ('"a\\nb"', "a\nb"), ("|\n      a\n      b", "a\nb\n"),
    ],
)  # fmt: skip
def test_where_a_text_is_expected_what_is_written_is_the_text(written, said):
    text = f"- kind: channel\n  key: a\n  says:\n    name: {written}\n"

    assert read(text, "yaml")[0][-1] == {"name": said}


def test_nothing_in_yaml_leaves_a_part_at_its_default():
    text = "- {kind: source, key: till, says: {cadence: , currency: EUR}}"

    assert read(text, "yaml")[0][-1] == {"cadence": "daily", "currency": "EUR"}


@pytest.mark.parametrize(
    ("text", "problems"),
    [
        ("- just words\n", [("This is no definition. Write kind, key and what it says.", "line 1")]),
        (
            YAML + "  colour: red\n",
            [("It has “colour” beside says; there are kind, key, version, domain, state, successor.", "line 8, column 11")],
        ),
        (YAML + "    name: again\n", [("name is said twice.", "line 8, column 5")]),
        (YAML + "  key: again\n", [("key is said twice.", "line 8, column 3")]),
        (YAML.replace("3", "three"), [("version is no number of one.", "line 3, column 12")]),
        (YAML.replace("3", "true"), [("version is no number of one.", "line 3, column 12")]),
        ("- {kind: kpi, key: a, says: [1]}\n", [("says is no list of parts.", "line 1, column 29")]),
        (
            "- kind: kpi\n  key: a\n  says:\n    parameters: {no: 1}\n",
            [("parameters: a name in its table is no text. Put it in quotes.", "line 4, column 17")],
        ),
        (
            "- kind: kpi\n  key: a\n  says:\n    parameters: {a: 1, a: 2}\n",
            [("parameters: its table says “a” twice.", "line 4, column 17")],
        ),
        ("- kind: kpi\n  key: a\n  [1]: b\n", [("Its name is no text.", "line 3, column 3")]),
        (
            f"- kind: kpi\n  key: a\n  says:\n    min_n: {'9' * 5000}\n",
            [(f"min_n: “{'9' * 40}” is a number too long.", "line 4, column 12")],
        ),
    ],
    ids=lambda value: str(value)[:40],
)  # fmt: skip
def test_an_entry_that_cannot_be_read_is_named_with_its_line_and_column(text, problems):
    assert wrong(text, "yaml") == [problems]


BOMB = "- &a [x, x]\n" + "".join(
    f"- &{'abcdefghi'[n]} [{', '.join(['*' + 'abcdefghi'[n - 1]] * 9)}]\n"
    for n in range(1, 9)
)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "There is nothing in it."),
        ("# only a comment\n", "This is no list of definitions. Begin with an export: each entry begins with “- kind:”."),
        ("[]", "It has no rows, so there is nothing to import."),
        ("kind: channel\n", "This is no list of definitions. Begin with an export: each entry begins with “- kind:”."),
        (BOMB, "Line 2, column 7: “*a” stands for what is said elsewhere. Write it out."),
        ("- !!python/object/apply:os.system [ls]\n", "Line 1, column 3: “tag:yaml.org,2002:python/object/apply:os.system” names a type. Write the value alone."),
        ("- kind: !!binary aGk=\n", "Line 1, column 9: “tag:yaml.org,2002:binary” names a type. Write the value alone."),
        ("- !mine x\n", "Line 1, column 3: “!mine” names a type. Write the value alone."),
        ("[" * 5000, "Line 1, column 31: it is nested too deep."),
        ("- a\n---\n- b\n", "Line 2, column 1: a second document begins. Write one."),
        ("- kind: a\n key: b\n", "Line 2, column 2: this is no YAML: did not find expected '-' indicator."),
        ("- kind: 'a\n", "Line 2, column 1: this is no YAML: found unexpected end of stream."),
        ("- a\n" * 5_001, "It has more than 5,000 entries. Import it in parts."),
        ("- kind: \x01\n", "This is no YAML: "),
    ],
    ids=lambda value: str(value)[:40],
)  # fmt: skip
def test_yaml_that_is_more_than_a_list_of_values_is_refused_in_words(text, words):
    found = refusal(text, "yaml")

    assert found.startswith(words) if words.endswith(": ") else found == words


@pytest.mark.parametrize("name", ["a.xlsx", "yaml", "", "a.csv.exe"])
def test_a_file_of_another_form_is_refused(name):
    with pytest.raises(Unfit, match=r"neither in \.yaml nor in \.csv"):
        exchange.form_of(name)


def test_the_form_of_a_file_is_how_its_name_ends():
    found = [exchange.form_of(name) for name in ("a.YML", "a.b.yaml", "a.CSV")]

    assert found == ["yaml", "yaml", "csv"]
