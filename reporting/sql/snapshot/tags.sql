-- One row per combination of tags that a touch carries.
select distinct
    lower(trim(utm_source)) as source,
    lower(trim(utm_medium)) as medium,
    lower(trim(utm_campaign)) as campaign,
    split_part(lower(trim(referrer)), '?', 1) as referrer
from measurement_event
where
    kind = any(%(kinds)s)
    or utm_source <> '' or utm_medium <> '' or utm_campaign <> ''
