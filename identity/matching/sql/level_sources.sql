case
    when l.source is null or r.source is null then 0
    when l.source <> r.source then 3
    when {guests} then 2
    else 1
end
