-- One row per storefront, model, channel and month of the sale: what the model credits
-- them with, in money and in purchases, in millionths both. And one per step of journeys,
-- from channel to channel, where the model asks for them: how many went it.
-- Such a model shares out what every rule does, so any of them will do.
select
    credited.storefront_id as storefront_id,
    models.model as model,
    models.is_primary as is_primary,
    channels.channel as channel,
    '' as towards,
    credited.month as month,
    case models.formula
        when 'first_touch' then credited.first_touch
        when 'last_touch' then credited.last_touch
        when 'last_non_direct' then credited.last_non_direct
        when 'position_based' then credited.position_based
        when 'time_decay' then credited.time_decay
        when 'shapley' then credited.shapley
        else credited.linear
    end as credit,
    case models.formula
        when 'first_touch' then credited.first_touch_orders
        when 'last_touch' then credited.last_touch_orders
        when 'last_non_direct' then credited.last_non_direct_orders
        when 'position_based' then credited.position_based_orders
        when 'time_decay' then credited.time_decay_orders
        when 'shapley' then credited.shapley_orders
        else credited.linear_orders
    end as orders,
    0 as steps
from credited
join models on models.lookback = credited.lookback
join channels on channels.place = credited.place
union all
select
    walked.storefront_id as storefront_id,
    models.model as model,
    models.is_primary as is_primary,
    begun.channel as channel,
    ended.channel as towards,
    0 as month,
    0 as credit,
    0 as orders,
    walked.steps as steps
from walked
join models
    on models.lookback = walked.lookback
    and models.formula = 'markov'
join channels as begun on begun.place = walked.came_from
join channels as ended on ended.place = walked.towards
