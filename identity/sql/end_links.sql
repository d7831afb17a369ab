-- End these links at the moment. They stay, so that every earlier moment can be asked.

update identity_link
set ended_at = %(at)s
where id = any(%(links)s)
