"""Spend goes to the channel of the visits that carry the campaign's tag."""

import pytest

from governance.taxonomy import Rule, Tags, Taxonomy
from reporting.attribution import campaigns

RULES = Taxonomy(
    [
        Rule("paid_search", source="google", medium="cpc"),
        Rule("email", medium="email"),
        Rule("affiliate", campaign="^partner-"),
    ]
)
SEEN = [
    Tags.read("google", "cpc", "Spring", ""),
    Tags.read("google", "cpc", "sale", ""),
    Tags.read("letter", "email", "sale", ""),
    Tags.read("leaflet", "print", "autumn", ""),
    Tags.read("", "", "", ""),
]


@pytest.mark.parametrize(
    ("campaign", "channel"),
    [
        ("spring", "paid_search"),
        (" SPRING ", "paid_search"),
        ("sale", "unplaced"),
        ("partner-42", "affiliate"),
        ("autumn", "unplaced"),
        ("never seen", "unplaced"),
        ("", "unplaced"),
    ],
    ids=[
        "one channel", "written otherwise", "two channels", "by its name alone",
        "no rule knows the visits", "nobody came by it", "no name",
    ],
)  # fmt: skip
def test_a_campaign_belongs_to_the_one_channel_people_came_by(campaign, channel):
    assert campaigns.placed([campaign], SEEN, RULES) == {campaign: channel}
