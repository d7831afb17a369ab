-- Three rows per customer: from when on the CRM had them at the stage.
select
    person_id,
    ['lead', 'customer', 'loyal'][1 + nth] as stage,
    moment(stage_day(person_id, nth)) as began_at
from range(1, getvariable('customers') + 1) as people (person_id)
cross join range(3) as nths (nth)
