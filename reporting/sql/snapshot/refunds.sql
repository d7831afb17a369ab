-- One row per refund of an order that counts as a sale, on the day it was given.
-- Money is in millionths of the shop's currency, and of the reporting currency.
select
    refund.id as refund_id,
    refund.order_id as order_id,
    refund.refunded_on as refunded_on,
    cast(extract(year from refund.refunded_on) * 12
        + extract(month from refund.refunded_on) - 1 as bigint) as month,
    cast(refund.amount_shop * 1000000 as bigint) as amount,
    cast(refund.amount_reporting * 1000000 as bigint) as amount_together
from measurement_refund as refund
join measurement_order as bought on bought.id = refund.order_id
where bought.status not in ('cancelled', 'test')
