case
    when l.{x} is null or r.{x} is null then 0
    when l.{x} = r.{x} then 7 - l.{x}_sharing
    when l.{x}_mailbox = r.{x}_mailbox
        and split_part(l.{x}, '@', 2) = split_part(r.{x}, '@', 2) then 4
    when l.{x}_mailbox = r.{x}_mailbox and length(l.{x}_mailbox) >= 6 then 3
    when abs(length(l.{x}) - length(r.{x})) <= 2
        and damerau_levenshtein(l.{x}, r.{x}) <= 2 then 2
    else 1
end
