-- One row per combination of tags that a touch carries, as they were written: only the
-- taxonomy makes them comparable, for PostgreSQL lowers some letters otherwise.
select distinct
    utm_source as source,
    utm_medium as medium,
    utm_campaign as campaign,
    split_part(referrer, '?', 1) as referrer
from measurement_event
where
    kind = any(%(kinds)s)
    or utm_source <> '' or utm_medium <> '' or utm_campaign <> ''
