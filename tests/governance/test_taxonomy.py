"""From tags to channels."""

import importlib

import pytest
from django.apps import apps
from django.db import connections
from hypothesis import given
from hypothesis import strategies as st

from governance import channels
from governance.models import CampaignRule, Channel
from governance.taxonomy import BrokenPattern, Rule, Tags, Taxonomy
from measurement.demo.touches import SPELLINGS

NOTHING = ("", "", "")


def test_the_first_rule_that_matches_wins():
    taxonomy = Taxonomy([Rule("email", source="news"), Rule("other", source="new")])

    assert taxonomy.channel(Tags(source="newsletter")) == "email"


def test_a_rule_matches_with_all_its_patterns():
    taxonomy = Taxonomy([Rule("email", source="a", campaign="b")])

    assert taxonomy.channel(Tags(source="a", campaign="b")) == "email"
    assert taxonomy.channel(Tags(source="a")) == "other"


def test_tags_are_compared_without_case_and_margins():
    assert Tags.read(" Google", "CPC ", "Spring", "HTTPS://X.example/?q=1") == Tags(
        "google", "cpc", "spring", "https://x.example/"
    )


def test_a_pattern_that_is_none_is_named():
    with pytest.raises(
        BrokenPattern, match=r"The rule for email looks for '\(' in the"
    ):
        Taxonomy([Rule("email", medium="(")])


@pytest.mark.parametrize("written", ["Google", "GOOGLE", "^Goo(GLE)$"])
def test_a_pattern_written_in_capitals_matches_all_the_same(written):
    taxonomy = Taxonomy([Rule("paid_search", source=written)])

    assert taxonomy.channel(Tags.read("google", "", "", "")) == "paid_search"


def test_a_class_of_characters_keeps_its_case():
    taxonomy = Taxonomy([Rule("email", campaign=r"^\S+$")])

    assert taxonomy.channel(Tags(campaign="spring")) == "email"
    assert taxonomy.channel(Tags(campaign="  ")) == "other"


@pytest.mark.parametrize(
    ("written", "tag", "channel"),
    [
        ("", "", "email"),
        ("", "anything", "email"),
        ("^$", "", "email"),
        ("^$", "anything", "other"),
        (".", "", "other"),
        ("news", "the-newsletter", "email"),
        ("^news", "the-newsletter", "other"),
        ("news$", "news\n", "email"),
        ("ÉTÉ", "été", "email"),
    ],
)
def test_a_blank_pattern_matches_every_tag_and_an_anchored_one_the_whole(
    written, tag, channel
):
    read = Tags.read("", tag, "", "")

    assert Taxonomy([Rule("email", medium=written)]).channel(read) == channel


def test_without_a_rule_everything_is_other():
    assert Taxonomy([]).channel(Tags("google", "cpc")) == "other"


@pytest.mark.parametrize(
    ("referrer", "read"),
    [
        ("https://X.example/a?q=ada&m=ada@home.example", "https://x.example/a"),
        ("https://x.example/a?one?two", "https://x.example/a"),
        ("?q=ada", ""),
        ("   ", ""),
    ],
)
def test_nothing_of_a_referrers_query_is_read(referrer, read):
    assert Tags.read("", "", "", referrer) == Tags(referrer=read)


tags = st.builds(Tags.read, *[st.sampled_from(["", "Google", "cpc ", " x?y"])] * 4)
patterns = st.sampled_from(["", "^$", "google", "^CPC$", "x"])
rules = st.builds(
    Rule,
    st.sampled_from(["one", "two", "three"]),
    patterns,
    patterns,
    patterns,
    patterns,
)


@given(st.lists(rules, max_size=4), tags)
def test_a_rule_behind_one_that_matches_changes_nothing(ordered, visit):
    named = Taxonomy(ordered).channel(visit)
    alone = [Taxonomy([rule]).channel(visit) for rule in ordered]

    assert named == next((channel for channel in alone if channel != "other"), "other")


@given(tags)
def test_tags_read_again_are_the_same(visit):
    assert (
        Tags.read(visit.source, visit.medium, visit.campaign, visit.referrer) == visit
    )


@pytest.mark.django_db
def test_rules_are_read_by_position_and_not_by_age():
    channel = Channel.objects.get(key="display")
    CampaignRule.objects.create(position=7, channel=channel, source="later")
    CampaignRule.objects.create(position=3, channel=channel, source="sooner")

    assert [rule.source for rule in channels.rules()[:2]] == ["sooner", "later"]


