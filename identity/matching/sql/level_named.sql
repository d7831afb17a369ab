case
    when l.email is null or r.email is null then 0
    when l.email = r.email
        then case
            when l.first is null or r.first is null or l.first = r.first then 0
            when l.email_mailbox like '%' || l.first || '%'
                and l.email_mailbox like '%' || r.first || '%' then 3
            when l.email_mailbox like '%' || l.first || '%'
                or l.email_mailbox like '%' || r.first || '%' then 1
            else 2
        end
    when l.first is null and r.first is not null
        then case when l.email_mailbox like '%' || r.first || '%' then 4 else 5 end
    when r.first is null and l.first is not null
        then case when r.email_mailbox like '%' || l.first || '%' then 4 else 5 end
    else 0
end
