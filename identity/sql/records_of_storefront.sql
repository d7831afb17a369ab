-- Records of a storefront the index holds: their ids.

select indexed.record_id
from identity_indexedrecord as indexed
join measurement_customerrecord as record on record.id = indexed.record_id
join governance_sourcesystem as system on system.id = record.system_id
where system.storefront_id = %(storefront)s
