-- One message from the queue into its archive. One row: whether it was there.
select archive as was_there
from pgmq.archive(queue_name => %(queue)s, msg_id => %(message_id)s::bigint)
