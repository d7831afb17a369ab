"""Visits with the tags marketers really write: three spellings of every channel."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import accumulate
from random import Random
from typing import NamedTuple

from measurement.demo.writing import moment


class Visit(NamedTuple):
    """Somebody came to the site, by some way."""

    message_id: str
    at: str
    type: str
    visitor_id: str
    customer_id: str | None
    order_id: str | None
    utm_source: str | None
    utm_medium: str | None
    utm_campaign: str | None
    utm_term: str | None
    utm_content: str | None
    landing_page: str
    referrer: str | None


class Visitor(NamedTuple):
    """Who the site believes somebody is: an account, a guest's order, and a cookie."""

    visitor_id: str
    customer_id: str | None
    order_id: str | None


@dataclass(frozen=True, slots=True)
class Tags:
    """One spelling of a channel: source, medium, and the page somebody came from."""

    source: str | None
    medium: str | None
    referrer: str | None = None


_GOOGLE = "https://www.google.com/"
_BING = "https://www.bing.com/"
_FACEBOOK = "https://l.facebook.com/"
_INSTAGRAM = "https://l.instagram.com/"
_TIKTOK = "https://www.tiktok.com/"

# The first spelling of each channel is the usual one.
SPELLINGS: Mapping[str, tuple[Tags, ...]] = {
    "paid_search": (
        Tags("google", "cpc", _GOOGLE),
        Tags("Google", "CPC", _GOOGLE),
        Tags("google", "ppc", _GOOGLE),
        Tags("adwords", "cpc", _GOOGLE),
        Tags("bing", "cpc", _BING),
    ),
    "organic_search": (
        Tags(None, None, _GOOGLE),
        Tags("google", "organic", _GOOGLE),
        Tags("bing", "organic", _BING),
        Tags(None, None, "https://duckduckgo.com/"),
    ),
    "paid_social": (
        Tags("facebook", "paid_social", _FACEBOOK),
        Tags("fb", "paid", _FACEBOOK),
        Tags("Facebook", "Paid Social", _FACEBOOK),
        Tags("instagram", "paid_social", _INSTAGRAM),
        Tags("ig", "cpc", _INSTAGRAM),
    ),
    "organic_social": (
        Tags("instagram", "social", _INSTAGRAM),
        Tags("Instagram", "bio link", _INSTAGRAM),
        Tags("facebook", "social", _FACEBOOK),
        Tags(None, None, _INSTAGRAM),
    ),
    "tiktok": (
        Tags("tiktok", "paid_social", _TIKTOK),
        Tags("TikTok", "cpc", _TIKTOK),
        Tags("tiktok_ads", "video", _TIKTOK),
    ),
    "email": (
        Tags("newsletter", "email"),
        Tags("klaviyo", "email"),
        Tags("Newsletter", "Email"),
        Tags("klaviyo", "e-mail"),
        Tags("newsletter ", "email"),
    ),
    "referral": (
        Tags("friend", "referral"),
        Tags("refer-a-friend", "referral"),
        Tags(None, None, "https://www.slowlivingblog.example/favourites"),
        Tags("kitchendiary.example", "referral", "https://kitchendiary.example/"),
    ),
    "affiliates": (
        Tags("awin", "affiliates"),
        Tags("Awin", "affiliate"),
        Tags("voucherfox", "affiliates", "https://voucherfox.example/"),
        Tags("aff_2291", "aff"),
    ),
    "direct": (
        Tags(None, None),
        Tags("(direct)", "(none)"),
    ),
}

_USUAL = 0.55
_PAID = ("paid_search", "paid_social", "tiktok")
_NAMED = (*_PAID, "email", "affiliates", "organic_social")
_TERMS: Mapping[str, tuple[str, ...]] = {
    "harbour": ("linen bedding", "oak side table", "harbour and pine", "table lamp"),
    "journey": (
        "grocery coupons",
        "weekly deals",
        "supermarket near me",
        "fuel points",
    ),
}
_PAGES: Mapping[str, tuple[str, ...]] = {
    "harbour": ("/", "/", "/new", "/sale", "/bedroom", "/kitchen", "/lighting"),
    "journey": ("/", "/", "/weekly-ad", "/coupons", "/pharmacy", "/recipes"),
}
_CONTENTS = ("carousel_1", "carousel_2", "video-15s", "static_blue", "UGC-3")


class Site:
    """Writes the visits to one site."""

    def __init__(self, storefront: str, rng: Random) -> None:
        self._rng = rng
        self._terms = _TERMS[storefront]
        self._pages = _PAGES[storefront]

    def visit(self, channel: str, at: datetime, by: Visitor) -> Visit:
        """Return one visit by that channel, tagged as somebody in a hurry tags."""
        rng = self._rng
        tags = self._spelling(channel)
        tagged = tags.source is not None and channel in _NAMED
        searched = channel == "paid_search" and rng.random() < 0.7
        showed = channel in _PAID and rng.random() < 0.5
        return Visit(
            message_id=f"{rng.getrandbits(96):024x}",
            at=moment(at),
            type="visit",
            visitor_id=by.visitor_id,
            customer_id=by.customer_id,
            order_id=by.order_id,
            utm_source=tags.source,
            utm_medium=tags.medium,
            utm_campaign=self._campaign(channel, at) if tagged else None,
            utm_term=rng.choice(self._terms) if searched else None,
            utm_content=rng.choice(_CONTENTS) if showed else None,
            landing_page=rng.choice(self._pages),
            referrer=tags.referrer if rng.random() < 0.9 else None,
        )

    def cookie(self) -> str:
        """Return the id of a browser nobody has seen before."""
        return f"v{self._rng.getrandbits(56):014x}"

    def _spelling(self, channel: str) -> Tags:
        spellings = SPELLINGS[channel]
        if self._rng.random() < _USUAL:
            return spellings[0]
        return self._rng.choice(spellings)

    def _campaign(self, channel: str, at: datetime) -> str | None:
        luck = self._rng.random()
        if luck < 0.5:
            season = _SEASONS[at.month]
            return f"{season}_{at.year}" if luck < 0.33 else f"{season.title()}-{at:%y}"
        if luck < 0.67:
            return f"{channel}_always_on"
        return "brand" if luck < 0.83 else None


_SEASONS = (
    "",
    *("winter_sale", "winter_sale", "spring", "spring", "spring", "summer_sale"),
    *("summer_sale", "summer", "autumn", "autumn", "black_friday", "christmas"),
)


class Mix:
    """Shares of channels, to draw from."""

    def __init__(self, shares: Mapping[str, float]) -> None:
        self._channels: Sequence[str] = tuple(shares)
        self._weights = list(accumulate(shares.values()))

    def draw(self, rng: Random) -> str:
        """Return one channel."""
        return rng.choices(self._channels, cum_weights=self._weights)[0]
