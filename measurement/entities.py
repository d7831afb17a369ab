"""The canonical entities a mapping may write, and what each needs beside its columns.

Columns, types and constraints are the models'; this adds the natural key by which a row
is found again, and the columns no source sends because we compute them on the way in.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache

from django.db import models

from measurement import models as canonical


@dataclass(frozen=True)
class Entity:
    """One canonical table, as the mapping compiler sees it.

    ``key`` are the fields that name a row; ``moment`` is the field whose day in the
    reporting zone and whose offset are kept beside it; ``money`` are amounts also kept
    in the shop's and the reporting currency, converted by the rate of ``moment``'s day,
    or by the rates of the parent named in ``rates_of``. ``above_zero`` and
    ``not_below_zero`` are numbers the table holds to that.
    """

    name: str
    model: type[models.Model]
    key: tuple[str, ...]
    moment: str = ""
    money: tuple[str, ...] = ()
    rates_of: str = ""
    quantity_kind: bool = False
    above_zero: tuple[str, ...] = ()
    not_below_zero: tuple[str, ...] = ()
    computed: frozenset[str] = field(default_factory=frozenset)

    @property
    def table(self) -> str:
        return self.model._meta.db_table

    def field(self, name: str) -> "models.Field[object, object]":
        found = self.model._meta.get_field(name)
        assert isinstance(found, models.Field)
        return found

    def needs(self, name: str) -> bool:
        """Return whether a row cannot be without a value in the field."""
        found = self.field(name)
        return not (found.null or found.blank or found.has_default())

    def references(self) -> dict[str, "Entity"]:
        """Return which of its fields point to which canonical entity."""
        return {
            found.name: by_model()[found.related_model]
            for found in self.model._meta.get_fields()
            if isinstance(found, models.ForeignKey)
            and found.related_model in by_model()
        }

    def mappable(self) -> frozenset[str]:
        """Return the fields a mapping may fill."""
        ours = {"id", "run", "system"} | self.computed
        return frozenset(
            found.name for found in self.model._meta.concrete_fields
        ) - frozenset(ours)

    def made_from(self) -> dict[str, set[str]]:
        """Return what each computed field is worked out from, entity and field by name."""
        return {name: set(self._made_from(name)) for name in sorted(self.computed)}

    def _made_from(self, name: str) -> Iterator[str]:
        source, _, which = name.rpartition("_")
        rates = self.rates_of or self.name
        if source in self.money:
            yield from (f"{self.name}.{source}", f"{rates}.{which}_rate")
        elif which == "rate":
            day = f"{self.moment.removesuffix('_at')}_on"
            yield from (f"{self.name}.currency", f"{self.name}.{day}")
        elif name == "kind":
            yield f"{self.name}.quantity"
        else:
            yield f"{self.name}.{self.moment}"


_BY_SYSTEM = ("system", "source_id")

ENTITIES = {
    entity.name: entity
    for entity in (
        Entity("customer", canonical.CustomerRecord, _BY_SYSTEM),
        Entity("identifier", canonical.Identifier, ("customer", "kind", "value")),
        Entity("product", canonical.Product, _BY_SYSTEM),
        Entity(
            "product_cost",
            canonical.ProductCost,
            ("product", "valid_from"),
            not_below_zero=("cost",),
        ),
        Entity(
            "order",
            canonical.Order,
            _BY_SYSTEM,
            moment="placed_at",
            money=("shipping", "tax"),
            computed=frozenset(
                {"placed_on", "placed_offset", "shop_rate", "reporting_rate"}
                | {"shipping_shop", "shipping_reporting", "tax_shop", "tax_reporting"}
            ),
        ),
        Entity(
            "order_line",
            canonical.OrderLine,
            ("order", "source_id"),
            money=("amount",),
            rates_of="order",
            quantity_kind=True,
            computed=frozenset({"kind", "amount_shop", "amount_reporting"}),
        ),
        Entity("payment", canonical.Payment, ("order", "source_id")),
        Entity(
            "refund",
            canonical.Refund,
            _BY_SYSTEM,
            moment="refunded_at",
            money=("amount",),
            above_zero=("amount",),
            computed=frozenset(
                {"refunded_on", "refunded_offset", "shop_rate", "reporting_rate"}
                | {"amount_shop", "amount_reporting"}
            ),
        ),
        Entity("campaign", canonical.Campaign, _BY_SYSTEM),
        Entity("campaign_send", canonical.CampaignSend, ("campaign", "customer")),
        Entity("lifecycle_stage", canonical.LifecycleStage, ("customer", "started_at")),
        Entity(
            "consent_event",
            canonical.ConsentEvent,
            ("customer", "purpose", "channel", "at"),
        ),
        Entity("event", canonical.Event, ("system", "message_id")),
        Entity("ad_spend", canonical.AdSpend, ("system", "on", "campaign")),
        Entity("crm_deal", canonical.CrmDeal, _BY_SYSTEM),
    )
}


@cache
def by_model() -> dict[type[models.Model], Entity]:
    """Return the entities by the model they are kept in."""
    return {entity.model: entity for entity in ENTITIES.values()}


def in_order(names: set[str]) -> list[Entity]:
    """Return these entities, each after those it points to."""
    return [entity for name, entity in ENTITIES.items() if name in names]
