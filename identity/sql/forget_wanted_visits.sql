-- What was wanted is written by now.

drop table wanted_visits
