-- One row per storefront, model, channel and month of the sale, with the credit; and one per
-- step of journeys, where the model asks for them.
select
    storefront_id,
    model,
    is_primary,
    channel,
    towards,
    month,
    credit,
    orders,
    steps
from attributed
