-- Keep the pairs that weights join: lists side by side. One that is kept already stays;
-- the records of the others.

insert into identity_likelypair (
    storefront_id, left_id, right_id, bits, rests_on, model_version, policy_version, since
)
select
    %(storefront)s,
    pair.left_id,
    pair.right_id,
    pair.bits,
    string_to_array(pair.needs, ' '),
    %(model)s,
    %(policy)s,
    %(at)s
from unnest(
    %(lefts)s::bigint[], %(rights)s::bigint[], %(bits)s::smallint[], %(needs)s::text[]
) as pair (left_id, right_id, bits, needs)
on conflict (left_id, right_id) do nothing
returning left_id, right_id
