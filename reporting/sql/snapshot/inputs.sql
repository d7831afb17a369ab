-- One row per table a snapshot reads: figures that differ when its rows do.
-- A row written again carries a later run, so the runs' sum moves with it.
select 'orders' as name, count(*) as rows, coalesce(sum(run), 0)::text as mark
from measurement_order
union all
select 'lines', count(*), coalesce(sum(run), 0)::text
from measurement_orderline
union all
select 'refunds', count(*), coalesce(sum(run), 0)::text
from measurement_refund
union all
select 'events', count(*), coalesce(sum(run), 0)::text
from measurement_event
union all
select 'spend', count(*), coalesce(sum(run), 0)::text
from measurement_adspend
union all
-- A run taken up again writes under its old number, but counts what it wrote.
select 'runs', count(*), concat_ws(' ', max(id), sum(written))
from measurement_syncrun
union all
select 'links begun', count(*), coalesce(max(started_at)::text, '')
from identity_link
where started_at <= %(moment)s
union all
select 'links ended', count(*), coalesce(max(ended_at)::text, '')
from identity_link
where ended_at <= %(moment)s
union all
select 'visits attached', count(*), coalesce(max(started_at)::text, '')
from identity_attachedvisit
where started_at <= %(moment)s
union all
select 'visits let go', count(*), coalesce(max(ended_at)::text, '')
from identity_attachedvisit
where ended_at <= %(moment)s
union all
select 'contexts', count(*),
    coalesce(bit_xor(hashtextextended(
        concat_ws(E'\x1f', order_id, stage, segment), 0)), 0)::text
from identity_ordercontext
union all
select 'storefronts', count(*),
    coalesce(string_agg(
        concat_ws(' ', storefront.id, storefront.key, panel_starts_on, system.id),
        ';' order by system.id), '')
from governance_storefront as storefront
join governance_sourcesystem as system on system.storefront_id = storefront.id
-- PostgreSQL may read the tables side by side, and answer in any order.
order by name