@pytest.mark.django_db
def test_what_was_agreed_a_moment_ago_counts():
    tags_of_a_leaflet = Tags("leaflet")
    before = channels.taxonomy().channel(tags_of_a_leaflet)
    channel = Channel.objects.get(key="display")
    CampaignRule.objects.create(position=1, channel=channel, source="^leaflet$")

    assert (before, channels.taxonomy().channel(tags_of_a_leaflet)) == (
        "other",
        "display",
    )


@pytest.mark.django_db
def test_a_house_without_rules_yet_calls_every_visit_other():
    CampaignRule.objects.all().delete()

    assert channels.taxonomy().channel(Tags("google", "cpc")) == "other"


@pytest.mark.django_db
class TestTheRulesAHouseBeginsWith:
    @pytest.mark.parametrize(
        ("source", "medium", "referrer", "channel"),
        [
            ("google", "CPC", "", "paid_search"),
            ("Google", "ppc", "https://www.google.com/", "paid_search"),
            ("bing", "cpc", "", "paid_search"),
            ("adwords", "", "", "paid_search"),
            ("bing", "organic", "", "organic_search"),
            ("google", "", "", "organic_search"),
            ("", "", "https://www.google.co.uk/", "organic_search"),
            ("", "(none)", "https://duckduckgo.com/?q=x", "organic_search"),
            ("fb", "paid", "", "paid_social"),
            ("Facebook", "Paid Social", "", "paid_social"),
            ("facebook_ads", "", "", "paid_social"),
            ("meta", "cpc", "", "paid_social"),
            ("tiktok", "cpc", "", "paid_social"),
            ("tiktok_ads", "video", "", "paid_social"),
            ("ig", "CPC", "", "paid_social"),
            ("tiktok", "", "", "organic_social"),
            ("instagram", "bio link", "", "organic_social"),
            ("", "", "https://l.instagram.com/", "organic_social"),
            ("", "", "https://t.co/abc", "organic_social"),
            ("klaviyo", "email", "", "email"),
            ("newsletter ", "Email", "", "email"),
            ("mailchimp", "", "", "email"),
            ("", "", "https://mail.google.com/mail/u/0", "email"),
            ("awin", "affiliates", "", "affiliates"),
            ("aff_2291", "aff", "", "affiliates"),
            ("partner-shop", "cpc", "", "affiliates"),
            ("", "", "https://best-vouchers.example/deals", "affiliates"),
            ("friend", "referral", "", "referral"),
            ("", "", "https://slowlivingblog.example/favourites", "referral"),
            ("criteo", "retargeting", "", "display"),
            ("gdn", "display", "", "display"),
            ("(direct)", "(none)", "", "direct"),
            ("", "", "", "direct"),
            ("leaflet", "print", "", "other"),
        ],
    )
    def test_know_what_marketers_write(self, source, medium, referrer, channel):
        tags = Tags.read(source, medium, "", referrer)

        assert channels.taxonomy().channel(tags) == channel

    def test_know_every_spelling_of_the_demo(self):
        taxonomy = channels.taxonomy()
        found = {
            (true, taxonomy.channel(Tags.read(source, medium, "", referrer)))
            for true, spellings in SPELLINGS.items()
            for one in spellings
            for source, medium, referrer in [
                (one.source or "", one.medium or "", one.referrer or "")
            ]
        }

        assert found == {(true, true) for true in SPELLINGS if true != "tiktok"} | {
            ("tiktok", "paid_social")
        }

    def test_name_channels_that_exist_and_are_shown_in_order(self):
        assert list(Channel.objects.values_list("key", flat=True)) == [
            "paid_search",
            "organic_search",
            "paid_social",
            "organic_social",
            "email",
            "affiliates",
            "referral",
            "display",
            "direct",
            "other",
            "unattributed",
        ]


def test_the_beginning_can_be_taken_back_and_leaves_what_a_house_added(own_database):
    migration = importlib.import_module("governance.migrations.0002_default_channels")
    CampaignRule.objects.create(
        position=1, channel=Channel.objects.get(key="display"), source="billboard"
    )

    with connections["owner"].schema_editor() as editor:
        migration.remove(apps, editor)

    assert list(CampaignRule.objects.values_list("source", flat=True)) == ["billboard"]
    assert list(Channel.objects.values_list("key", flat=True)) == ["display"]
