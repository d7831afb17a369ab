-- From 0 up to 1, always the same for a number, a name and a seed.
create macro chance(i, what) as
    (hash(i, what, getvariable('seed')) % 16777216) / 16777216.0;
-- Who buys: a few buy often, many once. Everybody has a number from 1.
create macro somebody(i, what) as
    1 + cast(floor(getvariable('customers') * pow(chance(i, what), 1.6)) as bigint);
-- Three years of a shop that grows, and sells more at the end of each year: the day and its
-- fraction at which so great a part of all orders was placed.
create macro day_of(part) as
    1096 * pow(part, 0.8) - 25 * sin(6 * pi() * part);
create macro moment(day) as
    timestamp '2023-01-01' + to_microseconds(cast(day * 86400000 as bigint) * 1000);
create macro month_of(day) as extract(year from day) * 12 + extract(month from day) - 1;
-- When the CRM moved a person from one stage to the next.
create macro stage_day(person, nth) as
    chance(person, 'begins') * 900 + nth * (20 + 200 * chance(person, 'stays'));
create macro stage_of(person, day) as
    case
        when person is null or day < stage_day(person, 0) then ''
        when day < stage_day(person, 1) then 'lead'
        when day < stage_day(person, 2) then 'customer'
        else 'loyal'
    end;
create macro segment_of(person) as
    ['Families', 'Students', 'Loyal', 'Firms'][
        1 + cast(floor(4 * pow(chance(person, 'segment'), 1.5)) as bigint)
    ];
