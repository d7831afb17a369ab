-- One row per visit of a person we know: when, at which storefront, by which channel.
-- The tags themselves stay behind: people put names and addresses into them. A campaign is
-- named where it is one we know.
select
    touch.id as touch_id,
    cast(cast('x' || substr(md5(concat(system.key, '/', touch.message_id)), 1, 8)
        as bit(32)) as bigint) as touch_rank,
    system.storefront_id as storefront_id,
    link.person_id as person_id,
    touch.at at time zone 'UTC' as touched_at,
    cast(extract(epoch from touch.at) * 1000000 as bigint) as touched_us,
    combination.channel as channel,
    combination.named as campaign
from measurement_event as touch
join governance_sourcesystem as system on system.id = touch.system_id
left join measurement_order as bought on bought.id = touch.order_id
left join identity_attachedvisit as attached
    on attached.event_id = touch.id
    and attached.started_at <= %(moment)s
    and coalesce(attached.ended_at, timestamptz 'infinity') > %(moment)s
join identity_link as link
    on link.record_id
        = coalesce(touch.customer_id, bought.customer_id, attached.record_id)
    and link.started_at <= %(moment)s
    and coalesce(link.ended_at, timestamptz 'infinity') > %(moment)s
join unnest(
    %(sources)s::text[], %(mediums)s::text[], %(campaigns)s::text[],
    %(referrers)s::text[], %(channels)s::text[], %(named)s::text[]
) as combination (source, medium, campaign, referrer, channel, named)
    on combination.source = touch.utm_source
    and combination.medium = touch.utm_medium
    and combination.campaign = touch.utm_campaign
    and combination.referrer = split_part(touch.referrer, '?', 1)
where
    touch.kind = any(%(kinds)s)
    or touch.utm_source <> '' or touch.utm_medium <> '' or touch.utm_campaign <> ''
