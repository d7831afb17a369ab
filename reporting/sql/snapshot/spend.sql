-- One row per campaign and day: what it cost, in millionths of the storefront's currency and
-- of the reporting currency, at the rate of the day; empty where there is no such rate.
-- The campaign stays behind: its channel is that of the visits that carry its tag.
select
    system.storefront_id as storefront_id,
    placed.channel as channel,
    cast(extract(year from paid."on") * 12 + extract(month from paid."on") - 1 as bigint)
        as month,
    cast(round(paid.spend * case
        when paid.currency = storefront.currency then 1
        else shop_rate.rate
    end, 6) * 1000000 as bigint) as amount,
    cast(round(paid.spend * case
        when paid.currency = %(currency)s then 1
        else reporting_rate.rate
    end, 6) * 1000000 as bigint) as amount_together
from measurement_adspend as paid
join governance_sourcesystem as system on system.id = paid.system_id
join governance_storefront as storefront on storefront.id = system.storefront_id
join unnest(%(campaigns)s::text[], %(channels)s::text[]) as placed (campaign, channel)
    on placed.campaign = paid.campaign
left join measurement_exchangerate as shop_rate
    on shop_rate.base = paid.currency
    and shop_rate.quote = storefront.currency
    and shop_rate."on" = paid."on"
left join measurement_exchangerate as reporting_rate
    on reporting_rate.base = paid.currency
    and reporting_rate.quote = %(currency)s
    and reporting_rate."on" = paid."on"
