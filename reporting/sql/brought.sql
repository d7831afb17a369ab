-- One row per storefront and channel, campaign or segment of its buyers (the other two ''),
-- and one per storefront for all of them. Sums over buyers of all they bought, and sums of
-- squares and products, of which intervals are made.
with
summed as (

    select
        storefront_id,
        person_id,
        cast(sum(gross) as bigint) as gross,
        cast(sum(discounts) as bigint) as discounts,
        cast(sum(returns + refunds) as bigint) as given_back,
        cast(sum(refunds) as bigint) as refunds,
        cast(sum(sales) as bigint) as sales,
        cast(sum(costed) as bigint) as costed,
        cast(sum(costed - cost) as bigint) as margin
    from person_months
    where person_id is not null
    group by storefront_id, person_id

),

-- Nineteen digits each: the square of a bigint does not fit one.
bought as (

    select
        buyers.storefront_id as storefront_id,
        buyers.channel as channel,
        buyers.campaign as campaign,
        buyers.segment as segment,
        cast(summed.gross as decimal(19, 0)) as gross,
        cast(summed.discounts as decimal(19, 0)) as discounts,
        cast(summed.given_back as decimal(19, 0)) as given_back,
        cast(summed.refunds as decimal(19, 0)) as refunds,
        cast(summed.sales as decimal(19, 0)) as sales,
        cast(summed.costed as decimal(19, 0)) as costed,
        cast(summed.margin as decimal(19, 0)) as margin,
        -- Of whom part has no known cost, nobody knows what they were worth.
        case when summed.costed = summed.sales - summed.refunds then 1 else 0 end
            as is_costed
    from buyers
    join summed
        on summed.storefront_id = buyers.storefront_id
        and summed.person_id = buyers.person_id

),

shown as (

    select
        storefront_id, '' as channel, '' as campaign, '' as segment, gross, discounts,
        given_back, refunds, sales, costed, margin, is_costed
    from bought
    union all
    select
        storefront_id, channel, '' as campaign, '' as segment, gross, discounts,
        given_back, refunds, sales, costed, margin, is_costed
    from bought
    union all
    select
        storefront_id, '' as channel, campaign, '' as segment, gross, discounts,
        given_back, refunds, sales, costed, margin, is_costed
    from bought
    where campaign <> ''
    union all
    select
        storefront_id, '' as channel, '' as campaign, segment, gross, discounts,
        given_back, refunds, sales, costed, margin, is_costed
    from bought
    where segment <> ''

)

select
    storefront_id,
    channel,
    campaign,
    segment,
    count(*) as buyers,
    cast(sum(gross) as bigint) as gross,
    cast(sum(discounts) as bigint) as discounts,
    cast(sum(given_back) as bigint) as given_back,
    cast(sum(refunds) as bigint) as refunds,
    cast(sum(sales) as bigint) as sales,
    cast(sum(costed) as bigint) as costed,
    cast(sum(margin) as bigint) as margin,
    cast(sum(is_costed) as bigint) as costed_buyers,
    cast(sum(is_costed * margin) as bigint) as margin_of_costed,
    cast(sum(is_costed * margin * margin) as decimal(38, 0)) as margin_of_costed_squared,
    cast(sum(gross * gross) as decimal(38, 0)) as gross_squared,
    cast(sum(discounts * discounts) as decimal(38, 0)) as discounts_squared,
    cast(sum(discounts * gross) as decimal(38, 0)) as discounts_by_gross,
    cast(sum(sales * sales) as decimal(38, 0)) as sales_squared,
    cast(sum(refunds * refunds) as decimal(38, 0)) as refunds_squared,
    cast(sum(refunds * sales) as decimal(38, 0)) as refunds_by_sales,
    cast(sum(costed * costed) as decimal(38, 0)) as costed_squared,
    cast(sum(margin * margin) as decimal(38, 0)) as margin_squared,
    cast(sum(margin * costed) as decimal(38, 0)) as margin_by_costed
from shown
group by storefront_id, channel, campaign, segment
