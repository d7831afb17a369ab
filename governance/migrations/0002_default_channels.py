"""Begin with the channels most shops know, and rules for the tags marketers write."""

from django.db import migrations

CHANNELS = [
    ("paid_search", "Paid search"),
    ("organic_search", "Organic search"),
    ("paid_social", "Paid social"),
    ("organic_social", "Organic social"),
    ("email", "E-mail"),
    ("affiliates", "Affiliates"),
    ("referral", "Referral"),
    ("display", "Display"),
    ("direct", "Direct"),
    ("other", "Other"),
    ("unattributed", "No touch known"),
]

NETWORKS = (
    r"(facebook|instagram|tiktok|pinterest|twitter|linkedin|snapchat|reddit|youtube"
    r"|threads)"
)
SHORT_NETWORKS = r"^(fb|ig|insta|meta|x|t\.co|li|tt|yt|pin)"
ENGINES = r"^(www\.)?(google|bing|duckduckgo|ddg|yahoo|ecosia|baidu|yandex|qwant|startpage)\b"
ENGINE_HOSTS = (
    r"^[a-z-]+://([a-z0-9-]+\.)*"
    r"(google|bing|duckduckgo|yahoo|ecosia|baidu|yandex|qwant|startpage)\.[a-z.]+(/|$)"
)
NETWORK_HOSTS = (
    r"^[a-z-]+://([a-z0-9-]+\.)*"
    r"(facebook|instagram|tiktok|pinterest|twitter|x|linkedin|lnkd|snapchat|reddit"
    r"|youtube|threads|t)\.(com|co|in|net|it)(/|$)"
)
MAIL_HOSTS = (
    r"^[a-z-]+://((mail|webmail|e-mail|email)\.|outlook\.live\.com"
    r"|com\.google\.android\.gm(/|$))|^android-app://com\.google\.android\.gm"
)
PARTNERS = (
    r"^(awin|aff[_-]?[0-9]+|affiliate|shareasale|impact(radius)?|cj|commission[_ -]?junction"
    r"|rakuten|partnerize|tradedoubler|admitad|skimlinks|partner)"
)
PARTNER_HOSTS = (
    r"^[a-z-]+://([a-z0-9-]+\.)*"
    r"(awin1?|shareasale|tradedoubler|partnerize|skimresources|linksynergy|anrdoezrs"
    r"|[a-z0-9-]*(voucher|coupon|cashback)[a-z0-9-]*)\.[a-z.]+(/|$)"
)
MAILERS = (
    r"^(klaviyo|mailchimp|newsletter|sendgrid|brevo|sendinblue|braze|iterable|omnisend"
    r"|hubspot[_ -]?email|customer\.io|hs_email|e-?mail)"
)
PAID = r"(^|[ _-])(cpc|ppc|paid|ads?|cpm|cpv|video|sponsored|boosted)([ _-]|$)|^paid"

# channel, source, medium, campaign, referrer; the first that matches wins.
RULES = [
    # What somebody paid an agent for is theirs, wherever the link was shown.
    ("affiliates", "", r"^(aff|affiliates?|partners?|cps|cpa)$", "", ""),
    ("affiliates", PARTNERS, "", "", ""),
    ("email", "", r"^e[ _-]?mails?$|^newsletter$", "", ""),
    ("email", MAILERS, "", "", ""),
    # Networks before mediums: "cpc" at Instagram is no search.
    ("paid_social", NETWORKS + r"[ _-]?ads?$", "", "", ""),
    ("paid_social", SHORT_NETWORKS + r"[ _-]?ads?$", "", "", ""),
    ("paid_social", NETWORKS, PAID, "", ""),
    ("paid_social", SHORT_NETWORKS + "$", PAID, "", ""),
    ("paid_social", "", r"^paid[ _-]?social$|^social[ _-]?(paid|ads?)$", "", ""),
    ("display", "", r"^(display|banners?|cpm|gdn|programmatic|retargeting|native)$", "", ""),
    ("display", r"^(criteo|adroll|dv360|taboola|outbrain|doubleclick)", "", "", ""),
    ("paid_search", "", r"^(cpc|ppc|sem|paid|paid[ _-]?search|search[ _-]?ads?)$", "", ""),
    ("paid_search", r"^(adwords|google[ _-]?ads|bing[ _-]?ads|microsoft[ _-]?ads)$", "", "", ""),
    ("organic_social", NETWORKS, "", "", ""),
    ("organic_social", SHORT_NETWORKS + "$", "", "", ""),
    ("organic_social", "", r"^(organic[ _-])?social([ _-]?(media|network|organic))?$", "", ""),
    ("organic_search", "", r"^(organic|seo|organic[ _-]search)$", "", ""),
    ("organic_search", ENGINES, "", "", ""),
    ("referral", "", r"^referr?al$|^refer", "", ""),
    ("direct", r"^\(?direct\)?$", "", "", ""),
    # Nothing was tagged: the page they came from is all there is. Mail before search,
    # for a mailbox stands on a search engine's host.
    ("email", r"^$", r"^(\(?(none|not set)\)?)?$", "", MAIL_HOSTS),
    ("affiliates", r"^$", r"^(\(?(none|not set)\)?)?$", "", PARTNER_HOSTS),
    ("organic_search", r"^$", r"^(\(?(none|not set)\)?)?$", "", ENGINE_HOSTS),
    ("organic_social", r"^$", r"^(\(?(none|not set)\)?)?$", "", NETWORK_HOSTS),
    ("referral", r"^$", r"^(\(?(none|not set)\)?)?$", "", r"."),
    ("direct", r"^$", r"^(\(?(none|not set)\)?)?$", r"^$", r"^$"),
]


def seed(apps, schema_editor):
    alias = schema_editor.connection.alias
    Channel = apps.get_model("governance", "Channel").objects.using(alias)
    CampaignRule = apps.get_model("governance", "CampaignRule").objects.using(alias)
    channels = {
        key: Channel.create(key=key, name=name, position=10 * nth)
        for nth, (key, name) in enumerate(CHANNELS, start=1)
    }
    for nth, (channel, source, medium, campaign, referrer) in enumerate(RULES, start=1):
        CampaignRule.create(
            # Steps of ten leave room for a house's own rules between.
            position=10 * nth,
            channel=channels[channel],
            source=source,
            medium=medium,
            campaign=campaign,
            referrer=referrer,
        )


def remove(apps, schema_editor):
    alias = schema_editor.connection.alias
    Channel = apps.get_model("governance", "Channel").objects.using(alias)
    CampaignRule = apps.get_model("governance", "CampaignRule").objects.using(alias)
    keys = [key for key, _ in CHANNELS]
    for channel, source, medium, campaign, referrer in RULES:
        CampaignRule.filter(
            channel__key=channel,
            source=source,
            medium=medium,
            campaign=campaign,
            referrer=referrer,
        ).delete()
    # A channel that rules of the house's own still name stays.
    Channel.filter(key__in=keys, rules=None).delete()


class Migration(migrations.Migration):
    dependencies = [("governance", "0001_initial")]

    operations = [migrations.RunPython(seed, remove)]
