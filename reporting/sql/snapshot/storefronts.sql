-- One row per storefront that sold something: up to when its orders are known.
select
    storefront.id as storefront_id,
    storefront.key as key,
    max(bought.placed_at) at time zone 'UTC' as data_moment,
    max(bought.placed_on) as data_on,
    storefront.panel_starts_on as panel_starts_on
from governance_storefront as storefront
join governance_sourcesystem as system on system.storefront_id = storefront.id
join measurement_order as bought on bought.system_id = system.id
where bought.status not in ('cancelled', 'test')
group by storefront.id
