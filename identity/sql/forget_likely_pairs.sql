-- Forget the likely pairs of a storefront that are none any more, or are likely otherwise
-- than before: their records. In: likely pairs, and those found now, as lists side by side.

with found as (

    select *
    from unnest(
        %(lefts)s::bigint[], %(rights)s::bigint[], %(bits)s::smallint[], %(needs)s::text[]
    ) as pair (left_id, right_id, bits, needs)

)

delete from identity_likelypair as kept
where kept.storefront_id = %(storefront)s
    and not exists (
        select 1
        from found
        where found.left_id = kept.left_id
            and found.right_id = kept.right_id
            and found.bits = kept.bits
            and string_to_array(found.needs, ' ') = kept.rests_on::text[]
    )
returning kept.left_id, kept.right_id
