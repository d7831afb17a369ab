case
    when l_source is null or r_source is null then 0
    when l_source <> r_source then 3
    when {guests} then 2
    else 1
end
