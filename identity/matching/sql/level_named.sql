case
    when l_email is null or r_email is null then 0
    when l_email = r_email
        then case
            when l_first is null or r_first is null or l_first = r_first then 0
            when l_email_mailbox like '%' || l_first || '%'
                and l_email_mailbox like '%' || r_first || '%' then 3
            when l_email_mailbox like '%' || l_first || '%'
                or l_email_mailbox like '%' || r_first || '%' then 1
            else 2
        end
    when l_first is null and r_first is not null
        then case when l_email_mailbox like '%' || r_first || '%' then 4 else 5 end
    when r_first is null and l_first is not null
        then case when r_email_mailbox like '%' || l_first || '%' then 4 else 5 end
    else 0
end
