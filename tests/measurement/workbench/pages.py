"""Reading the workbench's pages."""

import re

HERE = "/sources/crm/contacts/"
EMAIL = {
    "customer.email-base": "0",
    "customer.email-made": "first",
    "customer.email-one": "mail",
    "customer.email-two": "mail2",
}


def words(text: str) -> str:
    main = text.partition("<main")[2]
    return " ".join(re.sub(r"<[^>]*>", " ", main).split())


def rows_of(page, title: str) -> list[str]:
    """Return the words of each row of the table in the panel of that title."""
    [table] = re.findall(rf'aria-labelledby="{title}".*?</table>', page.text, re.S)
    return [
        " ".join(re.sub(r"<[^>]*>", " ", row).split())
        for row in re.findall(r"<tr.*?</tr>", table.partition("<tbody>")[2], re.S)
    ]
