-- One message onto the queue, in whatever transaction is open. One row: its number.
select send as message_id
from pgmq.send(
    queue_name => %(queue)s,
    msg => %(message)s::jsonb,
    headers => %(headers)s::jsonb,
    delay => %(delay)s::integer
)
