-- Take all keys of a storefront's records out of the index, whatever they were hashed by.

delete from identity_indexedkey as key
using measurement_customerrecord as record, governance_sourcesystem as system
where record.id = key.record_id
    and system.id = record.system_id
    and system.storefront_id = %(storefront)s
