-- One row per month and channel: what three of the models credit it with.
select
    credits.month as month,
    channels.channel as channel,
    cast(sum(credits.first_touch) as bigint) as first_touch,
    cast(sum(credits.last_touch) as bigint) as last_touch,
    cast(sum(credits.linear) as bigint) as linear
from credits
join channels on channels.place = credits.place
group by credits.month, channels.channel
