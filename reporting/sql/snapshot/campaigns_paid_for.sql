-- One row per campaign somebody paid for, as the account writes it.
select distinct campaign
from measurement_adspend
