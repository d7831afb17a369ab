-- One row if this token is heard now and whoever it acts for may read numbers: which build
-- is published, and a digest of the shops as answers name them.
with

reads as (

    select id
    from auth_permission
    where
        codename = %(codename)s
        and content_type_id = (
            select id from django_content_type
            where app_label = %(app)s and model = %(model)s
        )

),

whose as (

    select token.id as token_id, token.last_used_on, somebody.id as user_id
    from governance_apitoken as token
    join governance_user as somebody on somebody.id = token.user_id
    where
        token.digest = %(digest)s
        and token.revoked_at is null
        and token.expires_at > %(at)s
        and somebody.is_active
        and (
            somebody.is_superuser
            or exists (
                select 1
                from governance_user_groups as seat
                join auth_group_permissions as given using (group_id)
                where seat.user_id = somebody.id and given.permission_id in (select id from reads)
            )
            or exists (
                select 1
                from governance_user_user_permissions as own
                where own.user_id = somebody.id and own.permission_id in (select id from reads)
            )
        )

)

select
    whose.token_id,
    whose.user_id,
    whose.last_used_on,
    build.id,
    build.published_at,
    (
        select md5(string_agg(shop::text, ',' order by shop.id))
        from governance_storefront as shop
    )
from whose
join reporting_build as build on build.state = 'published'
