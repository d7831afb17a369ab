"""What the columns of a file of people are: by what they are called, then by what is in them.

A column nobody knows becomes something to compare, too: its weight is learned.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

import pyarrow as pa
import pyarrow.compute as pc

from identity.matching.texts import is_readable


class RecordsError(Exception):
    """The records cannot be read as people."""


class Kind(StrEnum):
    """What a column says of somebody."""

    RECORD = "record"
    SOURCE = "source"
    FIRST = "first"
    MIDDLE = "middle"
    LAST = "last"
    FULL = "full"
    EMAIL = "email"
    PHONE = "phone"
    BIRTH = "birth"
    YEAR = "year"
    MONTH = "month"
    DAY = "day"
    HOUSE = "house"
    STREET = "street"
    POSTCODE = "postcode"
    CITY = "city"
    PLACE = "place"
    COUNTRY = "country"
    UNIQUE = "national_id"
    CROSS = "cross_id"
    CARD = "loyalty"
    DEVICE = "device"
    ACCOUNT = "account"
    GUEST = "guest"
    TEXT = "text"
    IGNORED = "ignored"


@dataclass(frozen=True, slots=True)
class Field:
    """A column of the input, what it is, and what it is called from here on."""

    column: str
    kind: Kind
    name: str


_CALLED: Mapping[Kind, str] = {
    Kind.RECORD: "record|recordid|recid|uniqueid|rowid|rownumber|index",
    Kind.SOURCE: "source|sourcedataset|dataset|system|sourcesystem",
    Kind.FIRST: "first|firstname|given|givenname|fname|fnamec1|forename|vorname|prenom|"
    "nombre|nome|primeironome|voornaam|imie|imya|имя|名",
    Kind.MIDDLE: "middle|middlename|midname|mname|fnamec2|secondname|middleinitial|"
    "zweitername|deuxiemeprenom|segundonombre|отчество",
    Kind.LAST: "last|lastname|surname|lname|lnamec1|family|familyname|nachname|sname|"
    "familienname|nomdefamille|nom|apellido|apellidos|cognome|sobrenome|apelido|"
    "achternaam|nazwisko|фамилия|姓",
    Kind.FULL: "name|fullname|customername|personname|contactname|displayname|kundenname|"
    "vollstandigername|vorundnachname|nomcomplet|nometprenom|nombrecompleto|nomecompleto|"
    "volledigenaam|naam|фио|姓名",
    Kind.EMAIL: "email|mail|emailaddress|mailaddress|contactemail|emailadresse|"
    "mailadresse|emails|courriel|adressemail|adresseemail|correo|correoelectronico|"
    "posteelettronica|indirizzoemail|почта|邮箱",
    Kind.PHONE: "phone|telephone|tel|mobile|cell|cellphone|mobilephone|phonenumber|homephone|"
    "phones|telefon|telefonnummer|telnr|handy|handynummer|mobil|mobilnummer|portable|"
    "numerodetelephone|telefono|movil|celular|cellulare|telefone|telefoon|"
    "telefoonnummer|телефон|电话",
    Kind.BIRTH: "birth|dob|dateofbirth|birthdate|birthday|birthon|bornon|born|"
    "geburtsdatum|geburtstag|gebdat|datedenaissance|naissance|fechadenacimiento|"
    "fechanacimiento|datadinascita|datadenascimento|geboortedatum|dataurodzenia|"
    "датарождения|出生日期",
    Kind.YEAR: "by|yob|birthyear|yearofbirth|byear|geburtsjahr|anneedenaissance",
    Kind.MONTH: "bm|mob|birthmonth|monthofbirth|bmonth|geburtsmonat",
    Kind.DAY: "bd|birthdayofmonth|dayofbirth|bday",
    Kind.HOUSE: "house|housenumber|houseno|streetnumber|streetno|hausnummer|housenum|hausnr|"
    "numerocivico|huisnummer",
    Kind.STREET: "street|streetname|address|addr|address1|addressline1|streetaddress|"
    "fulladdress|strasse|resstreetaddress|adresse|anschrift|rue|calle|direccion|indirizzo|"
    "via|rua|endereco|straat|adres|ulica|адрес|地址",
    Kind.POSTCODE: "postcode|postalcode|zip|zipcode|plz|postcodefake|postal|zip5|postleitzahl|"
    "codepostal|codigopostal|cap|codicepostale|cep|kodpocztowy|индекс|邮编",
    Kind.CITY: "city|town|suburb|locality|ort|rescity|citydesc|stadt|wohnort|ville|ciudad|"
    "citta|comune|cidade|stad|plaats|woonplaats|miasto|город|城市",
    Kind.PLACE: "state|province|region|county|birthplace|placeofbirth|statecd|bundesland|"
    "geburtsort|provincia",
    Kind.COUNTRY: "country|countrycode|land|pays|pais|paese|kraj",
    Kind.UNIQUE: "ssn|socsecid|socialsecurity|socialsecuritynumber|nationalid|taxid|"
    "passport|nhsnumber|personalnumber",
    Kind.CROSS: "cross|crossid|shopcustomerid|externalid|crmid",
    Kind.CARD: "card|loyalty|loyaltyid|loyaltycard|cardnumber",
    Kind.DEVICE: "device|deviceid|visitor|visitorid|cookie|cookieid",
    Kind.ACCOUNT: "accountof",
    Kind.GUEST: "isguest|guest",
}
_KIND_OF = {
    called: kind for kind, names in _CALLED.items() for called in names.split("|")
}
# Of these a person has but one column; a second one is compared as any text is.
_ONE_OF = {
    Kind.RECORD, Kind.SOURCE, Kind.FIRST, Kind.MIDDLE, Kind.LAST, Kind.FULL, Kind.BIRTH,
    Kind.YEAR, Kind.MONTH, Kind.DAY, Kind.HOUSE, Kind.STREET, Kind.POSTCODE, Kind.CITY,
    Kind.COUNTRY, Kind.ACCOUNT, Kind.GUEST, Kind.EMAIL, Kind.PHONE,
}  # fmt: skip
_EMAIL = r"^[^@\s]+@[^@\s]+\.[^@\s]+$"
_MOSTLY = 0.8
_LOOKED_AT = 5_000


def recognise(table: pa.Table, *, but: Iterable[str] = ()) -> tuple[Field, ...]:
    """Return what each column is; ``but`` are columns nobody may look at.

    Raises:
        RecordsError: two columns have one name.

    >>> table = pa.table({"Given Name": ["Ada"], "dob": ["1815-12-10"], "hair": ["dark"]})
    >>> [(field.column, str(field.kind), field.name) for field in recognise(table)]
    [('Given Name', 'first', 'first'), ('dob', 'birth', 'birth'), ('hair', 'text', 'hair')]
    """
    left_out, taken = set(but), set[str]()
    fields: list[Field] = []
    twice = sorted(
        name for name, found in Counter(table.column_names).items() if found > 1
    )
    if twice:
        raise RecordsError(
            f"Two columns are named {twice[0]}. Give each a name of its own."
        )
    for column in table.column_names:
        if column in left_out:
            continue
        kind = _kind_of(column, table[column])
        if kind in _ONE_OF and any(field.kind is kind for field in fields):
            kind = Kind.TEXT
        name = _name(kind, column, taken)
        taken.add(name)
        fields.append(Field(column, kind, name))
    return tuple(_without_copies(fields))


def _without_copies(fields: list[Field]) -> list[Field]:
    """Leave out a whole name where its parts stand beside it: it says nothing new."""
    kinds = {field.kind for field in fields}
    if {Kind.FIRST, Kind.LAST} <= kinds:
        whole = re.compile("fullname|name|firstandsurname|firstandlastname|displayname")
        return [
            field
            for field in fields
            if field.kind is not Kind.FULL
            and not (field.kind is Kind.TEXT and whole.fullmatch(_plain(field.column)))
        ]
    return fields


def _kind_of(column: str, values: pa.ChunkedArray) -> Kind:
    if not is_readable(values.type):
        return Kind.IGNORED
    kind = _KIND_OF.get(_plain(column))
    if kind is None:
        return _kind_by_content(values)
    if kind is Kind.FULL and _is_number(values.type):
        return Kind.IGNORED
    return kind


def _kind_by_content(values: pa.ChunkedArray) -> Kind:
    if pa.types.is_floating(values.type) or pa.types.is_nested(values.type):
        return Kind.IGNORED
    if pa.types.is_binary(values.type) or pa.types.is_large_binary(values.type):
        return Kind.IGNORED
    said = values.slice(0, _LOOKED_AT * 4).drop_null().slice(0, _LOOKED_AT)
    if not len(said):
        return Kind.IGNORED
    said = said.cast(pa.string())
    if _share(said, _EMAIL) > _MOSTLY:
        return Kind.EMAIL
    if _share(said, r"^(\+|\()[\d ()./-]{7,}$") > _MOSTLY:
        return Kind.PHONE
    distinct = pc.count_distinct(said).as_py()
    # A value that is everywhere says nothing, and a number that is nowhere else is a key.
    is_a_key = distinct == len(said) > 1 and _share(said, r"^\S*\d\S*$") > _MOSTLY
    return Kind.IGNORED if distinct == 1 < len(said) or is_a_key else Kind.TEXT


def _share(said: pa.ChunkedArray, pattern: str) -> float:
    return float(pc.mean(pc.match_substring_regex(said, pattern)).as_py())


def _is_number(kind: pa.DataType) -> bool:
    return bool(pa.types.is_integer(kind) or pa.types.is_floating(kind))


def _name(kind: Kind, column: str, taken: set[str]) -> str:
    name = _safe(column) if kind in {Kind.TEXT, Kind.IGNORED} else str(kind)
    if name in taken or (kind is Kind.TEXT and name in set(Kind)):
        name = f"{name}_{_safe(column)}"
    while name in taken:
        name += "_"
    return name


def _safe(column: str) -> str:
    return re.sub(r"[^a-z0-9]+", "_", column.casefold()).strip("_") or "column"


def _plain(column: str) -> str:
    """Return what a column is called, small letters without accents and blanks.

    >>> _plain("Prénom"), _plain("E-Mail-Adresse"), _plain("姓名")
    ('prenom', 'emailadresse', '姓名')
    """
    apart = unicodedata.normalize("NFKD", column.casefold())
    return "".join(letter for letter in apart if letter.isalnum())
