-- What a weighing of a storefront stands on: its records as they were read, and the last
-- event of who is who. One row.

select
    count(*) as records,
    md5(concat_ws(
        ' ',
        count(*),
        bit_xor(hashtextextended(stitched.record_id || stitched.digest, 0)),
        (select max(id) from identity_identityevent)
    )) as state
from identity_stitchedrecord as stitched
join measurement_customerrecord as record on record.id = stitched.record_id
join governance_sourcesystem as system on system.id = record.system_id
where system.storefront_id = %(storefront)s
