-- One row per campaign somebody ran or paid for, as tags would name it.
select distinct lower(trim(named)) as campaign
from (
    select source_id as named from measurement_campaign
    union all
    select name from measurement_campaign
    union all
    select campaign from measurement_adspend
) as known
where trim(named) <> ''
