-- One row per storefront, look back, channel and month of the sale: what each model credits
-- them with, in money and in purchases, in millionths both.
select
    storefront_id,
    lookback,
    place,
    month,
    cast(sum(first_touch) as bigint) as first_touch,
    cast(sum(last_touch) as bigint) as last_touch,
    cast(sum(last_non_direct) as bigint) as last_non_direct,
    cast(sum(linear) as bigint) as linear,
    cast(sum(position_based) as bigint) as position_based,
    cast(sum(time_decay) as bigint) as time_decay,
    cast(sum(shapley) as bigint) as shapley,
    cast(sum(first_touch_orders) as bigint) as first_touch_orders,
    cast(sum(last_touch_orders) as bigint) as last_touch_orders,
    cast(sum(last_non_direct_orders) as bigint) as last_non_direct_orders,
    cast(sum(linear_orders) as bigint) as linear_orders,
    cast(sum(position_based_orders) as bigint) as position_based_orders,
    cast(sum(time_decay_orders) as bigint) as time_decay_orders,
    cast(sum(shapley_orders) as bigint) as shapley_orders
from credits
group by storefront_id, lookback, place, month
