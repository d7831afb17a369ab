"""From tags to channels."""

import importlib

import pytest
from django.apps import apps
from django.db import connections

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
