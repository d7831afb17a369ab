"""What the sources say, in one model."""

from measurement.models.customers import (
    ConsentEvent,
    CrmDeal,
    CustomerRecord,
    Identifier,
    LifecycleStage,
)
from measurement.models.marketing import AdSpend, Campaign, CampaignSend, Event
from measurement.models.money import ExchangeRate
from measurement.models.orders import Order, OrderLine, Payment, Refund, RefundLine
from measurement.models.products import Product, ProductCost
from measurement.models.runs import (
    KeptFile,
    Night,
    NightStep,
    RejectedRow,
    Schedule,
    SeenKey,
    SyncRun,
)
from measurement.models.workbench import ColumnProfile, FieldFill, MappingTrial

__all__ = [
    "AdSpend",
    "Campaign",
    "CampaignSend",
    "ColumnProfile",
    "ConsentEvent",
    "CrmDeal",
    "CustomerRecord",
    "Event",
    "ExchangeRate",
    "FieldFill",
    "Identifier",
    "KeptFile",
    "LifecycleStage",
    "MappingTrial",
    "Night",
    "NightStep",
    "Order",
    "OrderLine",
    "Payment",
    "Product",
    "ProductCost",
    "Refund",
    "RefundLine",
    "RejectedRow",
    "Schedule",
    "SeenKey",
    "SyncRun",
]
