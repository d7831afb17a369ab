-- One row per refund, on the day it was given, with the order it stands on.
select
    refunds.refund_id as refund_id,
    orders.order_id as order_id,
    orders.owner as owner,
    orders.storefront_id as storefront_id,
    orders.person_id as person_id,
    refunds.refunded_on as refunded_on,
    refunds.month as month,
    orders.month as order_month,
    case
        when orders.storefront_id = 0 then refunds.amount_together
        else refunds.amount
    end as amount
from refunds
join orders on orders.order_id = refunds.order_id
