-- Remove these keys: it was agreed that they say nothing of anybody.

delete from identity_key
where id = any(%(keys)s)
