-- Values set aside for a crowd, if one of these records has a part in it: one row each.
-- In: keys, records with their storefront, values set aside.

select distinct aside.id
from identity_key as key
join measurement_customerrecord as record on record.id = key.record_id
join governance_sourcesystem as system on system.id = record.system_id
join identity_quarantinedvalue as aside
    on aside.storefront_id = system.storefront_id
    and aside.kind = key.kind
    and aside.value = key.value
    and aside.lifted_at is null
where key.record_id = any(%(records)s)
    and aside.why = %(crowded)s
    and aside.records < %(most)s
